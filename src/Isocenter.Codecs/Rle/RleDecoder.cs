using System.Buffers;

namespace Isocenter.Codecs.Rle;

/// <summary>Decodes RLE Lossless, transfer syntax 1.2.840.10008.1.2.5 (PS3.5 Annex G): one segment for each byte of the
/// samples of a pixel, the most significant byte of the first sample first.</summary>
/// <remarks>Holds no state between calls; safe from many threads. Takes some tens of KB beside the caller's buffer,
/// whatever the size of the frame.</remarks>
public static class RleDecoder
{
    /// <summary>Pixels that are put together at a time: their planes stay in the nearest cache.</summary>
    private const int Piece = 4096;

    /// <summary>How many segments the header announces: samples per pixel × bytes per sample.</summary>
    /// <remarks>The header says nothing else of the image; rows, columns and bits stand in the data set.</remarks>
    /// <exception cref="CodecException">The header is cut off or announces none or more than 15.</exception>
    public static int CountSegments(ReadOnlySpan<byte> codeStream) => RleHeader.Read(codeStream).Count;

    /// <summary>Decodes one frame.</summary>
    /// <param name="codeStream">Header and segments. Bytes behind the last segment are ignored.</param>
    /// <param name="samples">Exactly <see cref="FrameLayout.FrameLength"/> bytes.</param>
    /// <param name="layout">How the samples lie. Samples × bytes per sample is at most 15.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="cancel">Looked at every few thousand pixels.</param>
    /// <exception cref="CodecException">The header is damaged, there are fewer segments than the layout needs, or a
    /// segment ends before its last pixel. What is there of each segment is in <paramref name="samples"/>; the rest is
    /// zero.</exception>
    public static void Decode(ReadOnlySpan<byte> codeStream, Span<byte> samples, in FrameLayout layout,
        DecodeOptions? options = null, CancellationToken cancel = default)
    {
        layout.Check(samples.Length);
        options ??= DecodeOptions.Default;
        int needed = layout.SamplesPerPixel * layout.BytesPerSample;
        var header = RleHeader.Read(codeStream);
        if (header.Count < needed)
        {
            samples.Clear();
            throw RleHeader.Damaged($"{header.Count} segments where {layout.SamplesPerPixel} samples of {layout.BytesPerSample} bytes need {needed}", 0, "PS3.5 §G.2");
        }
        CodecException? damage = null;
        // By plane, each sample is an image of its own; by pixel, all segments come together.
        int together = layout.IsPlanar ? layout.BytesPerSample : needed;
        int length = samples.Length / (needed / together);
        for (int first = 0; first < needed; first += together)
        {
            var place = samples.Slice(first / together * length, length);
            DecodeSegments(codeStream, header, first, together, place, layout.BytesPerSample, options, ref damage, cancel);
        }
        if (damage is not null) throw damage;
    }

    /// <summary>Decodes a frame of single bits, which are packed eight to a byte into one segment.</summary>
    /// <param name="codeStream">Header and segment.</param>
    /// <param name="bytes">Receives the packed bits; rows × columns / 8 bytes, rounded up.</param>
    /// <param name="cancel">Looked at every few thousand bytes.</param>
    /// <exception cref="CodecException">As for <see cref="Decode"/>.</exception>
    public static void DecodeBits(ReadOnlySpan<byte> codeStream, Span<byte> bytes, CancellationToken cancel = default)
    {
        CodecException? damage = null;
        DecodeSegments(codeStream, RleHeader.Read(codeStream), 0, 1, bytes, 1, DecodeOptions.Default, ref damage, cancel);
        if (damage is not null) throw damage;
    }

    private static void DecodeSegments(ReadOnlySpan<byte> codeStream, in RleHeader header, int first, int count, Span<byte> samples,
        int bytesPerSample, DecodeOptions options, ref CodecException? damage, CancellationToken cancel)
    {
        const int planeLength = Piece + 127 + PackBitsReader.Slack;
        byte[] rented = ArrayPool<byte>.Shared.Rent(count * planeLength);
        try
        {
            Span<Range> ranges = stackalloc Range[RleHeader.MaxSegments];
            Span<int> positions = stackalloc int[RleHeader.MaxSegments];
            Span<int> carried = stackalloc int[RleHeader.MaxSegments];
            positions.Clear();
            carried.Clear();
            for (int i = 0; i < count; i++)
                header.FindSegment(first + SegmentOf(i, bytesPerSample, options.RleSegmentOrder), out ranges[i], ref damage);
            int pixels = samples.Length / count;
            for (int done = 0; done < pixels; done += Piece)
            {
                cancel.ThrowIfCancellationRequested();
                int wanted = Math.Min(Piece, pixels - done);
                for (int i = 0; i < count; i++)
                {
                    // Plane i of the piece is byte i of the pixel in memory, where the least significant byte comes first.
                    var plane = rented.AsSpan(i * planeLength, planeLength);
                    if (carried[i] >= wanted) continue;
                    var reader = new PackBitsReader(codeStream[ranges[i]], positions[i]);
                    int read = carried[i] + reader.Read(plane[carried[i]..], wanted - carried[i]);
                    positions[i] = reader.Position;
                    if (read < wanted)
                    {
                        damage ??= RleHeader.Damaged(
                            $"segment {first + SegmentOf(i, bytesPerSample, options.RleSegmentOrder) + 1} ends after {done + read} of {pixels} bytes",
                            ranges[i].Start.Value + positions[i], "PS3.5 §G.3.2");
                        plane[read..wanted].Clear();
                        read = wanted;
                    }
                    carried[i] = read;
                }
                Join(rented, planeLength, count, wanted, samples.Slice(done * count, wanted * count));
                for (int i = 0; i < count; i++)
                {
                    carried[i] -= wanted;
                    rented.AsSpan(i * planeLength + wanted, carried[i]).CopyTo(rented.AsSpan(i * planeLength));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Which segment holds byte <paramref name="index"/> of a pixel.</summary>
    private static int SegmentOf(int index, int bytesPerSample, RleSegmentOrder order)
    {
        int sample = index / bytesPerSample, place = index % bytesPerSample;
        return sample * bytesPerSample + (order == RleSegmentOrder.MostSignificantFirst ? bytesPerSample - 1 - place : place);
    }

    private static void Join(ReadOnlySpan<byte> planes, int planeLength, int count, int pixels, Span<byte> samples)
    {
        switch (count)
        {
            case 1:
                planes[..pixels].CopyTo(samples);
                break;
            case 2:
                BytePlanes.Interleave(planes[..pixels], planes[planeLength..], samples);
                break;
            case 3:
                BytePlanes.Interleave(planes[..pixels], planes[planeLength..], planes[(2 * planeLength)..], samples);
                break;
            default:
                for (int i = 0; i < count; i++) BytePlanes.Spread(planes.Slice(i * planeLength, pixels), samples, i, count);
                break;
        }
    }
}
