using Isocenter.Dicom;

namespace Isocenter.Cli.Web;

/// <summary>Finds the files of <c>web store</c>: as they are named, and all DICOM files below a folder.</summary>
internal static class StoreFiles
{
    /// <summary>Looks at each file.</summary>
    /// <param name="paths">Files and folders.</param>
    /// <param name="report">Is told of what cannot be stored and why, and whether it was named or only met in a folder.</param>
    /// <param name="cancel">Ends the search.</param>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths, Action<string, string, bool> report, CancellationToken cancel)
    {
        var files = new List<string>();
        foreach (string path in paths)
        {
            if (!Directory.Exists(path))
            {
                Add(path, isNamed: true);
                continue;
            }
            string? problem = Failure.Try(() =>
            {
                foreach (string file in FilesBelow.Of(path, cancel)) Add(file, isNamed: false);
            });
            if (problem is not null) report(path, problem, true);
        }
        return files;

        void Add(string path, bool isNamed)
        {
            string? problem = Failure.Try(() =>
            {
                using var file = DicomFile.Open(path, ReadOptions.HeaderOnly);
                if (file.DataSet.Get(Tags.SOPInstanceUID, "").Length == 0) throw new CommandException("it has no SOP Instance UID");
                files.Add(path);
            });
            if (problem is not null) report(path, problem, isNamed);
        }
    }
}
