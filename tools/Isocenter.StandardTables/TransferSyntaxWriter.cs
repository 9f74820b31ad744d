namespace Isocenter.StandardTables;

/// <summary>Writes TransferSyntax.g.cs: the transfer syntaxes that TransferSyntax.cs does not spell out itself.</summary>
internal static class TransferSyntaxWriter
{
    private static readonly HashSet<string> WrittenByHand = new(StringComparer.Ordinal)
    {
        "ImplicitVRLittleEndian", "ExplicitVRLittleEndian", "ExplicitVRBigEndian", "DeflatedExplicitVRLittleEndian",
    };

    public static string Write(IReadOnlyList<KnownUid> uids)
    {
        var syntaxes = uids.Where(u => u.Kind == "TransferSyntax" && !WrittenByHand.Contains(u.Keyword)).ToList();
        var source = new Source(UidDictionaryWriter.Origin);
        source.Line("public sealed partial class TransferSyntax").Line("{");
        foreach (var uid in syntaxes)
        {
            source.Line($"    /// <summary>{uid.Value}, {Source.Xml(uid.Name)}.{(uid.IsRetired ? " Retired." : "")}</summary>");
            source.Line($"    public static TransferSyntax {uid.Keyword} {{ get; }} = WellKnown(\"{uid.Value}\", \"{uid.Name}\");");
            source.Line();
        }
        source.Line("    /// <summary>The shared instance of a UID in PS3.6, but for those TransferSyntax.cs spells out.</summary>")
            .Line("    private static TransferSyntax? Generated(string uid) => uid switch")
            .Line("    {");
        foreach (var uid in syntaxes) source.Line($"        \"{uid.Value}\" => {uid.Keyword},");
        return source.Line("        _ => null,").Line("    };").Line("}").ToString();
    }
}
