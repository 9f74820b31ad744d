using System.CommandLine;
using Isocenter.Cli.Texts;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter from-json FILE… --out PATH</c>: DICOM files of the DICOM JSON Model (PS3.18 Annex F).</summary>
internal static class FromJsonCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new ImportOptions("The texts: an object for one data set, an array for several; - is stdin.");
        var command = new Command("from-json", "Make DICOM files of the DICOM JSON Model (PS3.18 Annex F).\n\n"
            + "What is spelt otherwise than the model says is read where it can be, and told on stderr with line and column. " + ImportOptions.Explanation);
        options.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(options.Run(terminal, parsed, (text, bulk, findings) =>
            DicomJson.ReadArray(text, new JsonReadOptions { BulkData = bulk, KeepFileMeta = true }, findings), cancel)));
        return command;
    }
}
