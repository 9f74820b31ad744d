namespace Isocenter.StandardTables;

/// <summary>The generator as a function: tables in, source text out.</summary>
public static class StandardTables
{
    /// <summary>Makes every generated file of Isocenter.Dicom.</summary>
    /// <param name="standard">The folder that holds ps3.3, ps3.6, ps3.7, ps3.16 and private.</param>
    /// <returns>Path below src/Isocenter.Dicom, with slashes, and text. The same tables give the same bytes.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>> Generate(string standard)
    {
        var elements = Elements.Read(standard);
        var uids = Uids.Read(standard);
        StorageClasses.Check(standard, uids);
        return
        [
            new("Dictionary/Tags.g.cs", TagsWriter.Write(elements)),
            new("Dictionary/DataDictionary.g.cs", DataDictionaryWriter.Write(elements)),
            new("Dictionary/UidDictionary.g.cs", UidDictionaryWriter.Write(uids)),
            new("Dictionary/SopClasses.g.cs", SopClassesWriter.Write(uids)),
            new("Dictionary/TransferSyntax.g.cs", TransferSyntaxWriter.Write(uids)),
            new("Dictionary/PrivateDictionary.g.cs", PrivateDictionaryWriter.Write(PrivateElements.Read(standard))),
            new("Validation/Iods.txt", Iods.IodsWriter.Write(standard, elements)),
            new("Validation/ContextGroups.txt", ContextGroupsWriter.Write(standard)),
            new("Validation/ReportTemplates.txt", ReportTemplatesWriter.Write(standard)),
        ];
    }

    /// <summary>The nearest folder at or above <paramref name="start"/> that holds Isocenter.slnx.</summary>
    public static string? FindRepository(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Isocenter.slnx"))) return folder.FullName;
        return null;
    }
}
