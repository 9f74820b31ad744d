using System.IO.Pipelines;

namespace Isocenter.Dicom.Tests;

/// <summary>The ways into and out of a file, and how long what was read lives.</summary>
public sealed class DicomFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void A_pipe_is_read_to_its_end()
    {
        if (!OperatingSystem.IsLinux()) return;
        using var writer = new System.IO.Pipes.AnonymousPipeServerStream(System.IO.Pipes.PipeDirection.Out);
        var reader = File.OpenHandle($"/proc/self/fd/{writer.GetClientHandleAsString()}");
        writer.Write(new Bytes().Text(0x0010_0020, "LO", "ID").ToFile());
        writer.Dispose();
        using var file = DicomFile.Open(reader);

        Assert.Equal("ID", file.DataSet.Get<string>(Tags.PatientID));
    }

    [Fact]
    public async Task A_stream_a_pipe_a_file_and_memory_give_the_same_data_set()
    {
        byte[] bytes = Sample().ToFile();
        await File.WriteAllBytesAsync(_path, bytes, TestContext.Current.CancellationToken);
        using var fromFile = DicomFile.Open(_path);
        var fromMemory = DicomFile.Read(bytes);
        var fromStream = await DicomFile.ReadAsync(new TricklingStream(bytes), cancel: TestContext.Current.CancellationToken);
        var fromPipe = await DicomFile.ReadAsync(PipeReader.Create(new TricklingStream(bytes)), cancel: TestContext.Current.CancellationToken);

        byte[] expected = fromMemory.ToArray();
        Assert.Equal(bytes, expected);
        Assert.Equal(expected, fromFile.ToArray());
        Assert.Equal(expected, fromStream.ToArray());
        Assert.Equal(expected, fromPipe.ToArray());
    }

    [Fact]
    public void A_closed_file_says_so_and_a_copy_lives_on()
    {
        File.WriteAllBytes(_path, Sample().ToFile());
        DataSet dataSet, copy;
        using (var file = DicomFile.Open(_path))
        {
            dataSet = file.DataSet;
            copy = dataSet.Copy();
        }
        Assert.Throws<ObjectDisposedException>(() => dataSet.Get<string>(Tags.PatientName));
        Assert.Equal("DOE^JANE", copy.Get<string>(Tags.PatientName));
        Assert.Equal("1.2.3", copy.Get<DataSet>(Tags.ReferencedImageSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
    }

    [Fact]
    public void A_closed_file_does_not_show_what_another_one_reads_into_the_same_memory()
    {
        File.WriteAllBytes(_path, Sample().ToFile());
        var closed = DicomFile.Open(_path);
        var item = closed.DataSet.Get<DataSet>(Tags.ReferencedImageSequence);
        closed.Dispose();
        using var other = DicomFile.Open(_path);
        Assert.Throws<ObjectDisposedException>(() => item.Count > 0 && item.Contains(Tags.ReferencedSOPInstanceUID));
        Assert.Throws<ObjectDisposedException>(() => closed.DataSet.First().Bytes);
    }

    [Fact]
    public void A_change_in_an_item_that_was_read_stays()
    {
        var dataSet = DicomFile.Read(Sample().ToFile()).DataSet;
        dataSet.Get<DataSet>(Tags.ReferencedImageSequence).Set(Tags.ReferencedSOPInstanceUID, "9.9");
        dataSet.Set(Tags.Modality, "MR").Remove(Tags.PatientName);
        Assert.Equal("9.9", dataSet.Get<DataSet>(Tags.ReferencedImageSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
        var again = DicomFile.ReadDataSet(DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian), TransferSyntax.ExplicitVRLittleEndian).DataSet;
        Assert.Equal("9.9", again.Get<DataSet>(Tags.ReferencedImageSequence).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.False(again.Contains(Tags.PatientName));
    }

    [Fact]
    public void Pixels_of_GE_s_private_syntax_are_big_endian_and_come_out_right_in_every_other()
    {
        var header = new DataSet().Set(Tags.SOPClassUID, "1.2").Set(Tags.SOPInstanceUID, "1.3")
            .Set(Tags.SamplesPerPixel, (ushort)1).Set(Tags.Rows, (ushort)1).Set(Tags.Columns, (ushort)2).Set(Tags.BitsAllocated, (ushort)16);
        var image = header.SetBytes(Tags.PixelData, VR.OW, [0x34, 0x12, 0x78, 0x56]);
        byte[] ge = new DicomFile(image, TransferSyntax.GEPrivateImplicitVRBigEndianPixels).ToArray();
        Assert.Equal([0x12, 0x34, 0x56, 0x78], ge[^4..]);

        var read = DicomFile.Read(ge);
        Assert.Equal([0x1234, 0x5678], read.DataSet.GetAll<int>(Tags.PixelData));
        Assert.True(PixelDataFrames.Of(read.DataSet).IsBigEndian);
        Assert.Equal(ge, read.ToArray());
        Assert.Equal([0x34, 0x12, 0x78, 0x56], DataSetWriter.ToArray(read.DataSet, TransferSyntax.ImplicitVRLittleEndian)[^4..]);
        Assert.Equal([0x12, 0x34, 0x56, 0x78], DataSetWriter.ToArray(read.DataSet, TransferSyntax.ExplicitVRBigEndian)[^4..]);
    }

    [Theory]
    [InlineData(OffsetTable.Basic)]
    [InlineData(OffsetTable.Extended)]
    [InlineData(OffsetTable.None)]
    public void Frames_are_found_again_by_each_kind_of_table(OffsetTable table)
    {
        ReadOnlyMemory<byte>[] frames = [new byte[] { 0xFF, 0xD8, 1, 2 }, new byte[] { 0xFF, 0xD8, 3, 4, 5 }, new byte[] { 0xFF, 0xD8, 6, 7, 8, 9 }];
        var image = new DataSet().Set(Tags.SOPClassUID, "1.2").Set(Tags.SOPInstanceUID, "1.3").Set(Tags.NumberOfFrames, 3).SetFrames(frames, table);
        File.WriteAllBytes(_path, new DicomFile(image, TransferSyntax.JPEGBaseline8Bit).ToArray());
        using var file = DicomFile.Open(_path);
        Assert.Equal(table == OffsetTable.Extended, file.DataSet.Contains(Tags.ExtendedOffsetTable));
        var found = PixelDataFrames.Of(file.DataSet);
        Assert.Equal(3, found.Count);
        for (int i = 0; i < 3; i++) Assert.Equal(frames[i].ToArray(), found.Read(i)[..frames[i].Length]);
    }

    [Fact]
    public void A_deflated_data_set_too_long_to_be_held_is_read_where_it_lies()
    {
        var pixels = new byte[40 << 20];
        pixels[^1] = 7;
        var image = new DataSet().Set(Tags.SOPClassUID, "1.2").Set(Tags.SOPInstanceUID, "1.3").SetBytes(Tags.PixelData, VR.OB, pixels);
        new DicomFile(image, TransferSyntax.DeflatedExplicitVRLittleEndian).Save(_path);
        Assert.True(new FileInfo(_path).Length < 1 << 20);

        long before = GC.GetAllocatedBytesForCurrentThread();
        using var file = DicomFile.Open(_path);
        Assert.True(file.DataSet.TryFind(Tags.PixelData, out var element));
        Assert.True(element.IsInFile);
        Assert.Equal(pixels.Length, element.Length);
        var end = new byte[2];
        Assert.Equal(2, element.Read(pixels.Length - 2, end));
        Assert.Equal([0, 7], end);
        Assert.Equal(1, element.Read(0, end.AsSpan(0, 1)));
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 24 << 20);
    }

    private static Bytes Sample() => new Bytes()
        .Element(0x0008_1140, "SQ", new Bytes().Item(new Bytes().Text(0x0008_1155, "UI", "1.2.3 ").ToArray()).Item([]).ToArray())
        .Text(0x0010_0010, "PN", "DOE^JANE")
        .Element(0x7FE0_0010, "OW", new byte[100_000]);

    /// <summary>Gives a few bytes at a time and does not tell its length.</summary>
    private sealed class TricklingStream(byte[] bytes) : Stream
    {
        private int _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            int n = Math.Min(Math.Min(count, 777), bytes.Length - _position);
            bytes.AsSpan(_position, n).CopyTo(buffer.AsSpan(offset));
            _position += n;
            return n;
        }

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
