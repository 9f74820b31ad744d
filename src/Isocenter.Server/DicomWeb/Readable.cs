using System.Globalization;
using Isocenter.Archive;

namespace Isocenter.Server.DicomWeb;

/// <summary>Of many instances, those whose files are there and whole: a lost one does not keep the others from being
/// served. The answer says that it is not complete, and so does the log.</summary>
internal static class Readable
{
    /// <summary>The instances to serve.</summary>
    /// <param name="http">The exchange; the answer has not begun.</param>
    /// <param name="archive">Where they are.</param>
    /// <param name="instances">What was asked for. One alone is left to whoever opens it.</param>
    /// <param name="logger">Hears of each that is left out.</param>
    /// <param name="isHeaderOnly">Only attributes are to be read.</param>
    /// <exception cref="ArchiveException">None can be served.</exception>
    public static IReadOnlyList<StoredInstance> Of(HttpContext http, ImageArchive archive, IReadOnlyList<StoredInstance> instances, ILogger logger, bool isHeaderOnly = false)
    {
        if (instances.Count < 2) return instances;
        var left = Find(archive, instances, logger, isHeaderOnly, http.RequestAborted, out var problem);
        if (left.Count == 0) throw problem!;
        if (left.Count < instances.Count) Warn(http, instances.Count - left.Count, instances.Count);
        return left;
    }

    /// <summary>Those of the instances that can be served, perhaps none; the answer is not touched. The problem is that of the first
    /// that is left out.</summary>
    public static IReadOnlyList<StoredInstance> Find(ImageArchive archive, IReadOnlyList<StoredInstance> instances, ILogger logger, bool isHeaderOnly,
        CancellationToken cancel, out ArchiveException? problem)
    {
        List<StoredInstance>? left = null;
        problem = null;
        for (int i = 0; i < instances.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            if (archive.FindProblem(instances[i], isHeaderOnly) is not { } found)
            {
                left?.Add(instances[i]);
                continue;
            }
            problem ??= found;
            left ??= [.. instances.Take(i)];
            Log.NotServed(logger, instances[i].SopInstanceUid.Value, found.Message);
        }
        return left ?? instances;
    }

    /// <summary>Says in the header of the answer that it is not complete.</summary>
    public static void Warn(HttpContext http, int missing, int all) =>
        WarningHeader.Add(http, string.Create(CultureInfo.InvariantCulture, $"{missing} of {all} instances cannot be read and are left out."));
}
