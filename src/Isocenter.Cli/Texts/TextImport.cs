using Isocenter.Dicom;

namespace Isocenter.Cli.Texts;

/// <summary>Makes DICOM files of texts.</summary>
internal sealed class TextImport(Terminal terminal, TextReading read)
{
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>What --out says.</summary>
    public required string Target { get; init; }

    public required TransferSyntax Syntax { get; init; }

    public required Func<BulkDataReference, ReadOnlyMemory<byte>?> BulkData { get; init; }

    /// <summary>The target is a folder in any case.</summary>
    public bool IsFolder { get; init; }

    /// <summary>Reads one text and writes its data sets.</summary>
    /// <returns>False when that went wrong, which was told.</returns>
    public bool Run(string path)
    {
        string shown = path == "-" ? "stdin" : path;
        byte[] text = [];
        IReadOnlyList<DataSet> dataSets = [];
        var findings = new List<Finding>();
        string? problem = Failure.Try(() =>
        {
            text = path == "-" ? ReadStandardInput(terminal) : File.ReadAllBytes(path);
            try
            {
                dataSets = read(text, BulkData, findings);
            }
            catch (DicomFormatException e) when (e.Offset is { } offset)
            {
                throw new CommandException($"{TextPlace.Of(text, offset)}: {new Finding(e.Problem, null, e.Path, e.Rule)}", e);
            }
        });
        foreach (var finding in findings)
        {
            string where = finding.Offset is { } offset ? $"{TextPlace.Of(text, offset)}: " : "";
            terminal.Error.WriteLine(Dump.Printable.Of($"{shown}: {where}{finding with { Offset = null }}"));
        }
        if (problem is null && dataSets.Count == 0) problem = "there is no data set in it";
        if (problem is not null)
        {
            terminal.Complain($"{shown}: {problem}");
            return false;
        }
        if (Target == Editing.StandardStreams.Name && (IsFolder || dataSets.Count > 1))
        {
            terminal.Complain($"{shown}: there are several data sets, and only one can be written to stdout");
            return false;
        }
        bool isFolder = IsFolder || dataSets.Count > 1 || Directory.Exists(Target) || Path.EndsInDirectorySeparator(Target);
        bool isDone = true;
        for (int i = 0; i < dataSets.Count; i++)
        {
            if (Failure.Try(() => Write(dataSets[i], isFolder)) is not { } wrong) continue;
            terminal.Complain(dataSets.Count == 1 ? $"{shown}: {wrong}" : $"{shown}: data set {i + 1} of {dataSets.Count}: {wrong}");
            isDone = false;
        }
        return isDone;
    }

    private void Write(DataSet dataSet, bool isFolder)
    {
        var source = dataSet.TryGet(Tags.SourceApplicationEntityTitle, out string? title) ? title : null;
        foreach (var tag in dataSet.Where(element => element.Tag.Group == 0x0002).Select(element => element.Tag).ToList()) dataSet.Remove(tag);
        if (LooksCompressed(dataSet)) throw new CommandException("the pixel data are compressed, and the text does not say how: such an object cannot be made of a text");
        var file = new DicomFile(dataSet, Syntax);
        if (source is not null) file.FileMeta.SetText(Tags.SourceApplicationEntityTitle, VR.AE, source);
        string target = isFolder ? Path.Combine(Target, NameOf(dataSet)) : Target;
        if (!_taken.Add(target)) throw new CommandException($"two data sets would be written to {target}");
        if (target == Editing.StandardStreams.Name)
        {
            file.Save(terminal.OutputStream);
            return;
        }
        NewFile.Write(target, stream =>
        {
            file.Save(stream);
            return true;
        });
    }

    /// <summary>Some writers put the fragments of encapsulated Pixel Data inline as they stand in the file, which as native
    /// pixels they are not.</summary>
    private static bool LooksCompressed(DataSet dataSet) => dataSet.TryFind(Tags.PixelData, out var pixels)
        && pixels.Length >= 16 && pixels.Bytes.Span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF, 0x00, 0xE0]) && pixels.Bytes.Span.EndsWith((ReadOnlySpan<byte>)[0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]);

    /// <summary>The SOP Instance UID as the name of a file, whatever characters somebody put into it.</summary>
    private static string NameOf(DataSet dataSet)
    {
        string uid = dataSet.Get<string>(Tags.SOPInstanceUID);
        string name = string.Concat(uid.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_')).TrimStart('.');
        return (name.Length is 0 or > 128 ? "data-set" : name) + ".dcm";
    }

    private static byte[] ReadStandardInput(Terminal terminal)
    {
        using var input = terminal.OpenInput();
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return bytes.ToArray();
    }
}
