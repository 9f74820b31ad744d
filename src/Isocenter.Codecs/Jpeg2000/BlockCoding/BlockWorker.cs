using System.Buffers;
using Isocenter.Codecs.Jpeg2000.HighThroughput;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Decodes code-blocks into their place in the sub-bands. One thread at a time; each thread has its own.</summary>
internal sealed class BlockWorker(WorkingMemory memory) : IDisposable
{
    private const int MaxCoefficients = 4096;
    private readonly int[] _coefficients = ArrayPool<int>.Shared.Rent(MaxCoefficients);
    private readonly BlockDecoder _narrow = new();
    private long[] _wide = [];
    private byte[] _bytes = [];
    private CodewordSegment[] _segments = new CodewordSegment[8];
    private HtWorkspace? _highThroughput;

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_coefficients);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        memory.Release(_bytes.Length);
        _bytes = [];
    }

    /// <summary>Decodes one block.</summary>
    /// <param name="tile">Its tile.</param>
    /// <param name="body">The bytes that the chunks of the tile lie in.</param>
    /// <param name="work">Which block, and where its coefficients go.</param>
    /// <returns>False when the block is damaged and its coefficients are 0. Only the HT block coder knows.</returns>
    /// <exception cref="CodecException">Working memory does not suffice.</exception>
    public bool Decode(Tile tile, ReadOnlySpan<byte> body, in BlockWork work)
    {
        if (TryDecode(tile, body, work, out bool isDamaged)) return true;
        work.Target.Clear(work.Band.BlockArea(work.Block));
        return !isDamaged;
    }

    // False when nothing was put into the sub-band, or what is of no use.
    private bool TryDecode(Tile tile, ReadOnlySpan<byte> body, in BlockWork work, out bool isDamaged)
    {
        isDamaged = false;
        var block = work.Band.Blocks[work.Block];
        var area = work.Band.BlockArea(work.Block);
        int segments = Collect(tile, body, block);
        var band = work.Band.Band;
        int planes = band.BitPlanes - block.ZeroBitPlanes;
        if (planes <= 0) return false;   // passes without a bit plane

        var coded = new CodedBlock
        {
            Width = (int)area.Width,
            Height = (int)area.Height,
            Orientation = band.Orientation,
            Style = block.IsClassic
                ? work.Component.Coding.Style & ~CodeBlockStyle.HighThroughput : work.Component.Coding.Style,
            BitPlanes = planes,
            ZeroBitPlanes = block.ZeroBitPlanes,
            Bytes = _bytes,
            Segments = _segments.AsSpan(0, segments),
            IsCut = block.IsCut,
        };
        if ((coded.Style & CodeBlockStyle.HighThroughput) != 0) return TryDecodeHighThroughput(coded, area, work, out isDamaged);
        int count = coded.Width * coded.Height;
        int roi = work.Component.RoiShift;
        if (planes <= CodedBlock.MaxNarrowBitPlanes && work.Target.IsNarrow)
        {
            var coefficients = _coefficients.AsSpan(0, count);
            DecodeNarrow(coded, coefficients);
            if (roi > 0) Roi.Unshift(coefficients, roi);
            work.Target.Put(coefficients, area);
        }
        else
        {
            if (_wide.Length == 0) _wide = new long[MaxCoefficients];
            var coefficients = _wide.AsSpan(0, count);
            WideBlockDecoder.Decode(coded, coefficients, roi);
            work.Target.Put(coefficients, area);
        }
        return true;
    }

    private bool TryDecodeHighThroughput(in CodedBlock block, Rect area, in BlockWork work, out bool isDamaged)
    {
        isDamaged = false;
        if (!HtSet.TryFind(block, out var set)) return false;
        int roi = work.Component.RoiShift;
        bool causal = (block.Style & CodeBlockStyle.VerticallyCausal) != 0;
        _highThroughput ??= new HtWorkspace();
        var inPlace = work.Target.InPlace(area, out int stride);
        if (!inPlace.IsEmpty && roi == 0)
        {
            isDamaged = !HtBlockDecoder.TryDecode(set.Cleanup, set.Refinement, set.Passes, set.Plane, causal, halves: false, inPlace, stride,
                block.Width, block.Height, _highThroughput);
            return !isDamaged;
        }

        var coefficients = _coefficients.AsSpan(0, block.Width * block.Height);
        isDamaged = !HtBlockDecoder.TryDecode(set.Cleanup, set.Refinement, set.Passes, set.Plane, causal, halves: true, coefficients,
            block.Width, block.Width, block.Height, _highThroughput);
        if (isDamaged) return false;
        if (roi > 0) Roi.UnshiftHalves(coefficients, roi);
        work.Target.PutHalves(coefficients, area);
        return true;
    }

    private void DecodeNarrow(in CodedBlock block, Span<int> coefficients)
    {
        _narrow.Decode(block, coefficients);
    }

    // The chunks of a codeword segment come together, and 0xFF after each segment.
    private int Collect(Tile tile, ReadOnlySpan<byte> body, in CodeBlock block)
    {
        int length = 0, count = 0;
        for (int i = block.FirstChunk; i >= 0; i = tile.Chunks[i].Next)
        {
            length += tile.Chunks[i].Length;
            if (tile.Chunks[i].StartsSegment) count++;
        }
        Reserve(length + count * CodedBlock.Padding, count);

        int at = 0, segment = -1, start = 0, passes = 0;
        for (int i = block.FirstChunk; i >= 0; i = tile.Chunks[i].Next)
        {
            var chunk = tile.Chunks[i];
            if (chunk.StartsSegment)
            {
                if (segment >= 0) End();
                segment++;
                start = at;
                passes = 0;
            }
            body.Slice(chunk.Offset, chunk.Length).CopyTo(_bytes.AsSpan(at));
            at += chunk.Length;
            passes += chunk.Passes;
        }
        End();
        return count;

        void End()
        {
            _segments[segment] = new CodewordSegment(start, at - start, passes);
            _bytes.AsSpan(at, CodedBlock.Padding).Fill(0xFF);
            at += CodedBlock.Padding;
        }
    }

    private void Reserve(int bytes, int segments)
    {
        if (_bytes.Length < bytes)
        {
            int old = _bytes.Length, more = Math.Max(bytes, 16384);
            memory.Take(more, "the bytes of a code-block");
            memory.Release(old);
            if (old > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(more);
            memory.Take(_bytes.Length - more, "the bytes of a code-block");
        }
        if (_segments.Length < segments) _segments = new CodewordSegment[segments * 2];
    }
}

/// <summary>One code-block to decode.</summary>
internal readonly record struct BlockWork(TileComponent Component, PrecinctBand Band, int Block, BandTarget Target);
