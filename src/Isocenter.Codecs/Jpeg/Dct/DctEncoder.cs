using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Encodes the sequential DCT processes with Huffman coding (T.81 §F.1).</summary>
internal static class DctEncoder
{
    public static void Encode(ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output,
        JpegEncodeOptions options, CancellationToken cancel)
    {
        int most = options.Process == JpegProcess.Baseline ? 8 : 12;
        if (layout.BitsStored > most) throw new ArgumentException($"{options.Process} JPEG takes up to {most} bits stored, not {layout.BitsStored}");
        if (layout.IsSigned) throw new ArgumentException($"{options.Process} JPEG takes unsigned samples only");
        if (options.Quality is < 1 or > 100) throw new ArgumentException($"a quality of {options.Quality} is outside 1 to 100");
        if (!Enum.IsDefined(options.Subsampling) || !Enum.IsDefined(options.Colour))
            throw new ArgumentException($"{options.Subsampling} or {options.Colour} is no option of JPEG");
        if (layout.BitsStored <= 8) new Job<byte>(layout, options, 8).Run(samples, output, cancel);
        else new Job<ushort>(layout, options, 12).Run(samples, output, cancel);
    }

    /// <summary>One frame.</summary>
    private sealed class Job<T>
        where T : unmanaged, IBinaryInteger<T>
    {
        private readonly FrameLayout _layout;
        private readonly JpegEncodeOptions _options;
        private readonly JpegFrame _frame;
        private readonly Quantiser[] _quantisers;
        private readonly int _restart;
        private readonly bool _isYcc;

        // For each component the rows of a row of MCUs in full size, and where it is subsampled in its own.
        private readonly T[][] _full;
        private readonly T[][] _rows;

        public Job(in FrameLayout layout, JpegEncodeOptions options, int precision)
        {
            _layout = layout;
            _options = options;
            int count = layout.SamplesPerPixel;
            _isYcc = count == 3 && options.Colour != JpegColour.Rgb;
            var (across, down) = count != 3 ? (1, 1) : options.Subsampling switch
            {
                JpegSubsampling.Horizontal => (2, 1),
                JpegSubsampling.Vertical => (1, 2),
                JpegSubsampling.Both => (2, 2),
                _ => (1, 1),
            };
            _frame = new JpegFrame(options.Process == JpegProcess.Baseline ? JpegMarker.Sof0 : JpegMarker.Sof1, precision, layout.Rows, layout.Columns,
                JpegEncoder.Components(count, i => i == 0 ? (across, down, 0) : (1, 1, _isYcc ? 1 : 0)));
            _restart = JpegEncoder.RestartInterval(_frame, options.RestartRows);
            _quantisers = [.. Enumerable.Range(0, _isYcc ? 2 : 1).Select(i => new Quantiser(StandardQuantisation.For(i == 1, options.Quality, precision)))];

            int width = _frame.McuColumns * _frame.MaxHorizontal * 8, height = _frame.MaxVertical * 8;
            _full = [.. _frame.Components.Select(_ => new T[width * height])];
            _rows = [.. _frame.Components.Select((c, i) => IsWhole(c) ? _full[i] : new T[Stride(c) * c.Vertical * 8])];
        }

        /// <summary>Blocks of a row of MCUs, of all components.</summary>
        private int BlocksOfRow => _frame.McuColumns * _frame.Components.Sum(c => c.Horizontal * c.Vertical);

        public void Run(ReadOnlySpan<byte> samples, IBufferWriter<byte> output, CancellationToken cancel)
        {
            bool isTwoPass = _options.OptimizesTables || _frame.Precision > 8;
            long words = (long)BlocksOfRow * 64 * (isTwoPass ? _frame.McuRows : 1);
            if (words > Array.MaxLength) throw new ArgumentException("the frame is too large for Huffman tables of its own");
            short[] blocks = ArrayPool<short>.Shared.Rent((int)words);
            try
            {
                int length = BlocksOfRow * 64;
                HuffmanCodes[] dc = [HuffmanCodes.LuminanceDc, HuffmanCodes.ChrominanceDc];
                HuffmanCodes[] ac = [HuffmanCodes.LuminanceAc, HuffmanCodes.ChrominanceAc];
                if (isTwoPass)
                {
                    for (int row = 0; row < _frame.McuRows; row++) Transform(samples, row, blocks.AsSpan(row * length, length), cancel);
                    MakeCodes(blocks, length, dc, ac);
                }
                WriteHeader(new JpegWriter(output), dc, ac);
                var writer = new HuffmanWriter(output);
                Span<int> predictors = stackalloc int[4];
                predictors.Clear();
                for (int row = 0; row < _frame.McuRows; row++)
                {
                    var here = blocks.AsSpan(isTwoPass ? row * length : 0, length);
                    if (!isTwoPass) Transform(samples, row, here, cancel);
                    if (IsRestart(row))
                    {
                        writer.Flush();
                        writer.Marker((byte)(JpegMarker.Rst0 + ((row / _options.RestartRows - 1) & 7)));
                        predictors.Clear();
                    }
                    Write(ref writer, here, predictors, dc, ac);
                }
                writer.Flush();
                new JpegWriter(output).End();
            }
            finally
            {
                ArrayPool<short>.Shared.Return(blocks);
            }
        }

        private bool IsRestart(int row) => _options.RestartRows > 0 && row > 0 && row % _options.RestartRows == 0;

        private bool IsWhole(JpegComponent component) =>
            component.Horizontal == _frame.MaxHorizontal && component.Vertical == _frame.MaxVertical;

        private int Stride(JpegComponent component) => _frame.McuColumns * component.Horizontal * 8;

        private void WriteHeader(JpegWriter writer, HuffmanCodes[] dc, HuffmanCodes[] ac)
        {
            writer.Start();
            JpegEncoder.WriteColour(writer, _frame, _options.Colour);
            for (int i = 0; i < _quantisers.Length; i++) writer.Quantisation(i, _quantisers[i].Table);
            writer.Frame(_frame);
            for (int i = 0; i < _quantisers.Length; i++)
            {
                writer.Huffman(0, i, dc[i]);
                writer.Huffman(1, i, ac[i]);
            }
            if (_restart > 0) writer.RestartInterval(_restart);
            writer.Scan(_frame, 0, 63, 0);
        }

        /// <summary>From samples to the coefficients of a row of MCUs, in the order of the scan.</summary>
        /// <remarks>What works through all samples is optimised at once: generic over a number, it is not compiled ahead of time.</remarks>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Transform(ReadOnlySpan<byte> samples, int mcuRow, Span<short> blocks, CancellationToken cancel)
        {
            cancel.ThrowIfCancellationRequested();
            Load(samples, mcuRow);
            int at = 0;
            for (int mcu = 0; mcu < _frame.McuColumns; mcu++)
            {
                foreach (var component in _frame.Components)
                {
                    var rows = _rows[component.Index];
                    int stride = Stride(component);
                    var quantiser = _quantisers[component.QuantisationTable];
                    for (int v = 0; v < component.Vertical; v++)
                    {
                        for (int h = 0; h < component.Horizontal; h++, at += 64)
                        {
                            var block = blocks.Slice(at, 64);
                            int column = mcu * component.Horizontal + h;
                            if (column >= component.UnitColumns || mcuRow * component.Vertical + v >= component.UnitRows)
                            {
                                // Nobody sees it: what costs least is the DC coefficient of the block before.
                                short before = blocks[at - 64];
                                block.Clear();
                                block[0] = before;
                                continue;
                            }
                            var from = rows.AsSpan(v * 8 * stride + column * 8);
                            if (typeof(T) == typeof(byte)) ForwardDct.Transform(MemoryMarshal.AsBytes(from), stride, quantiser, block);
                            else ForwardDct.Transform(MemoryMarshal.Cast<T, ushort>(from), stride, quantiser, block);
                        }
                    }
                }
            }
        }

        /// <summary>Reads the rows of a row of MCUs. Beyond the edges the last sample is repeated.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Load(ReadOnlySpan<byte> samples, int mcuRow)
        {
            int columns = _layout.Columns, width = _frame.McuColumns * _frame.MaxHorizontal * 8, height = _frame.MaxVertical * 8;
            int first = mcuRow * height, valid = Math.Min(height, _layout.Rows - first);
            bool isConverted = _options.Colour == JpegColour.RgbToYcc && _isYcc;
            for (int y = 0; y < height; y++)
            {
                int start = y * width;
                if (y < valid) ColourRows.Read(samples, _layout, first + y, _full, start, isConverted, _frame.Precision);
                foreach (T[] full in _full)
                {
                    var row = full.AsSpan(start, width);
                    if (y < valid) row[columns..].Fill(row[columns - 1]);
                    else full.AsSpan(start - width, width).CopyTo(row);
                }
            }
            foreach (var component in _frame.Components)
                if (!IsWhole(component)) Reduce(component, valid, width);
        }

        private void Reduce(JpegComponent component, int valid, int width)
        {
            var full = _full[component.Index].AsSpan();
            int stride = Stride(component), down = _frame.MaxVertical / component.Vertical;
            bool isAcross = _frame.MaxHorizontal > component.Horizontal;
            for (int y = 0; y < component.Vertical * 8; y++)
            {
                var target = _rows[component.Index].AsSpan(y * stride, stride);
                if (y * down >= valid)
                {
                    _rows[component.Index].AsSpan((y - 1) * stride, stride).CopyTo(target);
                    continue;
                }
                var upper = full.Slice(y * down * width, width);
                var lower = full.Slice((y * down + down - 1) * width, width);
                if (down == 1) Downsampling.Across<T>(upper, target);
                else if (isAcross) Downsampling.Both<T>(upper, lower, target);
                else Downsampling.Down<T>(upper, lower, target);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private void Write(ref HuffmanWriter writer, ReadOnlySpan<short> blocks, scoped Span<int> predictors, HuffmanCodes[] dc, HuffmanCodes[] ac)
        {
            int at = 0;
            for (int mcu = 0; mcu < _frame.McuColumns; mcu++)
            {
                foreach (var component in _frame.Components)
                {
                    ReadOnlySpan<ulong> dcCodes = dc[component.QuantisationTable].ForDifferences, acCodes = ac[component.QuantisationTable].ForCoefficients;
                    ref int predictor = ref predictors[component.Index];
                    for (int n = component.Horizontal * component.Vertical; n > 0; n--, at += 64)
                    {
                        var block = blocks.Slice(at, 64);
                        writer.Block(block, block[0] - predictor, dcCodes, acCodes);
                        predictor = block[0];
                    }
                }
            }
        }

        /// <summary>Counts what the scan will have, and makes codes for it.</summary>
        private void MakeCodes(ReadOnlySpan<short> blocks, int lengthOfRow, HuffmanCodes[] dc, HuffmanCodes[] ac)
        {
            var counts = new long[2 * _quantisers.Length][];
            for (int i = 0; i < counts.Length; i++) counts[i] = new long[256];
            Span<int> predictors = stackalloc int[4];
            predictors.Clear();
            for (int row = 0; row < _frame.McuRows; row++)
            {
                if (IsRestart(row)) predictors.Clear();
                int at = row * lengthOfRow;
                for (int mcu = 0; mcu < _frame.McuColumns; mcu++)
                {
                    foreach (var component in _frame.Components)
                    {
                        for (int n = component.Horizontal * component.Vertical; n > 0; n--, at += 64)
                        {
                            var block = blocks.Slice(at, 64);
                            counts[2 * component.QuantisationTable][HuffmanWriter.Size(block[0] - predictors[component.Index])]++;
                            predictors[component.Index] = block[0];
                            Count(block, counts[2 * component.QuantisationTable + 1]);
                        }
                    }
                }
            }
            for (int i = 0; i < _quantisers.Length; i++)
            {
                dc[i] = HuffmanCodes.For(counts[2 * i]);
                ac[i] = HuffmanCodes.For(counts[2 * i + 1]);
            }
        }

        private static void Count(ReadOnlySpan<short> block, long[] counts)
        {
            int last = 0;
            for (ulong rest = ForwardOrder.NonZero(block) & ~1UL; rest != 0; rest &= rest - 1)
            {
                int k = BitOperations.TrailingZeroCount(rest), run = k - last - 1;
                last = k;
                counts[0xF0] += run >> 4;
                counts[(run & 15) << 4 | HuffmanWriter.Size(block[ForwardOrder.FromZigZag[k]])]++;
            }
            if (last < 63) counts[0]++;
        }
    }
}
