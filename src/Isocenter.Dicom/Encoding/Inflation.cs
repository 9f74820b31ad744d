using System.Buffers;
using System.IO.Compression;

namespace Isocenter.Dicom;

/// <summary>Inflates a deflated data set (PS3.5 §A.5) without letting a small input take much memory: up to a multiple of
/// the input it is held inflated; beyond that it is inflated again for each part that is asked for.</summary>
internal static class Inflation
{
    /// <summary>The problem of an input that ends too early.</summary>
    public const string Ended = "the deflated data set ends too early or is damaged";

    /// <summary>What may be held inflated: the constant, and so many times the input.</summary>
    internal const long HeldAlways = 4 << 20;
    internal const int HeldTimes = 8;
    private const int Piece = 64 * 1024;
    private const int FirstGuess = 1 << 20;

    /// <param name="source">The file.</param>
    /// <param name="start">Where in it the deflated bytes begin; they go to its end.</param>
    /// <param name="options">For the limit.</param>
    /// <param name="findings">What is found out on the way.</param>
    /// <exception cref="DicomFormatException">It inflates beyond the limit, or nothing of it does.</exception>
    public static ByteSource Of(ByteSource source, int start, ReadOptions options, List<Finding> findings)
    {
        long left = source.Length - source.Shift - start;
        long held = Math.Min(HeldAlways + HeldTimes * left, Array.MaxLength);
        long offset = start + source.Shift;
        int header = HasZlibHeader(source, start, left, findings) ? 2 : 0;
        Func<Stream> open = Opener(source, start + header, left - header);

        using var input = new ProbedStream(open());
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        var kept = GC.AllocateUninitializedArray<byte>((int)Math.Clamp(4 * left, Piece, FirstGuess));
        int length = 0;
        try
        {
            for (int n; (n = inflate.Read(kept, length, kept.Length - length)) > 0;)
            {
                length += n;
                if (length > options.MaxInflatedLength) throw TooLong(options, offset);
                if (length < kept.Length) continue;
                if (length >= held) return Far(inflate, input, length, open, source, options, offset, held, findings);
                var larger = GC.AllocateUninitializedArray<byte>((int)Math.Min(held, 2L * length));
                kept.AsSpan().CopyTo(larger);
                kept = larger;
            }
            if (!HasEnded(inflate, input)) findings.Add(new Finding(Ended, offset, "", "PS3.5 §A.5"));
        }
        catch (InvalidDataException e)
        {
            if (length == 0) throw new DicomFormatException(Ended, offset, rule: "PS3.5 §A.5", innerException: e);
            findings.Add(new Finding(Ended, offset, "", "PS3.5 §A.5"));
        }
        return new ByteSource(kept.AsMemory(0, length));
    }

    /// <summary>Too long to be held: counts the rest, and leaves the values where they are.</summary>
    private static ByteSource Far(DeflateStream inflate, ProbedStream input, long length, Func<Stream> open, ByteSource source, ReadOptions options,
        long offset, long held, List<Finding> findings)
    {
        byte[] passed = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            for (int n; (n = inflate.Read(passed, 0, passed.Length)) > 0;)
            {
                length += n;
                if (length > options.MaxInflatedLength) throw TooLong(options, offset);
            }
            if (!HasEnded(inflate, input)) findings.Add(new Finding(Ended, offset, "", "PS3.5 §A.5"));
        }
        catch (InvalidDataException)
        {
            findings.Add(new Finding(Ended, offset, "", "PS3.5 §A.5"));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(passed);
        }
        return new ByteSource(new InflatedSource(open, length, source.File), isPooled: false, maxKept: held);
    }

    /// <summary>The last block has been met. A stream that was cut off gives no error of its own when its bytes run out; but it
    /// makes something of further ones, which an ended one does not.</summary>
    private static bool HasEnded(DeflateStream inflate, ProbedStream input)
    {
        input.Probe();
        Span<byte> more = stackalloc byte[1];
        try
        {
            return inflate.Read(more) == 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static DicomFormatException TooLong(ReadOptions options, long offset) =>
        new($"the data set inflates to more than {options.MaxInflatedLength} bytes, the limit of this reading", offset);

    /// <summary>A zlib header in front is not raw deflate, but met in the field.</summary>
    private static bool HasZlibHeader(ByteSource source, int start, long left, List<Finding> findings)
    {
        if (left <= 2 || !source.Ensure(start, 2)) return false;
        var head = source.Span.Slice(start, 2);
        if (head[0] != 0x78 || (head[0] << 8 | head[1]) % 31 != 0) return false;
        findings.Add(new Finding("the deflated data set has a zlib header", start + source.Shift, "", "PS3.5 §A.5"));
        return true;
    }

    private static Func<Stream> Opener(ByteSource source, int start, long length)
    {
        if (source.File is not { } file)
        {
            var deflated = source.Tree.Memory.Slice(start, (int)length);
            return () => new ReadOnlyMemoryStream(deflated);
        }
        long offset = start + source.Shift;
        return () => new ByteFileStream(file, offset, length);
    }

    /// <summary>A stream that goes on, when asked to, with bits that begin no block.</summary>
    private sealed class ProbedStream(Stream inner) : Stream
    {
        /// <summary>More than the longest table of codes in front of a block.</summary>
        private int _left = 1024;
        private bool _probes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Probe() => _probes = true;

        public override int Read(Span<byte> buffer)
        {
            int n = inner.Read(buffer);
            if (n > 0 || !_probes) return n;
            n = Math.Min(buffer.Length, _left);
            buffer[..n].Fill(0xFF);
            _left -= n;
            return n;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
            // Nothing is written.
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
