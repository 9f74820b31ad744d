using System.Buffers;

namespace Isocenter.Codecs.Jpeg.Lossless;

/// <summary>Decodes the scans of a lossless frame (T.81 Annex H, process 14 and its arithmetic sister 15).</summary>
/// <remarks>Where all components have the size of the image, two rows are all the memory there is: a row of differences is
/// read, turned into samples, and written. Where components are subsampled each gets a plane, and the planes are brought
/// to the size of the image at the end, by repetition: this process has no filter.</remarks>
internal ref struct LosslessDecoder
{
    private readonly ReadOnlySpan<byte> _source;
    private readonly JpegFrame _frame;
    private readonly FrameWriter _writer;
    private readonly JpegDamage _damage;
    private readonly JpegDecodeOptions _options;
    private readonly ushort[][]? _planes;
    private readonly int[] _shifts;
    private ushort[] _above;
    private ushort[] _row;
    private int _pointTransform;

    public LosslessDecoder(
        ReadOnlySpan<byte> source, JpegFrame frame, FrameWriter writer, JpegDamage damage, JpegDecodeOptions options, long memory)
    {
        _source = source;
        _writer = writer;
        (_frame, _damage, _options) = (frame, damage, options);
        _shifts = new int[frame.Components.Length];
        bool isWhole = true;
        long samples = 0;
        int width = 0;
        foreach (var component in frame.Components)
        {
            isWhole &= component.Columns == frame.Columns && component.Rows == frame.Rows;
            // An interleaved scan completes its last MCUs beyond the image.
            int columns = frame.McuColumns * component.Horizontal, rows = frame.McuRows * component.Vertical;
            samples += (long)columns * rows;
            width += columns;
        }
        // With equal factors other than 1 the samples of a component do not alternate with those of the next.
        isWhole &= frame.Components.Length == 1 || frame is { MaxHorizontal: 1, MaxVertical: 1 };
        if (!isWhole)
        {
            if (samples > Math.Min(memory / sizeof(ushort), Array.MaxLength))
                throw JpegError.At(null, $"subsampled components of {samples} samples exceed the working memory of {memory} bytes");
            _planes = new ushort[frame.Components.Length][];
            foreach (var component in frame.Components)
                _planes[component.Index] = new ushort[frame.McuColumns * component.Horizontal * frame.McuRows * component.Vertical];
        }
        _above = ArrayPool<ushort>.Shared.Rent(width);
        _row = ArrayPool<ushort>.Shared.Rent(width);
    }

    public readonly void Dispose()
    {
        ArrayPool<ushort>.Shared.Return(_above);
        ArrayPool<ushort>.Shared.Return(_row);
    }

    /// <summary>Decodes one scan. At the end <paramref name="segment"/> stands on the marker behind it.</summary>
    public void DecodeScan(JpegScan scan, JpegTables tables, EntropySegment segment, CancellationToken cancel)
    {
        int selection = scan.SpectralStart;
        if (selection is < 1 or > 7 || scan.LowBit >= _frame.Precision)
            throw JpegError.At(scan.DataStart, $"selection value {selection} with point transform {scan.LowBit} is none of the lossless process", "§H.1.2.1");
        if (_options.PredictorOverflow && selection >= 4) selection += LosslessPredictor.Overflow;
        _pointTransform = scan.LowBit;
        foreach (var component in scan.Components) _shifts[component.Index] = scan.LowBit;

        if (_frame.IsArithmetic)
        {
            var reader = new ArithmeticDifferences(scan, tables, _frame);
            Decode(ref reader, scan, selection, segment, cancel);
        }
        else
        {
            var reader = new HuffmanDifferences(scan, tables, _options.Category16HasBits);
            Decode(ref reader, scan, selection, segment, cancel);
        }
    }

    /// <summary>Writes out what was kept in planes.</summary>
    public void Finish()
    {
        if (_planes is null) return;
        foreach (var component in _frame.Components)
        {
            int stride = _frame.McuColumns * component.Horizontal;
            var line = _row.AsSpan(0, _frame.Columns);
            for (int y = 0; y < _frame.Rows; y++)
            {
                var source = _planes[component.Index].AsSpan(y * component.Vertical / _frame.MaxVertical * stride, stride);
                for (int x = 0; x < line.Length; x++) line[x] = source[x * component.Horizontal / _frame.MaxHorizontal];
                _writer.WriteComponent(y, component.Index, line, _shifts[component.Index]);
            }
        }
    }

    private void Decode<TReader>(ref TReader reader, JpegScan scan, int selection, EntropySegment segment, CancellationToken cancel)
        where TReader : struct, IDifferenceReader, allows ref struct
    {
        // A scan of one component knows no MCUs of several samples.
        bool isSingle = scan.Components.Length == 1;
        int mcuColumns = isSingle ? scan.Components[0].Columns : _frame.McuColumns;
        int mcuRows = isSingle ? scan.Components[0].Rows : _frame.McuRows;
        if (scan.RestartInterval % mcuColumns != 0)
            throw JpegError.At(scan.DataStart, $"a restart interval of {scan.RestartInterval} MCUs is not a whole number of rows of {mcuColumns}", "§H.1.1");
        int rowsOfInterval = scan.RestartInterval == 0 ? mcuRows : scan.RestartInterval / mcuColumns;

        var intervals = new ScanIntervals(_source, segment, scan.DataStart, (mcuRows + rowsOfInterval - 1) / rowsOfInterval, _damage);
        int done = 0;
        for (int interval; (interval = intervals.MoveNext(_source, segment)) < intervals.Count;)
        {
            int start = interval * rowsOfInterval, end = Math.Min(start + rowsOfInterval, mcuRows);
            Clear(scan, done, start);
            reader.Restart(segment);
            done = _planes is null
                ? DecodeRows(ref reader, scan, selection, start, end, cancel)
                : DecodeMcuRows(ref reader, scan, selection, start, end, cancel);
            if (done < end)
            {
                int offset = segment.Offset(_source, reader.BytesRead);
                if (reader.IsOverrun) _damage.Report(offset, $"the data ends within row {done} of {mcuRows}", "§H.2");
                else _damage.Report(offset, $"bits that are no difference, in row {done} of {mcuRows}", "§H.2");
            }
            Clear(scan, done, end);
            done = end;
        }
        Clear(scan, done, mcuRows);
        ScanIntervals.FindEnd(_source, segment);
    }

    /// <summary>Rows of components that all have the size of the image.</summary>
    /// <returns>The first row that could not be decoded.</returns>
    private int DecodeRows<TReader>(ref TReader reader, JpegScan scan, int selection, int start, int end, CancellationToken cancel)
        where TReader : struct, IDifferenceReader, allows ref struct
    {
        int step = scan.Components.Length, width = step * _frame.Columns;
        ushort initial = (ushort)(1 << (_frame.Precision - _pointTransform - 1));
        for (int y = start; y < end; y++)
        {
            if ((y & 15) == 0) cancel.ThrowIfCancellationRequested();
            var row = _row.AsSpan(0, width);
            if (reader.ReadRow(row) < width || reader.IsOverrun) return y;
            LosslessPredictor.Undo(row, _above, step, selection, y == start, initial);
            Write(scan, y, row);
            (_row, _above) = (_above, _row);
        }
        return end;
    }

    private readonly void Write(JpegScan scan, int y, ReadOnlySpan<ushort> row)
    {
        int step = scan.Components.Length;
        if (step == _frame.Components.Length && IsInOrder(scan))
        {
            _writer.WritePixels(y, row, _pointTransform);
            return;
        }
        if (step == 1)
        {
            _writer.WriteComponent(y, scan.Components[0].Index, row, _pointTransform);
            return;
        }
        var line = new ushort[_frame.Columns];
        for (int i = 0; i < step; i++)
        {
            for (int x = 0; x < line.Length; x++) line[x] = row[x * step + i];
            _writer.WriteComponent(y, scan.Components[i].Index, line, _pointTransform);
        }
    }

    private static bool IsInOrder(JpegScan scan)
    {
        for (int i = 0; i < scan.Components.Length; i++)
            if (scan.Components[i].Index != i) return false;
        return true;
    }

    /// <summary>Rows of MCUs, of components of any size.</summary>
    private readonly int DecodeMcuRows<TReader>(
        ref TReader reader, JpegScan scan, int selection, int start, int end, CancellationToken cancel)
        where TReader : struct, IDifferenceReader, allows ref struct
    {
        bool isSingle = scan.Components.Length == 1;
        ushort initial = (ushort)(1 << (_frame.Precision - _pointTransform - 1));
        int mcus = isSingle ? scan.Components[0].Columns : _frame.McuColumns;
        for (int mcuRow = start; mcuRow < end; mcuRow++)
        {
            if ((mcuRow & 15) == 0) cancel.ThrowIfCancellationRequested();
            for (int mcu = 0; mcu < mcus; mcu++)
            {
                for (int i = 0; i < scan.Components.Length; i++)
                {
                    var component = scan.Components[i];
                    var plane = _planes![component.Index];
                    int stride = _frame.McuColumns * component.Horizontal;
                    int across = isSingle ? 1 : component.Horizontal, down = isSingle ? 1 : component.Vertical;
                    for (int v = 0; v < down; v++)
                    {
                        for (int h = 0; h < across; h++)
                        {
                            int column = mcu * across + h;
                            if (!reader.TryRead(i, column, v, out plane[(mcuRow * down + v) * stride + column])) return mcuRow;
                        }
                    }
                }
            }
            if (reader.IsOverrun) return mcuRow;
            foreach (var component in scan.Components)
            {
                var plane = _planes![component.Index].AsSpan();
                int stride = _frame.McuColumns * component.Horizontal;
                int width = isSingle ? component.Columns : stride, down = isSingle ? 1 : component.Vertical;
                for (int y = mcuRow * down; y < (mcuRow + 1) * down; y++)
                {
                    bool isFirst = y == start * down;
                    var above = isFirst ? default : plane.Slice((y - 1) * stride, width);
                    LosslessPredictor.Undo(plane.Slice(y * stride, width), above, 1, selection, isFirst, initial);
                }
            }
        }
        return end;
    }

    /// <summary>The rows of a scan that are lost become 0, whatever was in the caller's buffer.</summary>
    private readonly void Clear(JpegScan scan, int start, int end)
    {
        if (start >= end || _planes is not null) return;
        foreach (var component in scan.Components) _writer.Clear(start, end, component.Index);
    }
}
