using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Cli.Pixels;

/// <summary>Transfer syntaxes as people name them on a command line.</summary>
internal static class TransferSyntaxName
{
    private static readonly (string Name, TransferSyntax Syntax)[] Native =
    [
        ("explicit", TransferSyntax.ExplicitVRLittleEndian),
        ("implicit", TransferSyntax.ImplicitVRLittleEndian),
        ("deflated", TransferSyntax.DeflatedExplicitVRLittleEndian),
        ("big-endian", TransferSyntax.ExplicitVRBigEndian),
    ];

    /// <summary>The names, for help texts.</summary>
    public static string All => string.Join(", ", Native.Select(native => native.Name).Concat(FrameCodecs.All.Where(codec => codec.CanEncode).Select(codec => codec.Name)));

    /// <summary>Reads a short name or a UID.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static TransferSyntax Parse(string text)
    {
        foreach (var (name, syntax) in Native)
        {
            if (name.Equals(text, StringComparison.OrdinalIgnoreCase)) return syntax;
        }
        if (FrameCodecs.FindByName(text) is { } codec) return TransferSyntax.Of(Uid.Parse(codec.TransferSyntaxUid));
        if (Uid.TryParse(text, null, out var uid) && TransferSyntax.Of(uid) is { IsKnown: true } known) return known;
        throw new UsageException($"there is no transfer syntax '{text}'; give a UID or one of {All}");
    }
}
