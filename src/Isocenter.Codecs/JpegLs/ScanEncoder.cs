using System.Buffers;

namespace Isocenter.Codecs.JpegLs;

/// <summary>Encodes scans of a frame: header, lines, restart markers.</summary>
internal sealed class ScanEncoder(
    FrameLayout layout, JpegLsPreset preset, JpegLsEncodeOptions options, JpegLsInterleave interleave, CancellationToken cancel)
{
    private readonly CodingParameters _parameters = new(preset, options.Near);

    /// <summary>Encodes one scan.</summary>
    /// <param name="samples">The frame.</param>
    /// <param name="first">Its first component.</param>
    /// <param name="count">Components in the scan.</param>
    /// <param name="output">Receives scan header and data.</param>
    public void Encode(ReadOnlySpan<byte> samples, int first, int count, IBufferWriter<byte> output)
    {
        WriteHeader(first, count, output);
        int pixel = interleave == JpegLsInterleave.Sample ? count : 1;
        int lines = interleave == JpegLsInterleave.Sample ? 1 : count;
        int stride = (layout.Columns + 2) * pixel;
        using var model = new ScanModel(_parameters, stride);
        ushort[] buffer = ArrayPool<ushort>.Shared.Rent(2 * stride * lines);
        var above = buffer.AsSpan(0, stride * lines);
        var line = buffer.AsSpan(stride * lines, stride * lines);
        int[] runIndex = new int[lines];
        var writer = new BitWriter(output);
        try
        {
            above.Clear();
            line.Clear();
            for (int row = 0; row < layout.Rows; row++)
            {
                cancel.ThrowIfCancellationRequested();
                writer.Reserve(layout.Columns * count, _parameters.Limit);
                if (options.RestartInterval > 0 && row > 0 && row % options.RestartInterval == 0)
                {
                    writer.Finish();
                    writer.PutMarker((byte)(Markers.Rst0 + (row / options.RestartInterval - 1 & 7)));
                    model.Reset();
                    above.Clear();
                    line.Clear();
                    Array.Clear(runIndex);
                }
                for (int i = 0; i < lines; i++)
                {
                    var current = line.Slice(i * stride, stride);
                    Load(samples, first + i, row, pixel, current[pixel..^pixel]);
                    EncodeLine(ref writer, model, above.Slice(i * stride, stride), current, pixel, ref runIndex[i]);
                }
                var swap = above;
                above = line;
                line = swap;
            }
            writer.Finish();
            writer.Commit();
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(buffer);
        }
    }

    private void EncodeLine(
        ref BitWriter writer, ScanModel model, Span<ushort> above, Span<ushort> line, int pixel, ref int runIndex)
    {
        if (pixel > 1)
        {
            if (_parameters.IsMasked) LineEncoder.EncodePixels<Masked>(ref writer, model, above, line, pixel, ref runIndex);
            else LineEncoder.EncodePixels<Quantised>(ref writer, model, above, line, pixel, ref runIndex);
        }
        else if (_parameters.IsMasked)
        {
            LineEncoder.Encode<Masked>(ref writer, model, above, line, ref runIndex);
        }
        else
        {
            LineEncoder.Encode<Quantised>(ref writer, model, above, line, ref runIndex);
        }
    }

    /// <summary>Loads a line of one component, or of all, interleaved.</summary>
    private void Load(ReadOnlySpan<byte> samples, int component, int row, int pixel, Span<ushort> line)
    {
        ushort mask = (ushort)((1 << layout.BitsStored) - 1);
        if (pixel == 1 || !layout.IsPlanar)
        {
            int step = pixel == 1 ? FrameStore.Place(layout, component).Step : layout.BytesPerSample;
            var from = FrameStore.Row(samples, layout, component, row);
            if (step == layout.BytesPerSample) FrameStore.Load(from, line, step, mask);
            else FrameStore.Load(from, step, layout.BytesPerSample, line, 0, 1, line.Length, mask);
        }
        else
        {
            for (int i = 0; i < pixel; i++)
            {
                FrameStore.Load(FrameStore.Row(samples, layout, i, row), layout.BytesPerSample, layout.BytesPerSample,
                    line, i, pixel, layout.Columns, mask);
            }
        }
        if (_parameters.MaxVal >= mask) return;
        foreach (ushort sample in line)
        {
            if (sample > _parameters.MaxVal)
                throw CodeStream.Error($"sample {sample} in row {row + 1} is larger than MAXVAL {_parameters.MaxVal}", null, null);
        }
    }

    private void WriteHeader(int first, int count, IBufferWriter<byte> output)
    {
        Span<byte> header = stackalloc byte[8 + 2 * count];
        header[0] = 0xFF;
        header[1] = Markers.Sos;
        header[2] = (byte)(header.Length - 2 >> 8);
        header[3] = (byte)(header.Length - 2);
        header[4] = (byte)count;
        for (int i = 0; i < count; i++)
        {
            header[5 + 2 * i] = (byte)(first + i + 1);
            header[6 + 2 * i] = 0;                              // no mapping table
        }
        header[^3] = (byte)options.Near;
        header[^2] = (byte)interleave;
        header[^1] = 0;                                         // no point transform
        output.Write(header);
    }
}
