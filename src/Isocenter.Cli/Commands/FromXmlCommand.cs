using System.CommandLine;
using Isocenter.Cli.Texts;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter from-xml FILE… --out PATH</c>: DICOM files of the Native DICOM Model (PS3.19 §A.1).</summary>
internal static class FromXmlCommand
{
    public static Command Create(Terminal terminal)
    {
        var options = new ImportOptions("The documents, of one data set each; - is stdin.");
        var command = new Command("from-xml", "Make DICOM files of the Native DICOM Model (PS3.19 Annex A).\n\n"
            + "Documents with a document type are refused, and nothing outside of them is ever loaded. " + ImportOptions.Explanation);
        options.AddTo(command);
        command.SetAction((parsed, cancel) => Task.FromResult(options.Run(terminal, parsed, (text, bulk, findings) =>
            [DicomXml.Read(text, new XmlReadOptions { BulkData = bulk, KeepFileMeta = true }, findings)], cancel)));
        return command;
    }
}
