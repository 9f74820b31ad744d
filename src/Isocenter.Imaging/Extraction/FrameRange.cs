using System.Globalization;
using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Which frames of an object are asked for: one of the Frame Range Keys (PS3.4 §Y.3.2), Simple Frame List (0008,1161),
/// Calculated Frame List (0008,1162) or Time Range (0008,1163).</summary>
public sealed class FrameRange
{
    private static readonly Tag[] Keys = [Tags.SimpleFrameList, Tags.CalculatedFrameList, Tags.TimeRange];

    private readonly Tag _key;
    private readonly uint[] _numbers;
    private readonly double[] _seconds;

    private FrameRange(Tag key, uint[] numbers, double[] seconds) => (_key, _numbers, _seconds) = (key, numbers, seconds);

    /// <summary>Reads the key of an Identifier.</summary>
    /// <exception cref="FrameExtractionException">There is none or more than one, or its values break the rules.</exception>
    public static FrameRange Read(DataSet identifier)
    {
        ArgumentNullException.ThrowIfNull(identifier);
        Tag[] present = [.. Keys.Where(identifier.Contains)];
        if (present.Length != 1) throw Illegal(present.Length == 0 ? "there is no frame range key" : "there is more than one frame range key");
        try
        {
            return present[0] == Tags.TimeRange ? OfTime([.. identifier.GetAll<double>(Tags.TimeRange)])
                : present[0] == Tags.SimpleFrameList ? OfFrames([.. identifier.GetAll<uint>(Tags.SimpleFrameList)])
                : Calculated([.. identifier.GetAll<uint>(Tags.CalculatedFrameList)]);
        }
        catch (DicomFormatException e)
        {
            throw new FrameExtractionException(FrameExtractionProblem.Request, e.Message, e);
        }
    }

    /// <summary>Frames by their numbers, from 1, each greater than the one before.</summary>
    /// <exception cref="FrameExtractionException">They are not.</exception>
    public static FrameRange OfFrames(params uint[] numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        uint before = 0;
        foreach (uint number in numbers)
        {
            if (number <= before) throw Illegal("the frame numbers do not increase from 1 on");
            before = number;
        }
        return numbers.Length > 0 ? new FrameRange(Tags.SimpleFrameList, numbers, []) : throw Illegal("the list of frames is empty");
    }

    /// <summary>Ranges of three numbers each: first frame, upper limit, increment.</summary>
    /// <exception cref="FrameExtractionException">They overlap, or are not in order.</exception>
    public static FrameRange Calculated(params uint[] numbers)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        if (numbers.Length == 0 || numbers.Length % 3 != 0) throw Illegal("a calculated list has three numbers for each range");
        uint before = 0;
        for (int i = 0; i < numbers.Length; i += 3)
        {
            var (first, limit, increment) = (numbers[i], numbers[i + 1], numbers[i + 2]);
            if (first <= before || limit < first || increment == 0) throw Illegal("the ranges of frames overlap, are not in order, or have no increment");
            before = limit - (limit - first) % increment;
        }
        return new FrameRange(Tags.CalculatedFrameList, numbers, []);
    }

    /// <summary>From and to, in seconds after Content Time (0008,0033).</summary>
    /// <exception cref="FrameExtractionException">They are not two, or the wrong way round.</exception>
    public static FrameRange OfTime(params double[] seconds)
    {
        ArgumentNullException.ThrowIfNull(seconds);
        return seconds is [var start, var end] && double.IsFinite(start) && double.IsFinite(end) && start <= end
            ? new FrameRange(Tags.TimeRange, [], seconds)
            : throw Illegal("a time range is a start and an end in seconds");
    }

    /// <summary>Sets the key in an Identifier, or in an item of the Frame Extraction Sequence (PS3.3 §C.12.3).</summary>
    public void WriteTo(DataSet dataSet)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        if (_key == Tags.TimeRange) dataSet.Set(_key, _seconds.AsSpan());
        else dataSet.Set(_key, _numbers.AsSpan());
    }

    /// <summary>The UID of what is extracted from an object: the same each time for the same key and values, so that whoever fetches the
    /// same frames twice has one object.</summary>
    /// <param name="source">SOP Instance UID of the object.</param>
    public Uid UidOf(Uid source)
    {
        ArgumentNullException.ThrowIfNull(source);
        string values = _key == Tags.TimeRange ? string.Join('\\', _seconds.Select(s => s.ToString("R", CultureInfo.InvariantCulture))) : string.Join('\\', _numbers);
        return Uid.FromName(Encoding.ASCII.GetBytes($"frames of {source.Value} {_key} {values}"));
    }

    /// <summary>The frames of an object that are in the range, from 0, in their order.</summary>
    /// <param name="source">The object.</param>
    /// <param name="count">Its frames.</param>
    /// <exception cref="FrameExtractionException">There are none, or it does not say when its frames are.</exception>
    public int[] Select(DataSet source, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        var found = new List<int>();
        if (_key == Tags.TimeRange)
        {
            double[] times = FrameTimes.Of(source, count) ?? throw new FrameExtractionException(FrameExtractionProblem.NotTimeBased, "the object does not say when its frames are");
            for (int i = 0; i < count; i++)
            {
                // Decimals of milliseconds are not exact in seconds.
                if (times[i] >= _seconds[0] - 1e-6 && times[i] <= _seconds[1] + 1e-6) found.Add(i);
            }
        }
        else if (_key == Tags.SimpleFrameList)
        {
            foreach (uint number in _numbers)
            {
                if (number <= count) found.Add((int)number - 1);
            }
        }
        else
        {
            for (int i = 0; i < _numbers.Length; i += 3)
            {
                for (long number = _numbers[i]; number <= Math.Min(_numbers[i + 1], count); number += _numbers[i + 2]) found.Add((int)number - 1);
            }
        }
        return found.Count > 0 ? [.. found]
            : throw new FrameExtractionException(FrameExtractionProblem.NoSuchFrames, string.Create(CultureInfo.InvariantCulture, $"none of them is among its {count} frames"));
    }

    private static FrameExtractionException Illegal(string message) => new(FrameExtractionProblem.Request, message);
}
