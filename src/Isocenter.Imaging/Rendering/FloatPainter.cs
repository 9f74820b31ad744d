using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Grey of Float and Double Float Pixel Data (PS3.3 §C.7.6.24, §C.7.6.25). What is no number is black.</summary>
internal sealed class FloatPainter : RowPainter
{
    private readonly FrameRows _frame;
    private readonly GreyScale _scale;
    private readonly int _white;
    private readonly double _low, _high;

    public FloatPainter(FrameRows frame, GreyScale scale, int bitDepth, DataSet dataSet)
    {
        (_frame, _scale, _white) = (frame, scale, (1 << bitDepth) - 1);
        if (scale.NeedsRange) (_low, _high) = Range(dataSet);
    }

    public override int Channels => 1;

    public override void Paint(int row, Span<ushort> line)
    {
        for (int x = 0; x < line.Length; x++)
        {
            double value = _frame.Float(row, x);
            line[x] = double.IsNaN(value) ? (ushort)0 : (ushort)(_white * _scale.Map(value, _low, _high) + 0.5);
        }
    }

    private (double Minimum, double Maximum) Range(DataSet dataSet)
    {
        var (from, to) = Padding(dataSet);
        double minimum = double.PositiveInfinity, maximum = double.NegativeInfinity;
        for (int row = 0; row < _frame.Rows; row++)
        {
            for (int x = 0; x < _frame.Columns; x++)
            {
                double value = _frame.Float(row, x);
                if (!double.IsFinite(value) || value >= from && value <= to) continue;
                minimum = Math.Min(minimum, value);
                maximum = Math.Max(maximum, value);
            }
        }
        return minimum > maximum ? (0, 0) : _scale.RangeOf(minimum, maximum);
    }

    private static (double From, double To) Padding(DataSet dataSet)
    {
        if (!dataSet.TryGet(Tags.FloatPixelPaddingValue, out double value) && !dataSet.TryGet(Tags.DoubleFloatPixelPaddingValue, out value)) return (1, 0);
        if (!dataSet.TryGet(Tags.FloatPixelPaddingRangeLimit, out double limit) && !dataSet.TryGet(Tags.DoubleFloatPixelPaddingRangeLimit, out limit)) limit = value;
        return (Math.Min(value, limit), Math.Max(value, limit));
    }
}
