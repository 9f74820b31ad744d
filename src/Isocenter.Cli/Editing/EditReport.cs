using System.Text.Encodings.Web;
using System.Text.Json;

namespace Isocenter.Cli.Editing;

/// <summary>Tells how the files of an editing command went: problems on stderr as they come, a sum or JSON at the end.</summary>
internal sealed class EditReport(Terminal terminal, bool json, bool verbose)
{
    private readonly List<(string File, string Target, int Changes, string? Problem)> _results = [];

    /// <summary>Nothing was written.</summary>
    public bool IsDry { get; init; }

    public void Add(string file, string target, int changes, string? problem)
    {
        _results.Add((file, target, changes, problem));
        if (problem is not null) terminal.Complain($"{file}: {problem}");
        else if (verbose && !json && !IsDry) terminal.Output.WriteLine(Dump.Printable.Of(changes > 0 ? $"{file}: {Count(changes, "change")}{(file == target ? "" : $", {target}")}" : $"{file}: nothing to change"));
    }

    /// <returns>The exit code.</returns>
    public int Finish()
    {
        int failed = _results.Count(result => result.Problem is not null);
        if (json) WriteJson();
        else if (verbose && _results.Count > 1)
            terminal.Output.WriteLine($"{Count(_results.Count(result => result.Changes > 0), "file")} {(IsDry ? "to change" : "changed")}, {_results.Count - failed - _results.Count(result => result.Changes > 0)} unchanged, {failed} failed");
        return failed > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private static string Count(int count, string unit) => count == 1 ? $"1 {unit}" : $"{count} {unit}s";

    private void WriteJson()
    {
        terminal.Output.Flush();
        using (var writer = new Utf8JsonWriter(terminal.OutputStream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartArray();
            foreach (var (file, target, changes, problem) in _results)
            {
                writer.WriteStartObject();
                writer.WriteString("file", file);
                if (problem is null)
                {
                    writer.WriteString("written", !IsDry && (changes > 0 || file != target) ? target : null);
                    writer.WriteNumber("changes", changes);
                }
                else
                {
                    writer.WriteString("problem", problem);
                }
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        }
        terminal.OutputStream.Write("\n"u8);
    }
}
