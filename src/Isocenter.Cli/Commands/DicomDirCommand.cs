using System.CommandLine;
using Isocenter.Cli.Media;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter dicomdir</c>: CDs and other media with a DICOMDIR (PS3.10 §8): read, write, update, check.</summary>
internal static class DicomDirCommand
{
    public static Command Create(Terminal terminal) => new("dicomdir", "Read and write CDs and folders with a DICOMDIR (PS3.10 §8, PS3.3 Annex F).")
    {
        List(terminal), Make(terminal), Update(terminal), Check(terminal),
    };

    private static Argument<string> Folder => new("FOLDER") { Description = "The folder with the DICOMDIR." };

    private static Argument<string[]> Sources => new("FILE")
    {
        Description = "Files and folders to copy into FOLDER, under names a medium allows. None: the files that are in FOLDER already.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private static Command List(Terminal terminal)
    {
        var path = new Argument<string>("PATH") { Description = "A DICOMDIR, or the folder it is in." };
        var command = new Command("list", "Show the patients, studies, series and files of a DICOMDIR.") { path };
        command.SetAction(parsed => FileSetListing.Write(terminal, parsed.GetRequiredValue(path)));
        return command;
    }

    private static Command Make(Terminal terminal)
    {
        var (folder, sources) = (Folder, Sources);
        var id = new Option<string>("--id") { Description = "The File-set ID: 16 characters at most.", DefaultValueFactory = _ => "" };
        var command = new Command("create", "Make a DICOMDIR for a folder; files given are copied into it first.") { folder, sources, id };
        command.SetAction(parsed => FileSetMaker.Create(terminal, parsed.GetRequiredValue(folder), parsed.GetValue(sources) ?? [], parsed.GetRequiredValue(id)));
        return command;
    }

    private static Command Update(Terminal terminal)
    {
        var (folder, sources) = (Folder, Sources);
        var command = new Command("update", "Bring a DICOMDIR up to date: files that came are added, records whose file is gone are taken out.") { folder, sources };
        command.SetAction(parsed => FileSetMaker.Update(terminal, parsed.GetRequiredValue(folder), parsed.GetValue(sources) ?? []));
        return command;
    }

    private static Command Check(Terminal terminal)
    {
        var path = new Argument<string>("PATH") { Description = "A DICOMDIR, or the folder it is in." };
        var command = new Command("check", "See whether each record's file is there and is the object that the record names.") { path };
        command.SetAction(parsed => FileSetCheck.Run(terminal, parsed.GetRequiredValue(path)));
        return command;
    }
}
