using Isocenter.Cli.Dump;
using Isocenter.Cli.Editing;
using Isocenter.Dicom;

namespace Isocenter.Cli.Texts;

/// <summary>Writes files as documents of XML.</summary>
internal static class XmlFiles
{
    /// <summary>One file, to stdout.</summary>
    /// <returns>The exit code.</returns>
    public static int Write(Terminal terminal, string path, XmlOptions options)
    {
        terminal.Output.Flush();
        return Done(terminal, path, Failure.Try(() => WriteOne(terminal, path, options, file => WriteTo(terminal.OutputStream, file, options))));
    }

    /// <summary>Each file, as a document in a folder.</summary>
    /// <returns>The exit code.</returns>
    public static int Write(Terminal terminal, IReadOnlyList<InputFile> files, string folder, XmlOptions options, CancellationToken cancel)
    {
        int exitCode = ExitCode.Done;
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var input in files)
        {
            cancel.ThrowIfCancellationRequested();
            string target = Path.Combine(folder, input.RelativePath + ".xml");
            if (!taken.Add(target)) throw new UsageException($"two files would be written to {target}");
            string? problem = Failure.Try(() => WriteOne(terminal, input.Path, options, file => NewFile.Write(target, stream => WriteTo(stream, file, options))));
            exitCode = Math.Max(exitCode, Done(terminal, input.Path, problem));
        }
        return exitCode;
    }

    private static void WriteOne(Terminal terminal, string path, XmlOptions options, Func<DicomFile, IReadOnlyList<Finding>> write)
    {
        using var file = StandardStreams.Open(terminal, path);
        var findings = write(file);
        FileFindings.Report(terminal, path, FileFindings.Of(file).Concat(findings.Where(finding => !IsPixelData(finding)))
            .Concat(FileFindings.LeftOut(file.DataSet, withPixelData: !options.OmitPixelData)).Distinct());
        if (!file.IsComplete) throw new CommandException("the file ends before its data set does; what there is of it is written");
    }

    private static List<Finding> WriteTo(Stream stream, DicomFile file, XmlOptions options)
    {
        var findings = new List<Finding>();
        DicomXml.Write(file.DataSet, stream, options, findings);
        stream.Write("\n"u8);
        stream.Flush();
        return findings;
    }

    private static bool IsPixelData(Finding finding) => finding.Path == Tags.PixelData.ToString();

    private static int Done(Terminal terminal, string path, string? problem)
    {
        if (problem is null) return ExitCode.Done;
        terminal.Complain($"{path}: {problem}");
        return ExitCode.Failed;
    }
}
