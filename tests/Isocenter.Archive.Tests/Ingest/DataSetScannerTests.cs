using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Archive.Tests.Ingest;

public sealed class DataSetScannerTests
{
    private static readonly DataSet Sample = TestObjects.Ct64().Set(Tags.RequestAttributesSequence,
        new DataSet().Set(Tags.RequestedProcedureID, "R1"), new DataSet().Set(Tags.ReferencedStudySequence, new DataSet().Set(Tags.StudyID, "X")));

    public static TheoryData<string, LengthEncoding> Encodings()
    {
        var data = new TheoryData<string, LengthEncoding>();
        foreach (string uid in (string[])["1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.2"])
        {
            data.Add(uid, LengthEncoding.Defined);
            data.Add(uid, LengthEncoding.Undefined);
        }
        return data;
    }

    [Theory, MemberData(nameof(Encodings))]
    public void Finds_every_cut_and_keeps_what_the_index_wants_in_pieces_of_any_size(string uid, LengthEncoding lengths)
    {
        var syntax = TransferSyntax.Of(Uid.Parse(uid));
        byte[] bytes = DataSetWriter.ToArray(Sample, syntax, new WriteOptions { Lengths = lengths });
        foreach (int piece in (int[])[1, 3, 7, 13, 100_000])
        {
            var scanner = Scan(bytes, syntax, piece);
            Assert.True(scanner.IsCertain && scanner.IsWhole);
            var header = DicomFile.ReadDataSet(scanner.Kept, syntax).DataSet;
            Assert.Equal("Doe^John", header.Get<string>(Tags.PatientName));
            Assert.Equal("R1", header.Get<DataSet>(Tags.RequestAttributesSequence).Get<string>(Tags.RequestedProcedureID));
            Assert.False(header.Contains(Tags.PixelData));
        }
        // The slow twin: whole exactly where the reader says so.
        for (int cut = 0; cut < bytes.Length; cut += cut < 1200 ? 1 : 997)
        {
            var scanner = Scan(bytes[..cut], syntax, 50);
            bool isComplete = cut == 0 || DicomFile.ReadDataSet(bytes.AsMemory(0, cut), syntax).IsComplete;
            if (scanner.IsCertain && scanner.IsWhole) Assert.True(isComplete, $"cut at {cut}");
            if (isComplete && cut > 0) Assert.True(!scanner.IsCertain || scanner.IsWhole, $"cut at {cut}");
        }
    }

    [Fact]
    public void Finds_every_cut_in_fragments()
    {
        var syntax = TransferSyntax.Of(Uid.Parse("1.2.840.10008.1.2.4.50"));
        var dataSet = TestObjects.Ct64().SetFragments(Tags.PixelData, Fragments.FromFrames([new byte[101], new byte[50]]));
        byte[] bytes = DataSetWriter.ToArray(dataSet, syntax);
        Assert.True(Scan(bytes, syntax, 11) is { IsCertain: true, IsWhole: true });
        for (int cut = bytes.Length - 1; cut > bytes.Length - 200; cut--) Assert.False(Scan(bytes[..cut], syntax, 11) is { IsCertain: true, IsWhole: true });
    }

    [Fact]
    public void Agrees_with_the_reader_on_real_files()
    {
        int certain = 0, all = 0;
        foreach (string path in Corpus.Files().Select(file => file.Path))
        {
            DicomFile file;
            try
            {
                file = DicomFile.Open(path);
            }
            catch (DicomFormatException)
            {
                continue;
            }
            using (file)
            {
                // Without a SOP Instance UID (a DICOMDIR) it is no object; one of them is broken inside a sequence of
                // defined length, which the scanner passes over as a whole.
                if (file.TransferSyntax.IsDeflated || !file.DataSet.Contains(Tags.SOPInstanceUID)) continue;
                all++;
                byte[] bytes = File.ReadAllBytes(path)[(int)file.DataSetOffset..];
                var scanner = Scan(bytes, file.TransferSyntax, 4099);
                if (!scanner.IsCertain || !scanner.IsWhole) continue;
                certain++;
                Assert.True(file.IsComplete, path + ": " + string.Join("; ", file.Findings.TakeLast(2)));
                var header = DicomFile.ReadDataSet(scanner.Kept, file.TransferSyntax).DataSet;
                foreach (var level in Enum.GetValues<QueryLevel>())
                    Assert.True(LevelAttributes.Of(file.DataSet, level, ExtraAttributes.None).AsSpan().SequenceEqual(LevelAttributes.Of(header, level, ExtraAttributes.None)), path + " " + level);
            }
        }
        Assert.True(certain > 0.8 * all, $"{certain} of {all}");
    }

    [Fact]
    public void Never_throws_on_noise()
    {
        var random = new Random(7);
        byte[] good = DataSetWriter.ToArray(Sample, TransferSyntax.ExplicitVRLittleEndian);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = (byte[])good.Clone();
            for (int j = 0; j < 8; j++) bytes[random.Next(Math.Min(bytes.Length, 900))] = (byte)random.Next(256);
            foreach (var syntax in (TransferSyntax[])[TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian])
                Scan(bytes, syntax, 1 + random.Next(600));
        }
    }

    private static DataSetScanner Scan(byte[] bytes, TransferSyntax syntax, int piece)
    {
        var scanner = new DataSetScanner(syntax, IndexedAttributes.IsWanted);
        for (int at = 0; at < bytes.Length; at += piece) scanner.Push(bytes.AsSpan(at, Math.Min(piece, bytes.Length - at)));
        return scanner;
    }
}
