using System.CommandLine;
using Isocenter.Cli.Editing;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter set FILE… PATH=VALUE…</c>: changes values in files.</summary>
internal static class SetCommand
{
    public const string Syntax =
        "PATH is a keyword (PatientName), a tag (0010,0010), a place in a sequence (ReferencedImageSequence[0].ReferencedSOPInstanceUID; items "
        + "count from 0, [-1] is the last, [*] all, [+] a new one) or a private element by creator ((0029,\"SIEMENS CSA HEADER\",10)). "
        + "PATH:VR=VALUE names a VR. Several values stand between backslashes, @FILE takes the content of a file, nothing makes the element empty.";

    public static Command Create(Terminal terminal)
    {
        var arguments = EditArguments.Create("FILE… PATH=VALUE", "Files or folders, and what to set in them.");
        var force = new Option<bool>("--force", "-f") { Description = "Write values that break the rules of their VR." };
        var edit = new EditOptions();
        var command = new Command("set", "Set values in DICOM files.\n\n" + Syntax + "\n\n"
            + "What is not changed stays byte for byte. When SOPInstanceUID or SOPClassUID change, the File Meta Information follows; when text needs it, the "
            + "character set becomes ISO_IR 192 (UTF-8) and all text is encoded anew.") { arguments, force };
        edit.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            var (files, assignments) = EditArguments.Split(parsed, arguments, Assignment.IsMeant);
            if (assignments.Length == 0) throw new UsageException("what is to be set? PATH=VALUE");
            CheckPaths(assignments);
            return Task.FromResult(edit.Run(terminal, parsed, files, file =>
            {
                var editing = new FileEdit(file);
                foreach (var assignment in assignments) editing.Set(assignment, onlyAbsent: false, parsed.GetValue(force));
                return editing.Changes == 0 ? null : new EditedFile(editing.Meta, file.TransferSyntax, editing.Changes);
            }, cancel));
        });
        return command;
    }

    public static void CheckPaths(IEnumerable<Assignment> assignments)
    {
        foreach (var assignment in assignments)
        {
            if (assignment.Path.IsItem) throw new UsageException($"'{assignment.Text}': {assignment.Path.ToKeywords()} is an item; say which element of it, or 'insert' the item");
        }
    }
}
