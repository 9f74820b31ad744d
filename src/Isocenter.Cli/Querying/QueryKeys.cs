using Isocenter.Dicom;

namespace Isocenter.Cli.Querying;

/// <summary>The identifier of a query, made of what stands on the command line.</summary>
internal static class QueryKeys
{
    /// <summary>Makes the identifier.</summary>
    /// <param name="level">Its level.</param>
    /// <param name="keys">As PatientName=DOE*, 0010,0020=4711, or a name alone to have its value returned.</param>
    /// <exception cref="UsageException">A key makes no sense.</exception>
    public static DataSet Identifier(QueryLevel level, IEnumerable<string> keys)
    {
        var identifier = new DataSet();
        var parsed = keys.Select(Parse).ToArray();
        if (parsed.Any(key => key.Value.Any(c => c > '~'))) identifier.Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        identifier.Set(Tags.QueryRetrieveLevel, level.Name);
        foreach (var tag in level.Columns) identifier.Set<string>(tag);
        foreach (var (tag, value, text) in parsed)
        {
            if (DataDictionary.VROf(tag) == VR.SQ) throw new UsageException($"{text}: keys within sequences cannot be asked for here");
            try
            {
                if (value.Length == 0) identifier.Set<string>(tag);
                // Illegal UIDs are stored as they come, and must be found.
                else if (DataDictionary.VROf(tag) == VR.UI) identifier.SetText(tag, VR.UI, value);
                else identifier.Set(tag, value);
            }
            catch (ArgumentException e)
            {
                throw new UsageException($"{text}: {e.Message}");
            }
        }
        return identifier;
    }

    private static (Tag Tag, string Value, string Text) Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        if (!Tag.TryParse(name, null, out var tag)) throw new UsageException($"'{name}' is neither a tag such as 0010,0020 nor a keyword such as PatientID");
        return (tag, equals < 0 ? "" : text[(equals + 1)..], text);
    }
}
