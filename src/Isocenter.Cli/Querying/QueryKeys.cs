using Isocenter.Dicom;

namespace Isocenter.Cli.Querying;

/// <summary>One key as it stands on the command line: PatientName=DOE*, 0010,0020=4711,
/// ScheduledProcedureStepSequence.Modality=CT, or a name alone to have its value returned.</summary>
/// <param name="Path">What.</param>
/// <param name="Value">To match; empty: to be returned.</param>
/// <param name="Text">The argument, for messages.</param>
internal sealed record QueryKey(ElementPath Path, string Value, string Text)
{
    /// <exception cref="UsageException">It makes no sense.</exception>
    public static QueryKey Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? text : text[..equals];
        if (Tag.TryParse(name, null, out var tag)) return new QueryKey(ElementPath.Of(tag), equals < 0 ? "" : text[(equals + 1)..], text);
        if (!ElementPath.TryParse(WithItems(name), out var path, out string? problem))
        {
            throw new UsageException(name.Contains('.', StringComparison.Ordinal) ? $"'{name}' {problem}"
                : $"'{name}' is neither a tag such as 0010,0020 nor a keyword such as PatientID");
        }
        if (path.IsPattern || path.IsItem) throw new UsageException($"'{name}': a key is an element, and sequences have one item in a query");
        return new QueryKey(path, equals < 0 ? "" : text[(equals + 1)..], text);
    }

    /// <summary>Puts the key into an identifier.</summary>
    /// <exception cref="UsageException">The value does not fit.</exception>
    public void AddTo(DataSet identifier)
    {
        var holder = identifier;
        foreach (var step in Path.Steps.AsSpan()[..^1])
        {
            var items = holder.TryFind(step.Tag, out var sequence) ? sequence.Items : null;
            holder = items is { Count: > 0 } ? items[0] : holder.Insert(new ElementPath(new PathStep(step.Tag, step.PrivateCreator, ItemIndex.New)))[0];
        }
        var tag = Path.Steps[^1].Tag;
        var vr = DataDictionary.VROf(tag);
        try
        {
            if (vr == VR.SQ)
            {
                if (Value.Length > 0) throw new UsageException($"{Text}: this is a sequence; match what is in it, as {Text[..Text.IndexOf('=', StringComparison.Ordinal)]}.KEYWORD=VALUE");
                if (!holder.Contains(tag)) holder.Set<DataSet>(tag, VR.SQ);
            }
            else if (Value.Length == 0) holder.Set<string>(tag);
            // Illegal UIDs are stored as they come, and must be found; wildcards and ranges break the rules of some VRs.
            else if (vr.IsText()) holder.SetText(tag, vr, Value);
            else holder.Set(tag, Value);
        }
        catch (ArgumentException e)
        {
            throw new UsageException($"{Text}: {e.Message}");
        }
    }

    /// <summary>A query has one item in a sequence, so that its number need not be given.</summary>
    private static string WithItems(string name)
    {
        string[] steps = name.Split('.');
        for (int i = 0; i < steps.Length - 1; i++)
        {
            if (steps[i].Length > 0 && steps[i][^1] != ']') steps[i] += "[0]";
        }
        return string.Join('.', steps);
    }
}

/// <summary>The identifier of a query, made of what stands on the command line.</summary>
internal static class QueryKeys
{
    /// <summary>Makes the identifier.</summary>
    /// <param name="level">Its level; null for models that have none, such as worklists.</param>
    /// <param name="keys">Keys in any order.</param>
    /// <param name="characterSet">Defined term of (0008,0005) for the values; null: UTF-8 where it is needed.</param>
    /// <exception cref="UsageException">A key makes no sense, or the character set does not hold it.</exception>
    public static DataSet Identifier(QueryLevel? level, IReadOnlyList<QueryKey> keys, string? characterSet = null)
    {
        var identifier = new DataSet();
        bool isAscii = keys.All(key => System.Text.Ascii.IsValid(key.Value));
        if (characterSet is not null) identifier.Set(Tags.SpecificCharacterSet, characterSet.Split('\\'));
        else if (!isAscii) identifier.Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        foreach (var key in keys)
        {
            var vr = DataDictionary.VROf(key.Path.Steps[^1].Tag);
            if (!isAscii && vr.IsText() && !identifier.CharacterSet.TryEncode(key.Value, vr, out _))
                throw new UsageException($"'{key.Text}' cannot be written in {(vr.UsesSpecificCharacterSet() ? $"character set {characterSet}" : "this element, which is ASCII")}");
        }
        if (level is not null)
        {
            identifier.Set(Tags.QueryRetrieveLevel, level.Name);
            foreach (var tag in level.Columns) identifier.Set<string>(tag);
        }
        foreach (var key in keys) key.AddTo(identifier);
        return identifier;
    }
}
