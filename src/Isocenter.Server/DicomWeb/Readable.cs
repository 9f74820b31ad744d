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
        List<StoredInstance>? left = null;
        ArchiveException? problem = null;
        for (int i = 0; i < instances.Count; i++)
        {
            http.RequestAborted.ThrowIfCancellationRequested();
            if (archive.FindProblem(instances[i], isHeaderOnly) is not { } found)
            {
                left?.Add(instances[i]);
                continue;
            }
            problem ??= found;
            left ??= [.. instances.Take(i)];
            Log.NotServed(logger, instances[i].SopInstanceUid.Value, found.Message);
        }
        if (left is null) return instances;
        if (left.Count == 0) throw problem!;
        http.Response.Headers.Append("Warning", string.Create(CultureInfo.InvariantCulture,
            $"299 {Addresses.Root(http.Request)} \"{instances.Count - left.Count} of {instances.Count} instances cannot be read and are left out.\""));
        return left;
    }
}
