using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Isocenter.Cli.Dump;
using Isocenter.Cli.Editing;
using Isocenter.Dicom;

namespace Isocenter.Cli.Validating;

/// <summary>What of the findings is written, and how.</summary>
internal sealed record ReportOptions
{
    public bool AsJson { get; init; }

    public bool IsQuiet { get; init; }

    public bool ErrorsOnly { get; init; }

    public ValidationOptions Validation { get; init; } = ValidationOptions.Default;
}

/// <summary>Validates files one by one and writes what was found: lines for people, or JSON Lines.</summary>
internal sealed partial class ValidationReport(Terminal terminal, ReportOptions options) : IDisposable
{
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Findings that differ in the item only are listed so often.</summary>
    private const int ShownOfAlike = 3;

    private readonly MemoryStream _line = new();
    private int _files;
    private int _errors;
    private int _warnings;
    private int _unreadable;

    /// <summary>There were errors, or files that cannot be read.</summary>
    public bool HasErrors => _errors > 0 || _unreadable > 0;

    /// <param name="path">A file.</param>
    /// <param name="wasNamed">It was asked for by name; otherwise it was met in a folder, and may be something else.</param>
    public void Add(string path, bool wasNamed)
    {
        string? problem = Failure.Try(() =>
        {
            using var file = StandardStreams.Open(terminal, path);
            if (!wasNamed && IsSomethingElse(file)) return;
            Write(path, file, IodValidator.Validate(file, options.Validation));
        });
        if (problem is not null && (wasNamed || HasPrefix(path))) AddUnreadable(path, problem);
    }

    /// <summary>A file or folder that cannot be read.</summary>
    public void AddUnreadable(string path, string problem)
    {
        _unreadable++;
        if (options.AsJson && !options.IsQuiet) WriteJson(json =>
        {
            json.WriteString("file", path);
            json.WriteString("problem", problem);
        });
        else terminal.Complain($"{path}: {problem}");
    }

    /// <summary>The sum, when there were several files.</summary>
    public void Finish()
    {
        if (options.AsJson || options.IsQuiet || _files + _unreadable < 2) return;
        terminal.Output.Write(string.Create(CultureInfo.InvariantCulture, $"{_files} files: {Counted(_errors, "error")}, {Counted(_warnings, "warning")}"));
        terminal.Output.WriteLine(_unreadable > 0 ? string.Create(CultureInfo.InvariantCulture, $", {_unreadable} not readable") : "");
    }

    public void Dispose() => _line.Dispose();

    /// <summary>The reader is lenient: almost any bytes are a data set without SOP class to it.</summary>
    private static bool IsSomethingElse(DicomFile file) =>
        file.FileMeta.Count == 0 && !file.DataSet.Contains(Tags.SOPClassUID) && !file.DataSet.Contains(Tags.DirectoryRecordSequence);

    private static bool HasPrefix(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path);
            Span<byte> prefix = stackalloc byte[4];
            return RandomAccess.Read(handle, prefix, 128) == 4 && prefix.SequenceEqual("DICM"u8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;        // it cannot be read, whatever it is
        }
    }

    private void Write(string path, DicomFile file, IReadOnlyList<ValidationFinding> findings)
    {
        int errors = findings.Count(finding => finding.Severity == ValidationSeverity.Error);
        int warnings = findings.Count(finding => finding.Severity == ValidationSeverity.Warning);
        _files++;
        _errors += errors;
        _warnings += warnings;
        if (options.IsQuiet) return;
        var shown = options.ErrorsOnly ? findings.Where(finding => finding.Severity == ValidationSeverity.Error) : findings;
        string sopClass = file.DataSet.Get(Tags.SOPClassUID, file.FileMeta.Get(Tags.MediaStorageSOPClassUID, ""));
        if (options.AsJson)
        {
            foreach (var finding in shown) WriteFinding(path, finding);
            WriteJson(json =>
            {
                json.WriteString("file", path);
                json.WriteString("sopClass", sopClass);
                json.WriteNumber("errors", errors);
                json.WriteNumber("warnings", warnings);
            });
            return;
        }
        string name = UidDictionary.TryFind(sopClass, out var known) ? known.Name : sopClass.Length > 0 ? sopClass : "no SOP class";
        terminal.Output.WriteLine($"{Printable.Of(path)}: {Printable.Of(name)}: {Verdict(errors, warnings)}");
        foreach (var alike in shown.GroupBy(finding => (finding.Severity, finding.Rule, finding.Message, AnyItem().Replace(finding.Path, "[]"))))
        {
            // A fault of a device stands in each frame; three of them show which.
            foreach (var finding in alike.Take(ShownOfAlike)) WriteLine(finding);
            int more = alike.Count() - ShownOfAlike;
            if (more > 0) terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"          … and the same in {more} other item{(more == 1 ? "" : "s")}"));
        }
    }

    private void WriteLine(ValidationFinding finding)
    {
        var (word, colour) = finding.Severity switch
        {
            ValidationSeverity.Error => ("error  ", "31"),
            ValidationSeverity.Warning => ("warning", "33"),
            _ => ("note   ", "2"),
        };
        string severity = terminal.HasColour ? $"\x1B[{colour}m{word}\x1B[0m" : word;
        string where = finding.Path.Length == 0 ? "" : finding.Keyword.Length == 0 ? $"{finding.Path}: " : $"{finding.Path} {finding.Keyword}: ";
        string section = finding.Section.Length == 0 ? "" : $" ({finding.Section})";
        terminal.Output.WriteLine($"  {severity} {where}{Printable.Of(finding.Message)}{section}");
    }

    private void WriteFinding(string path, ValidationFinding finding) => WriteJson(json =>
    {
        json.WriteString("file", path);
        json.WriteString("severity", CamelCase(finding.Severity.ToString()));
        json.WriteString("rule", CamelCase(finding.Rule.ToString()));
        json.WriteString("path", finding.Path);
        json.WriteString("keyword", finding.Keyword);
        json.WriteString("section", finding.Section);
        json.WriteString("message", finding.Message);
    });

    private void WriteJson(Action<Utf8JsonWriter> write)
    {
        _line.SetLength(0);
        using (var json = new Utf8JsonWriter(_line, Json))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        _line.WriteByte((byte)'\n');
        terminal.Output.Flush();
        terminal.OutputStream.Write(_line.GetBuffer(), 0, (int)_line.Length);
    }

    private static string Verdict(int errors, int warnings) =>
        errors + warnings == 0 ? "nothing found" : $"{Counted(errors, "error")}, {Counted(warnings, "warning")}";

    private static string Counted(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    [GeneratedRegex("\\[[0-9]+\\]")]
    private static partial Regex AnyItem();

    private static string CamelCase(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
