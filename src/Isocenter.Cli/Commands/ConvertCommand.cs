using System.CommandLine;
using Isocenter.Cli.Editing;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter convert FILE… --to SYNTAX</c>: from one uncompressed transfer syntax to another.</summary>
internal static class ConvertCommand
{
    public static Command Create(Terminal terminal)
    {
        var files = new Argument<string[]>("FILE") { Description = "Files or folders; - is stdin.", Arity = ArgumentArity.OneOrMore };
        var to = new Option<string>("--to", "-t")
        {
            Description = "The transfer syntax: implicit, explicit (both little endian), big-endian, deflated, or a UID.",
            HelpName = "SYNTAX",
            Required = true,
        };
        var edit = new EditOptions();
        var command = new Command("convert", "Write DICOM files in another uncompressed transfer syntax.\n\n"
            + "Numbers and pixels turn their byte order as needed. Group lengths, which are retired, go. Compressed pixel data are left to 'isocenter transcode'.") { files, to };
        edit.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            var syntax = Conversion.SyntaxOf(parsed.GetRequiredValue(to));
            return Task.FromResult(edit.Run(terminal, parsed, parsed.GetRequiredValue(files),
                file => file.TransferSyntax == syntax && file.FileMeta.Count > 0 ? null : Conversion.Of(file, syntax), cancel));
        });
        return command;
    }
}
