using System.IO.Hashing;
using System.Net;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>Objects larger than the memory the server may take.</summary>
public sealed class MemoryTests
{
    private const int LimitInMebibytes = 250;
    private const uint PixelBytes = 600u << 20;

    [Fact]
    public async Task A_large_object_passes_through_without_filling_memory()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "memory is read from /proc");
        using var folder = new TemporaryFolder();
        await using var server = await IsocenterProcess.StartAsync(folder["data"]);
        var dataSet = SampleObject.Create();
        byte[] head = Head(dataSet);
        var sopClass = Uid.Parse(SopClasses.CTImageStorage);
        ulong sent;
        await using (var association = await server.ConnectAsync(new PresentationContextProposal(sopClass)))
        await using (var bytes = new LargeStream(head, PixelBytes))
        {
            using var request = StoreRequest.FromStream(sopClass, Uid.Parse(dataSet.Get<string>(Tags.SOPInstanceUID)), TransferSyntax.ExplicitVRLittleEndian, bytes);
            Assert.Equal(0, (await association.StoreAsync(request, IsocenterProcess.Cancel)).Code);
            sent = bytes.Hash;
        }
        long afterStore = await server.PeakMemoryAsync();

        string path = $"dicom-web/studies/{dataSet.Get<string>(Tags.StudyInstanceUID)}/series/{dataSet.Get<string>(Tags.SeriesInstanceUID)}/instances/{dataSet.Get<string>(Tags.SOPInstanceUID)}";
        ulong received = await HashOfAsync(server, path, head.Length + (long)PixelBytes);
        long afterRetrieve = await server.PeakMemoryAsync();

        var other = SampleObject.Create();
        using (var content = new StreamContent(new LargeStream([.. FileHead(other), .. Head(other)], PixelBytes)))
        using (var stow = await server.StowAsync(content, IsocenterProcess.Cancel))
            Assert.Equal(HttpStatusCode.OK, stow.StatusCode);
        using (var metadata = await server.Http.GetAsync(path + "/metadata", IsocenterProcess.Cancel)) Assert.Equal(HttpStatusCode.OK, metadata.StatusCode);
        Assert.Equal(PixelBytes, await LengthOfAsync(server, path + "/bulkdata/7FE00010"));
        long atLast = await server.PeakMemoryAsync();

        TestContext.Current.TestOutputHelper?.WriteLine($"peak memory in MiB: {afterStore} after C-STORE, {afterRetrieve} after WADO-RS, {atLast} after STOW-RS, metadata and bulk data");
        Assert.Equal(sent, received);
        Assert.InRange(afterStore, 1, LimitInMebibytes);
        Assert.InRange(afterRetrieve, 1, LimitInMebibytes);
        Assert.InRange(atLast, 1, LimitInMebibytes);
    }

    private static async Task<long> LengthOfAsync(IsocenterProcess server, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "application/octet-stream");
        using var answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, IsocenterProcess.Cancel);
        await using var body = await answer.Content.ReadAsStreamAsync(IsocenterProcess.Cancel);
        byte[] buffer = new byte[256 * 1024];
        long length = 0;
        int n;
        while ((n = await body.ReadAsync(buffer, IsocenterProcess.Cancel)) > 0) length += n;
        return length;
    }

    /// <summary>The data set up to and with the header of its pixel data, which announces the large length.</summary>
    private static byte[] Head(DataSet dataSet)
    {
        byte[] bytes = DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian);
        byte[] head = bytes[..^(2 * SampleObject.Size * SampleObject.Size)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(head.AsSpan(head.Length - 4), PixelBytes);
        return head;
    }

    private static byte[] FileHead(DataSet dataSet)
    {
        byte[] file = SampleObject.ToFile(dataSet);
        return file[..^DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian).Length];
    }

    private static async Task<ulong> HashOfAsync(IsocenterProcess server, string path, long dataSetLength)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", "application/dicom");
        using var answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, IsocenterProcess.Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync(IsocenterProcess.Cancel);
        byte[] buffer = new byte[256 * 1024];
        await body.ReadExactlyAsync(buffer.AsMemory(0, (int)(answer.Content.Headers.ContentLength!.Value - dataSetLength)), IsocenterProcess.Cancel);
        var hash = new XxHash3();
        int n;
        while ((n = await body.ReadAsync(buffer, IsocenterProcess.Cancel)) > 0) hash.Append(buffer.AsSpan(0, n));
        return hash.GetCurrentHashAsUInt64();
    }

    /// <summary>A head, then a pattern that never repeats at the length of a buffer.</summary>
    private sealed class LargeStream(byte[] head, long patternLength) : Stream
    {
        private static readonly byte[] Pattern = MakePattern();
        private readonly XxHash3 _hash = new();
        private long _at;

        public ulong Hash => _hash.GetCurrentHashAsUInt64();

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _at;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            long left = head.Length + patternLength - _at;
            if (buffer.Length > left) buffer = buffer[..(int)left];
            int n;
            if (_at < head.Length)
            {
                n = (int)Math.Min(buffer.Length, head.Length - _at);
                head.AsSpan((int)_at, n).CopyTo(buffer);
            }
            else
            {
                int from = (int)((_at - head.Length) % Pattern.Length);
                n = Math.Min(buffer.Length, Pattern.Length - from);
                Pattern.AsSpan(from, n).CopyTo(buffer);
            }
            _hash.Append(buffer[..n]);
            _at += n;
            return n;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private static byte[] MakePattern()
        {
            byte[] pattern = new byte[1_000_003];
            new Random(1).NextBytes(pattern);
            return pattern;
        }
    }
}
