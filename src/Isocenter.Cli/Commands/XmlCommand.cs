using System.CommandLine;
using Isocenter.Cli.Editing;
using Isocenter.Cli.Texts;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter xml FILE…</c>: data sets in the Native DICOM Model (PS3.19 §A.1).</summary>
internal static class XmlCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "The files to write, or folders with all DICOM files below them; - is stdin.", Arity = ArgumentArity.OneOrMore };
        var folder = new Option<string>("--out", "-o") { Description = "The folder where each FILE becomes a document NAME.xml. Needed for several: a document holds one data set.", HelpName = "FOLDER" };
        var indent = new Option<bool>("--indent") { Description = "One element of XML a line." };
        var omit = new Option<bool>("--no-pixel-data") { Description = "Leave pixel data out." };
        var command = new Command("xml", "Write DICOM files in the Native DICOM Model (PS3.19 Annex A), to stdout or into a folder.\n\n"
            + "Text is UTF-8, and (0008,0005) says so. Binary values stand inline as base64; compressed pixel data have no inline form and are left "
            + "out. Findings about the bytes go to stderr.") { files, folder, indent, omit };
        command.SetAction((parsed, cancel) =>
        {
            var options = new XmlOptions { Indented = parsed.GetValue(indent), OmitPixelData = parsed.GetValue(omit) };
            var inputs = InputFiles.Find(parsed.GetRequiredValue(files), cancel);
            if (parsed.GetValue(folder) is { } target) return Task.FromResult(XmlFiles.Write(terminal, inputs, target, options, cancel));
            if (inputs.Count > 1) throw new UsageException($"{inputs.Count} files make {inputs.Count} documents: name a folder for them with --out");
            return Task.FromResult(XmlFiles.Write(terminal, inputs[0].Path, options));
        });
        return command;
    }
}
