using System.CommandLine;
using Isocenter.Cli.Dump;
using Isocenter.Cli.Editing;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter json FILE…</c>: data sets in the DICOM JSON Model (PS3.18 Annex F).</summary>
internal static class JsonCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to write, or folders with all DICOM files below them; - is stdin.", Arity = ArgumentArity.OneOrMore };
        var indent = new Option<bool>("--indent") { Description = "One attribute a line." };
        var omit = new Option<bool>("--no-pixel-data") { Description = "Leave pixel data out." };
        var command = new Command("json", "Write DICOM files in the DICOM JSON Model (PS3.18 Annex F) to stdout.\n\n"
            + "One file becomes one object, several become an array. Text is UTF-8, and (0008,0005) says so. Binary values stand inline as "
            + "base64; compressed pixel data have no inline form and are left out. Findings about the bytes go to stderr.") { files, indent, omit };
        command.SetAction((parsed, cancel) => Task.FromResult(JsonFiles.Write(terminal, InputFiles.Expand(parsed.GetRequiredValue(files), cancel),
            new JsonFileOptions { Indented = parsed.GetValue(indent), OmitPixelData = parsed.GetValue(omit) })));
        return command;
    }
}
