using Isocenter.Cli.Editing;
using Isocenter.Cli.Texts;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>Reads pictures, videos and documents and writes the DICOM objects made of them.</summary>
internal sealed class WrapFiles(Terminal terminal, ObjectWrapper wrapper, Assignment[] assignments)
{
    private int _remarks;

    /// <returns>False when an object could not be made.</returns>
    public bool Write(string[] paths, string output, CancellationToken cancel)
    {
        bool toFolder = Directory.Exists(output) || Path.EndsInDirectorySeparator(output);
        if (!toFolder)
        {
            string? problem = Failure.Try(() => Save(paths.Length == 1 ? wrapper.Wrap(File.ReadAllBytes(paths[0])) : wrapper.WrapFrames([.. paths.Select(path => (ReadOnlyMemory<byte>)File.ReadAllBytes(path))]), output));
            return Told(paths.Length == 1 ? paths[0] : output, problem);
        }
        bool isDone = true;
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (string path in paths)
        {
            cancel.ThrowIfCancellationRequested();
            string target = Path.Combine(output, Path.GetFileNameWithoutExtension(path) + ".dcm");
            // a.png and a.jpg: a.dcm and a.jpg.dcm.
            if (!taken.Add(target) && !taken.Add(target = Path.Combine(output, Path.GetFileName(path) + ".dcm")))
            {
                isDone = Told(path, $"two files would become {target}");
                continue;
            }
            isDone &= Told(path, Failure.Try(() => Save(wrapper.Wrap(File.ReadAllBytes(path)), target)));
        }
        return isDone;
    }

    private bool Told(string path, string? problem)
    {
        for (; _remarks < wrapper.Remarks.Count; _remarks++) terminal.Error.WriteLine($"{path}: {wrapper.Remarks[_remarks]}");
        if (problem is not null) terminal.Complain($"{path}: {problem}");
        return problem is null;
    }

    private void Save(DicomFile file, string target)
    {
        var editing = new FileEdit(file);
        foreach (var assignment in assignments) editing.Set(assignment, onlyAbsent: false, force: false);
        var finished = editing.Meta is null ? file : new DicomFile(file.DataSet, file.TransferSyntax);
        NewFile.Write(target, stream =>
        {
            finished.Save(stream);
            return true;
        });
    }
}
