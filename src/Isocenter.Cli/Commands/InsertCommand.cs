using System.CommandLine;
using Isocenter.Cli.Editing;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter insert FILE… PATH[=VALUE]…</c>: adds what is not there yet.</summary>
internal static class InsertCommand
{
    public static Command Create(Terminal terminal)
    {
        var arguments = EditArguments.Create("FILE… PATH[=VALUE]", "Files or folders, and what to add to them.");
        var force = new Option<bool>("--force", "-f") { Description = "Write values that break the rules of their VR." };
        var edit = new EditOptions();
        var command = new Command("insert", "Add elements and items to DICOM files.\n\n"
            + "PATH=VALUE sets an element where it is absent, and leaves it where it is there; PATH[2] puts an empty item in front of the third, PATH[+] one "
            + "behind the last, which PATH[-1].ATTRIBUTE=VALUE then fills.\n\n" + SetCommand.Syntax) { arguments, force };
        edit.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            var (files, insertions) = EditArguments.Split(parsed, arguments, EditArguments.IsPath);
            if (insertions.Length == 0) throw new UsageException("what is to be inserted? PATH=VALUE or PATH[+]");
            SetCommand.CheckPaths(insertions.Where(insertion => insertion.Value is not null));
            if (Array.Find(insertions, insertion => insertion.Value is null && !insertion.Path.IsItem) is { } without)
                throw new UsageException($"'{without.Text}': an element needs a value ({without.Text}=…), an item an index ({without.Text}[+])");
            return Task.FromResult(edit.Run(terminal, parsed, files, file =>
            {
                var editing = new FileEdit(file);
                foreach (var insertion in insertions)
                {
                    if (insertion.Value is null) editing.InsertItem(insertion.Path);
                    else editing.Set(insertion, onlyAbsent: true, parsed.GetValue(force));
                }
                return editing.Changes == 0 ? null : new EditedFile(editing.Meta, file.TransferSyntax, editing.Changes);
            }, cancel));
        });
        return command;
    }
}
