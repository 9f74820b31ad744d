using System.CommandLine;
using Isocenter.Cli.Dump;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter json FILE…</c>: data sets in the DICOM JSON Model (PS3.18 Annex F).</summary>
internal static class JsonCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to write.", Arity = ArgumentArity.OneOrMore };
        var indent = new Option<bool>("--indent") { Description = "One attribute a line." };
        var omit = new Option<bool>("--no-pixel-data") { Description = "Leave pixel data out." };
        var command = new Command("json", "Write DICOM files in the DICOM JSON Model (PS3.18 Annex F) to stdout.\n\n"
            + "One file becomes one object, several become an array. Binary values stand inline as base64; "
            + "encapsulated pixel data have no inline form and are left out.") { files, indent, omit };
        command.SetAction(parsed => JsonFiles.Write(terminal, parsed.GetRequiredValue(files),
            new JsonFileOptions { Indented = parsed.GetValue(indent), OmitPixelData = parsed.GetValue(omit) }));
        return command;
    }
}
