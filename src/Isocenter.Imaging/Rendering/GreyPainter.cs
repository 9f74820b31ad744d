using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Grey of integers: by a table of all stored values where there are few enough, otherwise one by one.</summary>
internal sealed class GreyPainter : RowPainter
{
    private const int LargestTable = 16;       // bits

    private readonly ImageLayout _layout;
    private readonly FrameReader _reader;
    private readonly GreyScale _scale;
    private readonly int _white;
    private readonly int[] _samples;
    private readonly ushort[] _table = [];
    private readonly double _low, _high;

    public GreyPainter(DataSet dataSet, ImageLayout layout, FrameReader reader, GreyScale scale, int bitDepth)
    {
        (_layout, _reader, _scale, _white) = (layout, reader, scale, (1 << bitDepth) - 1);
        _samples = new int[layout.Columns];
        if (scale.NeedsRange) (_low, _high) = scale.SpansAllValues ? AllValues(layout) : Range(dataSet);
        // A frame of one value has no darkest and brightest: all that there can be tell how bright it is.
        if (scale.NeedsRange && _low == _high) (_low, _high) = AllValues(layout);
        if (layout.BitsStored > LargestTable) return;
        _table = new ushort[1 << layout.BitsStored];
        FillTable();
    }

    /// <summary>Of 65536 values a window spreads a few hundred: only those are worked out.</summary>
    private void FillTable()
    {
        int first = 0, last = _table.Length - 1;
        if (_scale.Slope(_low, _high) is var (from, to))
        {
            // One more at each end, for what is lost in the arithmetic
            first = (int)Math.Clamp(Math.Floor(from) - 1 - _layout.Minimum, 0, last);
            last = (int)Math.Clamp(Math.Ceiling(to) + 1 - _layout.Minimum, first, last);
            _table.AsSpan(0, first).Fill(Map(_layout.Minimum));
            _table.AsSpan(last).Fill(Map((double)_layout.Minimum + _table.Length - 1));
        }
        for (int i = first; i <= last; i++) _table[i] = Map(_layout.Minimum + i);
    }

    public override int Channels => 1;

    private bool IsUnsigned32 => _layout is { BitsStored: 32, IsSigned: false };

    public override void Paint(int row, Span<ushort> line)
    {
        _reader.ReadRow(row, _samples);
        if (_table.Length > 0)
        {
            int first = _layout.Minimum;
            var table = _table.AsSpan();
            var samples = _samples.AsSpan();
            line = line[..samples.Length];
            for (int i = 0; i < samples.Length; i++) line[i] = table[samples[i] - first];
            return;
        }
        for (int i = 0; i < _samples.Length; i++) line[i] = Map(IsUnsigned32 ? (uint)_samples[i] : _samples[i]);
    }

    /// <summary>Grey of one stored value.</summary>
    public ushort Map(double stored) => (ushort)(_white * _scale.Map(stored, _low, _high) + 0.5);

    private (double, double) AllValues(ImageLayout layout) =>
        _scale.RangeOf(layout.Minimum, layout.IsSigned ? -(layout.Minimum + 1L) : (1L << layout.BitsStored) - 1);

    /// <summary>Smallest and largest value of the frame behind the modality transformation, padding left out (PS3.3 §C.7.5.1.1.2).</summary>
    private (double Low, double High) Range(DataSet dataSet)
    {
        var (paddingFrom, paddingTo) = Padding(dataSet, _layout);
        long minimum = long.MaxValue, maximum = long.MinValue;
        double low = double.MaxValue, high = double.MinValue;
        for (int row = 0; row < _layout.Rows; row++)
        {
            _reader.ReadRow(row, _samples);
            foreach (int sample in _samples)
            {
                long value = IsUnsigned32 ? (uint)sample : sample;
                if (value >= paddingFrom && value <= paddingTo) continue;
                if (value < minimum) minimum = value;
                if (value > maximum) maximum = value;
                if (_scale.IsLinear) continue;
                double meaning = _scale.Modality(value);
                if (meaning < low) low = meaning;
                if (meaning > high) high = meaning;
            }
        }
        return minimum > maximum ? (0, 0) : _scale.IsLinear ? _scale.RangeOf(minimum, maximum) : (low, high);
    }

    private static (long From, long To) Padding(DataSet dataSet, ImageLayout layout)
    {
        if (!dataSet.TryGet(Tags.PixelPaddingValue, out long value)) return (1, 0);
        if (!dataSet.TryGet(Tags.PixelPaddingRangeLimit, out long limit)) limit = value;
        (value, limit) = (AsStored(value, layout), AsStored(limit, layout));
        return (Math.Min(value, limit), Math.Max(value, limit));
    }

    /// <summary>The padding value is met with the wrong sign, where its VR was guessed: US of "US or SS".</summary>
    private static long AsStored(long value, ImageLayout layout) =>
        layout.IsSigned ? (layout.BitsAllocated <= 16 ? (short)value : value)
        : value < 0 ? value & ((1L << layout.BitsAllocated) - 1) : value;
}
