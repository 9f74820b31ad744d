using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>When the frames of an object are (PS3.4 §Y.3.2.1.3): by Frame Reference DateTime (0018,9151), Frame Time Vector (0018,1065) or
/// Frame Time (0018,1063), the last two after Frame Delay (0018,1066).</summary>
internal static class FrameTimes
{
    /// <summary>In seconds after Content Time (0008,0033); null when the object does not say.</summary>
    public static double[]? Of(DataSet source, int count)
    {
        if (ByReference(source, count) is { } referenced) return referenced;
        var times = new double[count];
        double at = source.Get(Tags.FrameDelay, 0.0);
        var vector = source.GetAll<double>(Tags.FrameTimeVector);
        double step = source.Get(Tags.FrameTime, 0.0);
        bool isVector = vector.Count == count && (count > 1 || step <= 0);
        if (!isVector && step <= 0) return null;
        for (int i = 0; i < count; i++)
        {
            if (i > 0) at += isVector ? vector[i] : step;
            times[i] = at / 1000;
        }
        return times;
    }

    private static double[]? ByReference(DataSet source, int count)
    {
        var frames = source.GetAll<DataSet>(Tags.PerFrameFunctionalGroupsSequence);
        if (frames.Count != count || source.Get(Tags.ContentDate, default(DateOnly)) is var day && day == default || !source.TryGet(Tags.ContentTime, out PartialTime start)) return null;
        var zero = day.ToDateTime(start.Earliest);
        var times = new double[count];
        for (int i = 0; i < count; i++)
        {
            if (frames[i].GetAll<DataSet>(Tags.FrameContentSequence) is not [var content] || !content.TryGet(Tags.FrameReferenceDateTime, out PartialDateTime moment)) return null;
            // Where the offset from UTC is that of the object, it changes nothing.
            var at = moment.Earliest;
            if (moment.Offset is { } offset && source.TimezoneOffset is { } here) at += here - offset;
            times[i] = (at - zero).TotalSeconds;
        }
        return times;
    }
}
