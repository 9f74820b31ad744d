using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;

namespace Isocenter.Server.DicomWeb;

/// <summary>In which transfer syntax an object goes out (PS3.18 §8.7.3.5).</summary>
internal static class SyntaxChoice
{
    /// <summary>The first of the accepted ones that can be made of it.</summary>
    /// <exception cref="NotAcceptableException">None can.</exception>
    public static TransferSyntax Of(StoredInstance instance, IReadOnlyList<Accepted> accepted)
    {
        foreach (var choice in accepted)
        {
            var stored = instance.TransferSyntax;
            if (choice.TransferSyntax is null) return Default(stored);
            // Who takes any gets the bytes that were stored: nothing is converted, and nobody has another way to them.
            if (choice.TransferSyntax == "*") return stored;
            if (!Uid.TryParse(choice.TransferSyntax, null, out var uid) || TransferSyntax.Of(uid) is not { } target || !IsUsed(target)) continue;
            if (target.Equals(stored) || target.IsKnown && FrameTranscoder.IsPossible(stored, target)) return target;
        }
        throw new NotAcceptableException($"the object is application/dicom in {instance.TransferSyntax.Name}, and nothing that is accepted can be made of it");
    }

    /// <summary>Explicit VR Little Endian unless that would lose what was never there uncompressed, or cannot be made
    /// (PS3.18 §8.7.3: "only has access to the pixel data in lossy compressed form").</summary>
    public static TransferSyntax Default(TransferSyntax stored)
    {
        if (!stored.IsEncapsulated) return stored.HasBigEndianPixels ? stored : TransferSyntax.ExplicitVRLittleEndian;
        bool isLossless = FrameCodecs.Find(stored.Uid.Value) is { } codec && !codec.IsLossy(FrameEncodeOptions.Default);
        return isLossless && FrameTranscoder.IsPossible(stored, TransferSyntax.ExplicitVRLittleEndian) ? TransferSyntax.ExplicitVRLittleEndian : stored;
    }

    /// <summary>Implicit VR Little Endian and Explicit VR Big Endian are not to be asked for (PS3.18 §8.7.3).</summary>
    private static bool IsUsed(TransferSyntax syntax) =>
        !syntax.Equals(TransferSyntax.ImplicitVRLittleEndian) && !syntax.Equals(TransferSyntax.ExplicitVRBigEndian);
}
