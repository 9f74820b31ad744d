using System.CommandLine;
using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter demo</c>: makes the synthetic study, into a folder or into a running server.</summary>
internal static class DemoCommand
{
    public static Command Create(Terminal terminal)
    {
        var folder = new Option<DirectoryInfo?>("--out", "-o") { Description = "Write the study into this folder, which is made if need be.", HelpName = "DIR" };
        var command = new Command("demo", "Make a synthetic study: a head phantom as CT series and MR multi-frame, and a colour ultrasound loop. "
            + "Always the same objects.") { folder };
        command.SetAction(parsed => Write(terminal, parsed.GetRequiredValue(folder)!.FullName));
        return command;
    }

    private static int Write(Terminal terminal, string folder)
    {
        Directory.CreateDirectory(folder);
        int count = 0;
        foreach (var file in DemoStudy.Create())
        {
            using (file) file.Save(Path.Combine(folder, NameOf(file.DataSet)));
            count++;
        }
        terminal.Output.WriteLine($"{count} objects written to {folder}");
        return ExitCode.Done;
    }

    private static string NameOf(DataSet dataSet) =>
        string.Create(CultureInfo.InvariantCulture, $"{dataSet.Get<string>(Tags.Modality)}{dataSet.Get<int>(Tags.InstanceNumber):D4}.dcm");
}
