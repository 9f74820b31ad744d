using System.CommandLine;
using Isocenter.Cli.Editing;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter remove FILE… PATH…</c>: takes elements and items out of files.</summary>
internal static class RemoveCommand
{
    public static Command Create(Terminal terminal)
    {
        var arguments = EditArguments.Create("FILE… PATH", "Files or folders, and what to take out of them.");
        var isPrivate = new Option<bool>("--private") { Description = "Take out all private elements, at any depth." };
        var edit = new EditOptions();
        var command = new Command("remove", "Take elements and items out of DICOM files.\n\n"
            + "PATH as in 'isocenter set --help'; one that ends with an item ([0], [-1], [*]) takes out the item. What is not there is not missed. "
            + "What is not changed stays byte for byte.") { arguments, isPrivate };
        edit.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            var (files, paths) = EditArguments.Split(parsed, arguments, EditArguments.IsPath);
            if (paths.Length == 0 && !parsed.GetValue(isPrivate)) throw new UsageException("what is to be removed? PATH or --private");
            if (Array.Find(paths, path => path.Value is not null) is { } assigned) throw new UsageException($"'{assigned.Text}': only the path is needed to remove something");
            return Task.FromResult(edit.Run(terminal, parsed, files, file =>
            {
                var editing = new FileEdit(file);
                foreach (var path in paths) editing.Remove(path.Path);
                if (parsed.GetValue(isPrivate)) editing.RemovePrivate();
                return editing.Changes == 0 ? null : new EditedFile(editing.Meta, file.TransferSyntax, editing.Changes);
            }, cancel));
        });
        return command;
    }
}
