using System.Buffers;

namespace Isocenter.Codecs.JpegLs;

/// <summary>Decodes one scan into the caller's frame: restart intervals, lines, and what is done to samples after
/// decoding.</summary>
internal sealed class ScanDecoder
{
    private readonly CodeStream _stream;
    private readonly ScanHeader _scan;
    private readonly FrameLayout _layout;
    private readonly CancellationToken _cancel;
    private readonly ScanComponent[] _components;
    private readonly MappingTable?[] _tables;
    private readonly int _maxHorizontal;
    private readonly int _maxVertical;
    private readonly bool _isInOrder;
    private readonly bool _isSubsampled;

    /// <summary>True when samples are stored as they are decoded.</summary>
    private readonly bool _isPlain;

    /// <summary>True for the usual colour image: three bytes to the pixel, all in this scan, nothing to do to them.</summary>
    private readonly bool _storesTogether;

    public ScanDecoder(CodeStream stream, ScanHeader scan, in FrameLayout layout, DecodeOptions options, CancellationToken cancel)
    {
        _stream = stream;
        _scan = scan;
        _layout = layout;
        _cancel = cancel;
        _maxHorizontal = stream.Components.Max(component => component.Horizontal);
        _maxVertical = stream.Components.Max(component => component.Vertical);
        _tables = [.. scan.MappingTables.Select(id => id == 0 ? null : stream.MappingTableFor(id, scan.Offset))];
        _components = new ScanComponent[scan.Components.Length];
        long lines = 0;
        for (int i = 0; i < _components.Length; i++)
        {
            var component = stream.Components[scan.Components[i]];
            int width = Share(layout.Columns, component.Horizontal, _maxHorizontal);
            int height = Share(layout.Rows, component.Vertical, _maxVertical);
            _components[i] = new ScanComponent(scan.Components[i], component, width, height);
            lines += width + 2;
            _isSubsampled |= component.Horizontal != _maxHorizontal || component.Vertical != _maxVertical;
        }
        _isInOrder = scan.Components.AsSpan().SequenceEqual(Enumerable.Range(0, scan.Components.Length).ToArray());
        _isPlain = scan.PointTransform == 0 && Array.TrueForAll(_tables, table => table is null);
        _storesTogether = _components.Length == 3 && layout is { SamplesPerPixel: 3, BitsAllocated: 8, IsPlanar: false }
            && _maxVertical == 1 && _isPlain && !_isSubsampled && _isInOrder;
        Check(options, lines);
    }

    /// <summary>Where the marker after the scan is.</summary>
    public int End { get; private set; }

    /// <summary>Rows of the frame that are complete, from the top.</summary>
    public int RowsStored { get; private set; }

    private bool IsPalette => _layout.SamplesPerPixel != _stream.Components.Length;

    /// <summary>Decodes the scan.</summary>
    public void Decode(ReadOnlySpan<byte> data, Span<byte> samples)
    {
        var preset = _stream.Preset.Resolve(_stream.BitsPerSample, _scan.Near);
        if (preset.Fault(_stream.BitsPerSample, _scan.Near) is { } fault) throw CodeStream.Error(fault, _scan.Offset, "§C.2.3");
        try
        {
            Decode(data, samples, preset);
        }
        catch (CodecException) when (Misread(preset) is not null)
        {
            // If it is what the encoder meant, all bits are used up exactly; if not, the first attempt stands.
            int rows = RowsStored;
            try
            {
                Decode(data, samples, Misread(preset)!.Value);
                return;
            }
            catch (CodecException)
            {
                RowsStored = rows;
            }
            samples.Clear();
            Decode(data, samples, preset);
        }
    }

    /// <summary>What encoders that are known to be wrong would have coded with, which nothing in the stream announces: CharLS (2.4)
    /// writes a MAXVAL and goes by the bits all the same, Java Advanced Imaging has thresholds of its own.</summary>
    private JpegLsPreset? Misread(in JpegLsPreset preset)
    {
        if (_components.Length != _stream.Components.Length) return null;
        int full = (1 << _stream.BitsPerSample) - 1;
        if (preset.MaxVal != full) return preset with { MaxVal = full };
        return !_stream.HasPreset && _stream.BitsPerSample > 12 && _scan.Near == 0 ? JpegLsPreset.DefaultOfJavaAdvancedImaging(full, 0) : null;
    }

    private void Decode(ReadOnlySpan<byte> data, Span<byte> samples, JpegLsPreset preset)
    {
        var parameters = new CodingParameters(preset, _scan.Near);
        int pixel = _scan.Interleave == JpegLsInterleave.Sample ? _components.Length : 1;
        int widest = _components.Max(component => component.Width);
        using var model = new ScanModel(parameters, (widest + 2) * pixel);
        int length = _components.Sum(component => component.Width + 2);
        ushort[] lines = ArrayPool<ushort>.Shared.Rent(2 * length);
        try
        {
            DecodeIntervals(data, samples, model, lines.AsSpan(0, length), lines.AsSpan(length, length));
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(lines);
        }
    }

    /// <summary>Restart intervals one by one. After damage the decoder looks for the next restart marker, goes on there, and
    /// reports the first damage at the end.</summary>
    private void DecodeIntervals(ReadOnlySpan<byte> data, Span<byte> samples, ScanModel model, Span<ushort> above, Span<ushort> line)
    {
        int mcuRows = McuRows();
        long interval = Interval(data, mcuRows);
        int intervals = (int)((mcuRows + interval - 1) / interval);
        int position = _scan.DataOffset;
        CodecException? first = null;
        RowsStored = 0;
        for (int i = 0; i < intervals; i++)
        {
            try
            {
                if (i > 0) model.Reset();
                above.Clear();
                line.Clear();
                int from = (int)(i * interval);
                position = DecodeInterval(
                    data, position, samples, model, above, line, from, (int)Math.Min(from + interval, mcuRows));
            }
            catch (CodecException damage)
            {
                first ??= damage;
                position = NextMarker(data, position);
            }
            if (i + 1 == intervals) break;

            // The marker counts modulo 8; one that does not fit says how many intervals are lost.
            int marker = position + 1 < data.Length ? data[position + 1] : 0;
            int lost = (marker - Markers.Rst0 - i) & 7;
            if (!Markers.IsRestart(marker) || i + 1 + lost >= intervals)
            {
                throw first ?? CodeStream.Error(
                    $"restart marker {i & 7} should be here, {i + 1} of {intervals} intervals are decoded", position, "§C.2.5");
            }
            if (lost > 0)
                first ??= CodeStream.Error($"restart marker {i & 7} should be here, not {marker & 7}", position, "§C.2.5");
            i += lost;
            position += 2;
        }
        End = position;
        if (first is not null) throw first;
    }

    /// <summary>Decodes lines until the end of a restart interval.</summary>
    /// <returns>Where the marker behind it is.</returns>
    private int DecodeInterval(
        ReadOnlySpan<byte> data, int position, Span<byte> samples, ScanModel model, Span<ushort> above, Span<ushort> line,
        int from, int to)
    {
        var reader = new BitReader(data, position);
        foreach (var component in _components) component.RunIndex = 0;
        bool bySample = _scan.Interleave == JpegLsInterleave.Sample;
        for (int mcuRow = from; mcuRow < to; mcuRow++)
        {
            _cancel.ThrowIfCancellationRequested();
            reader.Line = mcuRow;
            if (bySample)
            {
                ref int runIndex = ref _components[0].RunIndex;
                if (model.Parameters.IsMasked)
                    LineDecoder.DecodePixels<Masked>(ref reader, model, above, line, _components.Length, ref runIndex);
                else
                    LineDecoder.DecodePixels<Quantised>(ref reader, model, above, line, _components.Length, ref runIndex);
                reader.ThrowIfExhausted();
                StorePixels(line[_components.Length..^_components.Length], samples, mcuRow);
                var swap = above;
                above = line;
                line = swap;
            }
            else
            {
                DecodeLines(ref reader, samples, model, above, line, mcuRow);
            }
            if (RowsStored == mcuRow * RowsOfMcu) RowsStored = Math.Min(_layout.Rows, (mcuRow + 1) * RowsOfMcu);
        }
        if (reader.TryFinish(out int marker)) return marker;
        throw CodeStream.Error("coded data are left after the last sample", reader.Position, "§A.1");
    }

    private int RowsOfMcu => _scan.Interleave == JpegLsInterleave.Line ? _maxVertical : 1;

    /// <summary>A line of each component, or as many as its sampling factor says; each component has its two buffers, and
    /// swaps them by itself.</summary>
    private void DecodeLines(
        ref BitReader reader, Span<byte> samples, ScanModel model, Span<ushort> above, Span<ushort> line, int mcuRow)
    {
        int offset = 0;
        bool byLine = _scan.Interleave == JpegLsInterleave.Line;
        foreach (var component in _components)
        {
            var first = above.Slice(offset, component.Width + 2);
            var second = line.Slice(offset, component.Width + 2);
            offset += component.Width + 2;
            int lines = byLine ? component.Vertical : 1;
            for (int i = 0; i < lines; i++)
            {
                int y = mcuRow * lines + i;
                var to = (y & 1) == 0 ? second : first;
                var from = (y & 1) == 0 ? first : second;
                if (model.Parameters.IsMasked) LineDecoder.Decode<Masked>(ref reader, model, from, to, ref component.RunIndex);
                else LineDecoder.Decode<Quantised>(ref reader, model, from, to, ref component.RunIndex);
                reader.ThrowIfExhausted();
                if (!_storesTogether && y < component.Height) StoreLine(to[1..^1], samples, component, y);
            }
        }
        if (!_storesTogether) return;
        var lines3 = (mcuRow & 1) == 0 ? line : above;
        int stride = _layout.Columns + 2;
        FrameStore.StorePixels(lines3.Slice(1, _layout.Columns), lines3.Slice(stride + 1, _layout.Columns),
            lines3.Slice(2 * stride + 1, _layout.Columns), FrameStore.Row(samples, _layout, 0, mcuRow));
    }

    private void StoreLine(ReadOnlySpan<ushort> line, Span<byte> samples, ScanComponent component, int y)
    {
        if (_isPlain && component.Horizontal == _maxHorizontal && component.Vertical == _maxVertical)
        {
            StoreComponent(line, 0, 1, samples, component.Index, y);
            return;
        }

        int position = Array.IndexOf(_components, component);

        ushort[] values = ArrayPool<ushort>.Shared.Rent(_layout.Columns);
        try
        {
            for (int x = 0; x < _layout.Columns; x++) values[x] = line[x * component.Horizontal / _maxHorizontal];
            int end = Math.Min(_layout.Rows, Share(y + 1, _maxVertical, component.Vertical));
            for (int row = Share(y, _maxVertical, component.Vertical); row < end; row++)
                StoreValues(values.AsSpan(0, _layout.Columns), samples, position, row);
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(values);
        }
    }

    private void StorePixels(ReadOnlySpan<ushort> line, Span<byte> samples, int row)
    {
        int count = _components.Length;
        if (_isPlain && _isInOrder && !_layout.IsPlanar && count == _layout.SamplesPerPixel)
        {
            FrameStore.Store(line, FrameStore.Row(samples, _layout, 0, row), _layout.BytesPerSample);
            return;
        }
        if (_isPlain)
        {
            for (int i = 0; i < count; i++) StoreComponent(line, i, count, samples, _components[i].Index, row);
            return;
        }

        ushort[] values = ArrayPool<ushort>.Shared.Rent(_layout.Columns);
        try
        {
            for (int i = 0; i < count; i++)
            {
                for (int x = 0; x < _layout.Columns; x++) values[x] = line[x * count + i];
                StoreValues(values.AsSpan(0, _layout.Columns), samples, i, row);
            }
        }
        finally
        {
            ArrayPool<ushort>.Shared.Return(values);
        }
    }

    private void StoreComponent(ReadOnlySpan<ushort> line, int offset, int lineStep, Span<byte> samples, int component, int row)
    {
        var to = FrameStore.Row(samples, _layout, component, row);
        int step = FrameStore.Place(_layout, component).Step;
        if (lineStep == 1 && step == _layout.BytesPerSample) FrameStore.Store(line, to, step);
        else FrameStore.Store(line, offset, lineStep, _layout.Columns, to, step, _layout.BytesPerSample);
    }

    /// <summary>Stores a row of values after point transform (§C.2.3) and mapping table (§C.2.4.1.2).</summary>
    /// <param name="values">The values of the whole row; changed here.</param>
    /// <param name="samples">The frame.</param>
    /// <param name="position">Which component of the scan.</param>
    /// <param name="row">Row of the frame.</param>
    private void StoreValues(Span<ushort> values, Span<byte> samples, int position, int row)
    {
        if (_tables[position] is not { } table)
        {
            for (int x = 0; x < values.Length; x++) values[x] <<= _scan.PointTransform;
            StoreComponent(values, 0, 1, samples, _components[position].Index, row);
            return;
        }

        int last = table.Entries.Count / table.Width - 1;       // at least 0: the constructor has looked
        if (IsPalette)
        {
            var pixels = FrameStore.Row(samples, _layout, 0, row);
            int step = FrameStore.Place(_layout, 0).Step;
            for (int i = 0; i < table.Width; i++)
            {
                var plane = FrameStore.Row(samples, _layout, i, row);
                for (int x = 0; x < values.Length; x++)
                    plane[x * step] = table.Entries[Math.Min(values[x], last) * table.Width + i];
            }
            return;
        }
        for (int x = 0; x < values.Length; x++)
        {
            int entry = Math.Min(values[x], last) * table.Width, value = 0;
            for (int i = 0; i < table.Width; i++) value = value << 8 | table.Entries[entry + i];
            values[x] = (ushort)value;
        }
        StoreComponent(values, 0, 1, samples, _components[position].Index, row);
    }

    private void Check(DecodeOptions options, long lines)
    {
        for (int i = 0; i < _tables.Length; i++)
        {
            if (_tables[i] is not { } table) continue;
            bool fits = IsPalette ? table.Width == _layout.SamplesPerPixel : table.Width <= Math.Min(2, _layout.BytesPerSample);
            if (!fits || table.Entries.Count < table.Width)
            {
                throw CodeStream.Error($"a mapping table of {table.Entries.Count} bytes with entries of {table.Width} does not fit "
                    + $"{_layout.SamplesPerPixel} samples per pixel of {_layout.BitsAllocated} bits", _scan.Offset, "§C.2.4.1.2");
            }
        }
        if (_scan.PointTransform >= _stream.BitsPerSample)
            throw CodeStream.Error($"a point transform of {_scan.PointTransform} bits", _scan.Offset, "§C.2.3");
        if (_scan.Interleave == JpegLsInterleave.Sample && _isSubsampled)
            throw CodeStream.Error("components of different size in one scan interleaved by sample", _scan.Offset, "§C.2.3");

        int pixel = _scan.Interleave == JpegLsInterleave.Sample ? _components.Length : 1;
        long needed = 2 * lines * sizeof(ushort) + _layout.Columns * sizeof(ushort)
            + ScanModel.MemoryFor((1 << _stream.BitsPerSample) - 1, (_layout.Columns + 2L) * pixel);
        if (needed > options.MaxWorkingMemory)
        {
            throw CodeStream.Error(
                $"decoding needs {needed} bytes of working memory, {options.MaxWorkingMemory} are allowed", _scan.Offset, null);
        }
    }

    /// <summary>Steps of the scan that restart intervals count: lines, or groups of lines.</summary>
    private int McuRows() => _scan.Interleave == JpegLsInterleave.Line
        ? Share(_layout.Rows, 1, _maxVertical)
        : _components[0].Height;

    /// <summary>Lines per restart interval.</summary>
    /// <remarks>The standard leaves open whether the unit is a line or a sample; encoders count lines. Where the markers
    /// in the data only fit samples, those are meant.</remarks>
    private long Interval(ReadOnlySpan<byte> data, int mcuRows)
    {
        long interval = _stream.RestartInterval;
        if (interval == 0) return mcuRows;
        long bySample = interval / _components[0].Width;
        if (interval < _components[0].Width || interval % _components[0].Width != 0) return interval;
        int markers = 0;
        int position = NextMarker(data, _scan.DataOffset);
        for (; position + 1 < data.Length && Markers.IsRestart(data[position + 1]); position = NextMarker(data, position + 2))
            markers++;
        return (mcuRows + interval - 1) / interval - 1 != markers && (mcuRows + bySample - 1) / bySample - 1 == markers
            ? bySample
            : interval;
    }

    /// <summary>The next 0xFF that is not followed by a stuffed bit, or the end of the data.</summary>
    private static int NextMarker(ReadOnlySpan<byte> data, int position)
    {
        while (position < data.Length)
        {
            int next = data[position..].IndexOf((byte)0xFF);
            if (next < 0) break;
            position += next;
            if (position + 1 < data.Length && data[position + 1] is >= 0x80 and < 0xFF) return position;
            position++;
        }
        return data.Length;
    }

    private static int Share(int whole, int part, int of) => (int)(((long)whole * part + of - 1) / of);

    private sealed class ScanComponent(int index, FrameComponent component, int width, int height)
    {
        /// <summary>RUNindex; a field, because decoding refers to it.</summary>
        public int RunIndex;

        public int Index => index;

        public int Horizontal => component.Horizontal;

        public int Vertical => component.Vertical;

        public int Width => width;

        public int Height => height;
    }
}
