using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>What <c>-</c> means: standard input for a file that is read, standard output for one that is written.</summary>
internal static class StandardStreams
{
    public const string Name = "-";

    /// <summary>Opens a file, or reads standard input to its end.</summary>
    public static DicomFile Open(Terminal terminal, string path)
    {
        if (path != Name) return DicomFile.Open(path);
        using var input = terminal.OpenInput();
        using var bytes = new MemoryStream();
        input.CopyTo(bytes);
        return DicomFile.Read(bytes.GetBuffer().AsMemory(0, (int)bytes.Length));
    }

    /// <summary>Does <paramref name="work"/> with files in the place of standard input, standard output and pipes: what is edited
    /// is read more than once, and pixel data do not go through memory.</summary>
    public static T WithFiles<T>(Terminal terminal, string source, string target, Func<string, string, T> work)
    {
        using var pipe = PipeOf(terminal, source);
        if (pipe is null && target != Name) return work(source, target);
        string folder = Directory.CreateTempSubdirectory("isocenter-").FullName;
        try
        {
            string from = pipe is null ? source : Path.Combine(folder, "input"), to = target == Name ? Path.Combine(folder, "output") : target;
            if (pipe is not null)
            {
                using var file = File.Create(from);
                pipe.CopyTo(file);
            }
            var result = work(from, to);
            if (target == Name && File.Exists(to))
            {
                terminal.Output.Flush();
                using var file = File.OpenRead(to);
                file.CopyTo(terminal.OutputStream);
                terminal.OutputStream.Flush();
            }
            return result;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Stream? PipeOf(Terminal terminal, string source)
    {
        if (source == Name) return terminal.OpenInput();
        var stream = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!stream.CanSeek) return stream;
        stream.Dispose();
        return null;
    }
}
