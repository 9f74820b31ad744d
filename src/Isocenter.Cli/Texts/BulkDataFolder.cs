using Isocenter.Dicom;

namespace Isocenter.Cli.Texts;

/// <summary>Values behind relative addresses, as files of one folder (PS3.18 §F.2.6). A text must not make us read anything
/// else: it may come from anybody.</summary>
internal sealed class BulkDataFolder(string folder)
{
    private readonly string _root = Path.TrimEndingDirectorySeparator(Resolved(new DirectoryInfo(folder)) ?? throw new CommandException($"{folder}: there is no such folder"));

    /// <summary>Answers that values behind an address are not wanted.</summary>
    public static ReadOnlyMemory<byte>? Refuse(BulkDataReference reference) =>
        throw Wrong(reference, "say where the files are with --bulk-data, or leave such values empty with --omit-bulk-data");

    /// <summary>Reads the file of a value.</summary>
    /// <exception cref="CommandException">There is none, or it is not below the folder.</exception>
    public ReadOnlyMemory<byte>? Read(BulkDataReference reference)
    {
        string relative;
        try
        {
            relative = Uri.UnescapeDataString(reference.Uri);
        }
        catch (UriFormatException)
        {
            throw Wrong(reference, "it is no address");
        }
        if (relative.Length == 0 || relative.Contains('\0') || relative.Contains("://", StringComparison.Ordinal) || relative.Contains(':') || Path.IsPathRooted(relative)
            || relative.AsSpan().IndexOfAny('?', '#', '\\') >= 0)
            throw Wrong(reference, "only relative addresses are followed");
        var file = new FileInfo(Path.GetFullPath(Path.Combine(_root, relative)));
        if (!IsBelow(file.FullName)) throw Wrong(reference, "it leads out of the folder");
        if (!file.Exists) throw Wrong(reference, $"there is no such file in {folder}");
        // Links may lead anywhere.
        if (Resolved(file) is not { } place || !IsBelow(place)) throw Wrong(reference, "it leads out of the folder");
        if (file.Length > Array.MaxLength) throw Wrong(reference, "the file is too long for a value");
        return File.ReadAllBytes(place);
    }

    private bool IsBelow(string path) => path.StartsWith(_root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    /// <summary>The place without links in it, on any level; null when nothing is there.</summary>
    private static string? Resolved(FileSystemInfo info)
    {
        if (!info.Exists) return null;
        string path = info.FullName;
        for (int links = 0; links < 40; links++)
        {
            string now = Path.GetPathRoot(path)!;
            string? next = null;
            string[] parts = path[now.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries);
            for (int i = 0; i < parts.Length; i++)
            {
                now = Path.Combine(now, parts[i]);
                FileSystemInfo step = i < parts.Length - 1 || info is DirectoryInfo ? new DirectoryInfo(now) : new FileInfo(now);
                if (step.LinkTarget is null) continue;
                string target = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(now)!, step.LinkTarget));
                next = Path.Combine([target, .. parts[(i + 1)..]]);
                break;
            }
            if (next is null) return path;
            path = next;
        }
        return null;
    }

    private static CommandException Wrong(BulkDataReference reference, string why) =>
        new($"{reference.Path}: the value stands behind '{(reference.Uri.Length > 200 ? reference.Uri[..200] + "…" : reference.Uri)}': {why}");
}
