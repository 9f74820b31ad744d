namespace Isocenter.Cli.Editing;

/// <summary>Which file is written where.</summary>
internal static class OutputPlan
{
    /// <summary>Pairs each input with its target.</summary>
    /// <param name="files">The inputs.</param>
    /// <param name="target">What --out says; null: in place.</param>
    /// <exception cref="UsageException">Two inputs would be written to the same place.</exception>
    public static IReadOnlyList<(InputFile Input, string Target)> Of(IReadOnlyList<InputFile> files, string? target)
    {
        if (target is null) return [.. files.Select(file => (file, file.Path))];
        if (target == StandardStreams.Name) return [.. files.Select(file => (file, target))];
        bool isFolder = Directory.Exists(target) || Path.EndsInDirectorySeparator(target) || files is not [{ IsNamed: true }];
        if (!isFolder) return [(files[0], target)];
        var taken = new HashSet<string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        var plan = new List<(InputFile, string)>(files.Count);
        foreach (var file in files)
        {
            string place = Path.Combine(target, file.RelativePath);
            if (!taken.Add(place)) throw new UsageException($"two files would be written to {place}");
            plan.Add((file, place));
        }
        return plan;
    }
}
