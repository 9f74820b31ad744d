namespace Isocenter.StandardTables;

/// <summary>Writes SopClasses.g.cs: the SOP class UIDs as constants.</summary>
internal static class SopClassesWriter
{
    public static string Write(IReadOnlyList<KnownUid> uids)
    {
        var source = new Source(UidDictionaryWriter.Origin);
        source.Line("/// <summary>The UIDs of the SOP classes and meta SOP classes of PS3.6 Annex A by keyword.</summary>")
            .Line("public static class SopClasses")
            .Line("{");
        foreach (var uid in uids.Where(u => u.Kind is "SopClass" or "MetaSopClass"))
        {
            source.Line($"    /// <summary>{Source.Xml(uid.Name)}.{(uid.IsRetired ? " Retired." : "")}</summary>");
            source.Line($"    public const string {uid.Keyword} = \"{uid.Value}\";");
        }
        return source.Line("}").ToString();
    }
}
