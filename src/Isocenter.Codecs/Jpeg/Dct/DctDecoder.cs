using System.Numerics;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Decodes the scans of a frame of the DCT processes: baseline, extended sequential and progressive.</summary>
/// <remarks>A sequential frame in one scan goes block by block from the entropy decoder through the inverse DCT into rows
/// of samples. Where a frame comes in several scans the coefficients are kept, and transformed at the end.</remarks>
internal ref struct DctDecoder<T>
    where T : unmanaged, IBinaryInteger<T>
{
    /// <summary>Scans a component may have. T.81 allows some 900; encoders write ten. Each may have the decoder walk the
    /// whole image for a few bytes.</summary>
    private const int MaxScans = 128;

    private static readonly short[] NoQuantisation = new short[64];

    private readonly ReadOnlySpan<byte> _source;
    private readonly JpegFrame _frame;
    private readonly FrameWriter _writer;
    private readonly JpegDamage _damage;
    private readonly long _memory;
    private readonly SampleRows<T> _rows;
    private short[][]? _coefficients;
    private JpegScan? _scan;

    public DctDecoder(ReadOnlySpan<byte> source, JpegFrame frame, FrameWriter writer, JpegDamage damage, long memory)
    {
        _source = source;
        _writer = writer;
        (_frame, _damage, _memory) = (frame, damage, memory);
        long needed = SampleRows<T>.Memory(frame);
        if (needed > memory) throw JpegError.At(null, $"rows of {needed} bytes exceed the working memory of {memory} bytes");
        _rows = new SampleRows<T>(frame);
    }

    public readonly void Dispose() => _rows.Dispose();

    /// <summary>Decodes one scan. At the end <paramref name="segment"/> stands on the marker behind it.</summary>
    public void DecodeScan(JpegScan scan, JpegTables tables, EntropySegment segment, CancellationToken cancel)
    {
        Check(scan);
        foreach (var component in scan.Components)
        {
            component.Quantisation ??= tables.Quantisation(component.QuantisationTable)
                ?? throw JpegError.At(scan.DataStart, $"quantisation table {component.QuantisationTable} is not defined", "§B.2.4.1");
        }
        _scan = scan;
        bool isWhole = !_frame.IsProgressive && scan.Components.Length == _frame.Components.Length;
        if (!isWhole) _coefficients ??= MakeCoefficients();

        if (_frame.IsArithmetic)
        {
            var coder = new ArithmeticBlocks(scan, tables, _frame.IsProgressive);
            Decode(ref coder, segment, cancel);
        }
        else if (_frame.IsProgressive)
        {
            var coder = new HuffmanProgressive(scan, tables);
            Decode(ref coder, segment, cancel);
        }
        else
        {
            var coder = new HuffmanSequential(scan, tables);
            Decode(ref coder, segment, cancel);
        }
        ScanIntervals.FindEnd(_source, segment);
    }

    /// <summary>Transforms the coefficients that were kept.</summary>
    public readonly void Finish(CancellationToken cancel)
    {
        if (_coefficients is null) return;
        for (int mcuRow = 0; mcuRow < _frame.McuRows; mcuRow++)
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var component in _frame.Components)
            {
                int columns = _frame.McuColumns * component.Horizontal;
                for (int v = 0; v < component.Vertical; v++)
                {
                    int row = mcuRow * component.Vertical + v;
                    for (int column = 0; column < columns; column++)
                    {
                        var block = _coefficients[component.Index].AsSpan((row * columns + column) * 64, 64);
                        Transform(component, block, row, column);
                    }
                }
            }
            _rows.Complete(mcuRow, _writer);
        }
    }

    private readonly void Check(JpegScan scan)
    {
        foreach (var component in scan.Components)
        {
            if (++component.Scans > MaxScans)
                throw JpegError.At(scan.DataStart, $"component {component.Id} is in more than {MaxScans} scans");
        }
        if (!_frame.IsProgressive) return;
        bool isLegal = scan.SpectralStart <= scan.SpectralEnd && scan.SpectralEnd <= 63 && scan.LowBit <= 13
            && (scan.SpectralStart == 0 ? scan.SpectralEnd == 0 : scan.Components.Length == 1)
            && (scan.HighBit == 0 || scan.HighBit == scan.LowBit + 1);
        if (!isLegal)
        {
            throw JpegError.At(scan.DataStart, $"coefficients {scan.SpectralStart} to {scan.SpectralEnd}, bits {scan.HighBit} to {scan.LowBit} "
                + $"of {scan.Components.Length} components are no progressive scan", "§G.1.1.1");
        }
    }

    private readonly short[][] MakeCoefficients()
    {
        long blocks = 0;
        foreach (var component in _frame.Components)
        {
            long here = (long)_frame.McuColumns * component.Horizontal * _frame.McuRows * component.Vertical;
            if (here > Array.MaxLength / 64)
                throw JpegError.At(null, $"component {component.Id} of {here} blocks is too large to decode in several scans");
            blocks += here;
        }
        if (blocks * 128 > _memory)
            throw JpegError.At(null, $"coefficients of {blocks * 128} bytes exceed the working memory of {_memory} bytes");
        var all = new short[_frame.Components.Length][];
        foreach (var component in _frame.Components)
            all[component.Index] = new short[_frame.McuColumns * component.Horizontal * _frame.McuRows * component.Vertical * 64];
        return all;
    }

    private readonly void Decode<TCoder>(ref TCoder coder, EntropySegment segment, CancellationToken cancel)
        where TCoder : struct, IBlockCoder, allows ref struct
    {
        // A scan of one component has its blocks one by one, without those that only complete an MCU (T.81 §A.2.2).
        bool isSingle = _scan!.Components.Length == 1;
        int columns = isSingle ? _scan.Components[0].UnitColumns : _frame.McuColumns;
        int rows = isSingle ? _scan.Components[0].UnitRows : _frame.McuRows;
        long total = (long)rows * columns;
        long interval = _scan.RestartInterval == 0 ? total : _scan.RestartInterval;
        var intervals = new ScanIntervals(_source, segment, _scan.DataStart, (int)((total + interval - 1) / interval), _damage);
        long mcu = 0;
        for (int index; (index = intervals.MoveNext(_source, segment)) < intervals.Count;)
        {
            mcu = Leave(mcu, index * interval, columns);
            coder.Restart(segment);
            long end = Math.Min(mcu + interval, total);
            while (mcu < end)
            {
                int row = (int)(mcu / columns), from = (int)(mcu % columns), to = (int)Math.Min(columns, from + end - mcu);
                if (from == 0) cancel.ThrowIfCancellationRequested();
                int stopped = _coefficients is null ? DecodeRow(ref coder, row, from, to) : KeepRow(ref coder, row, from, to, isSingle);
                mcu += stopped - from;
                if (stopped < to)
                {
                    var (position, problem) = coder.Damage;
                    _damage.Report(segment.Offset(_source, position), $"{problem}, in MCU {mcu} of {total}", "§F.2.2");
                    break;
                }
                if (stopped == columns && _coefficients is null) _rows.Complete(row, _writer);
            }
            mcu = Leave(mcu, end, columns);
        }
        Leave(mcu, total, columns);
    }

    /// <summary>Decodes MCUs of a row, which go straight on to samples.</summary>
    /// <returns>The first MCU that could not be decoded.</returns>
    private readonly int DecodeRow<TCoder>(ref TCoder coder, int mcuRow, int from, int to)
        where TCoder : struct, IBlockCoder, allows ref struct
    {
        Span<short> block = stackalloc short[BlockOrder.Room];
        block.Clear();
        var components = _scan!.Components;
        for (int mcu = from; mcu < to; mcu++)
        {
            for (int i = 0; i < components.Length; i++)
            {
                var component = components[i];
                for (int v = 0; v < component.Vertical; v++)
                {
                    for (int h = 0; h < component.Horizontal; h++)
                    {
                        if (!coder.TryDecode(i, block)) return mcu;
                        Transform(component, block, mcuRow * component.Vertical + v, mcu * component.Horizontal + h);
                        block.Clear();
                    }
                }
            }
        }
        return to;
    }

    /// <summary>Decodes MCUs of a row into the coefficients that are kept.</summary>
    private readonly int KeepRow<TCoder>(ref TCoder coder, int mcuRow, int from, int to, bool isSingle)
        where TCoder : struct, IBlockCoder, allows ref struct
    {
        Span<short> work = stackalloc short[BlockOrder.Room];
        var components = _scan!.Components;
        for (int mcu = from; mcu < to; mcu++)
        {
            for (int i = 0; i < components.Length; i++)
            {
                var component = components[i];
                int across = isSingle ? 1 : component.Horizontal, down = isSingle ? 1 : component.Vertical;
                int stride = _frame.McuColumns * component.Horizontal;
                for (int v = 0; v < down; v++)
                {
                    for (int h = 0; h < across; h++)
                    {
                        var block = _coefficients![component.Index].AsSpan(((mcuRow * down + v) * stride + mcu * across + h) * 64, 64);
                        // The room behind a block belongs to the next one.
                        block.CopyTo(work);
                        bool isRight = coder.TryDecode(i, work);
                        work[..64].CopyTo(block);
                        if (!isRight) return mcu;
                    }
                }
            }
        }
        return to;
    }

    private readonly void Transform(JpegComponent component, ReadOnlySpan<short> block, int row, int column)
    {
        var target = _rows.Block(component, row, column);
        int stride = _rows.Stride(component);
        // A component that no scan had is grey.
        var quantisation = component.Quantisation ?? NoQuantisation;
        if (typeof(T) == typeof(byte))
            InverseDct.Transform(block, quantisation, System.Runtime.InteropServices.MemoryMarshal.AsBytes(target), stride);
        else
            InverseDct.Transform(block, quantisation, System.Runtime.InteropServices.MemoryMarshal.Cast<T, ushort>(target), stride);
    }

    /// <summary>Leaves MCUs out that are lost: grey where they go to samples, and what earlier scans left otherwise.</summary>
    private readonly long Leave(long mcu, long end, int columns)
    {
        if (_coefficients is not null) return Math.Max(mcu, end);
        Span<short> empty = stackalloc short[64];
        empty.Clear();
        for (; mcu < end; mcu++)
        {
            int row = (int)(mcu / columns), column = (int)(mcu % columns);
            foreach (var component in _frame.Components)
                for (int v = 0; v < component.Vertical; v++)
                    for (int h = 0; h < component.Horizontal; h++)
                        Transform(component, empty, row * component.Vertical + v, column * component.Horizontal + h);
            if (column == columns - 1) _rows.Complete(row, _writer);
        }
        return mcu;
    }
}
