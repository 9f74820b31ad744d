using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;

namespace Isocenter.Server.DicomWeb;

/// <summary>Frames in the transfer syntax they are sent in (PS3.18 §8.7.3.3, §8.7.8.2). The first is read already: whether it can
/// be is known before the answer begins. What is read is valid until the next is.</summary>
/// <param name="Type">Their media type.</param>
/// <param name="Syntax">Their transfer syntax.</param>
/// <param name="IsAsStored">They are what lies in the object, or the same in little endian.</param>
/// <param name="First">The first frame that is wanted.</param>
/// <param name="Read">Gives a frame, by its index from 0.</param>
internal sealed record FrameSource(string Type, TransferSyntax Syntax, bool IsAsStored, ReadOnlyMemory<byte> First, Func<int, ReadOnlyMemory<byte>> Read)
{
    /// <summary>With its transfer syntax.</summary>
    public string ContentType => $"{Type}; transfer-syntax={Syntax.Uid}";

    /// <summary>What is liked best is the frames as they are stored; null when it is something else.</summary>
    public static Accepted? AsStored(IEnumerable<Accepted> allAccepted, TransferSyntax stored)
    {
        foreach (var accepted in allAccepted)
        {
            foreach (var target in TargetsOf(accepted, stored)) return target.Equals(stored) ? accepted : null;
        }
        return null;
    }

    /// <summary>Frames as they are stored, of which is known where they lie.</summary>
    public static FrameSource Of(Accepted accepted, TransferSyntax stored, KnownFrames frames, int first, FrameBytes buffer) =>
        new(TypeFor(accepted, stored), stored.IsEncapsulated ? stored : TransferSyntax.ExplicitVRLittleEndian, true, buffer.Read(frames, first), index => buffer.Read(frames, index));

    /// <summary>The first of the accepted ones that can be made of the frames.</summary>
    /// <exception cref="NotAcceptableException">None can.</exception>
    public static (Accepted Accepted, FrameSource Source) Choose(IEnumerable<Accepted> allAccepted, StoredInstance instance, DataSet dataSet, PixelDataFrames frames,
        int first, FrameBytes buffer, CancellationToken cancel)
    {
        var stored = instance.TransferSyntax;
        string own = MediaTypes.OfFrames(stored);
        string? problem = null;
        foreach (var accepted in allAccepted)
        {
            foreach (var target in TargetsOf(accepted, stored))
            {
                string type = target.IsEncapsulated ? TypeFor(accepted, target) : MediaTypes.Octets;
                if (target.Equals(stored) || !target.IsEncapsulated && !stored.IsEncapsulated)
                {
                    ReadOnlyMemory<byte> Stored(int index) => buffer.Read(frames, index);
                    return (accepted, new FrameSource(type, stored.IsEncapsulated ? stored : TransferSyntax.ExplicitVRLittleEndian, true, Stored(first), Stored));
                }
                try
                {
                    var transcoder = FrameTranscoder.Of(dataSet, stored, target);
                    ReadOnlyMemory<byte> Transcoded(int index) => transcoder.Read(index, cancel);
                    // Native frames are the same bytes in both little endian syntaxes, of which one is not used here (PS3.18 §8.7.3).
                    return (accepted, new FrameSource(type, target.IsEncapsulated ? target : TransferSyntax.ExplicitVRLittleEndian, false, Transcoded(first), Transcoded));
                }
                catch (Exception e) when (e is PixelDataException or CodecException)
                {
                    // Perhaps the next that is accepted can be made of it.
                    problem ??= e.Message;
                }
            }
        }
        throw new NotAcceptableException($"the frames are {own} in {stored.Name}, and nothing that is accepted can be made of them{(problem is null ? "" : ": " + problem)}");
    }

    /// <summary>The transfer syntaxes to try for one accepted type, in their order.</summary>
    private static IEnumerable<TransferSyntax> TargetsOf(Accepted accepted, TransferSyntax stored)
    {
        string own = MediaTypes.OfFrames(stored);
        IReadOnlyList<string> compressed = accepted.IsWildcard
            ? [.. MediaTypes.OfCompressedFrames.Where(accepted.Matches).SelectMany(MediaTypes.SyntaxesOf)]
            : MediaTypes.SyntaxesOf(accepted.Type);
        bool takesOctets = accepted.Matches(MediaTypes.Octets);
        bool takesOwn = accepted.Matches(own) || compressed.Contains(stored.Uid.Value);
        if (!takesOctets && !takesOwn && compressed.Count == 0) yield break;
        if (accepted.TransferSyntax == "*")
        {
            // "Any": to octets too, as clients ask that read the transfer syntax from the answer.
            if (takesOwn || takesOctets) yield return stored;
            else
            {
                foreach (string uid in compressed) yield return TransferSyntax.Of(Uid.Parse(uid));
            }
        }
        else if (accepted.TransferSyntax is { } asked)
        {
            if (!Uid.TryParse(asked, null, out var uid)) yield break;
            var target = TransferSyntax.Of(uid);
            bool fits = target.IsEncapsulated ? takesOctets || compressed.Contains(asked) || takesOwn && target.Equals(stored) : takesOctets;
            if (fits && (target.Equals(stored) || !target.IsDeflated && !target.IsBigEndian && FrameTranscoder.IsPossible(stored, target))) yield return target;
        }
        else if (takesOctets)
        {
            // The default is uncompressed (PS3.18 Table 8.7.3-4), as far as that can be made and nothing is lost by it already.
            if (!stored.IsEncapsulated) yield return stored;
            else
            {
                if (!accepted.IsWildcard || SyntaxChoice.Default(stored) is { IsEncapsulated: false }) yield return TransferSyntax.ExplicitVRLittleEndian;
                // What is not decoded here can be had as it is only (PS3.18 §8.7.3).
                if (accepted.Matches(own) && own != MediaTypes.Octets || accepted.IsWildcard || !FrameTranscoder.IsPossible(stored, TransferSyntax.ExplicitVRLittleEndian)) yield return stored;
            }
        }
        else
        {
            if (takesOwn) yield return stored;
            foreach (string uid in compressed)
            {
                var target = TransferSyntax.Of(Uid.Parse(uid));
                if (!target.Equals(stored) && FrameTranscoder.IsPossible(stored, target)) yield return target;
            }
        }
    }

    private static string TypeFor(Accepted accepted, TransferSyntax target)
    {
        if (accepted.Type == MediaTypes.Octets) return MediaTypes.Octets;
        return accepted.IsWildcard ? MediaTypes.OfFrames(target) : accepted.Type;
    }
}
