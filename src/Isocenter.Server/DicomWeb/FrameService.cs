using System.Buffers;
using System.Globalization;
using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Transaction of Frame Pixel Data (PS3.18 §10.4.1.1.6): frames, numbered from 1, as they are encoded
/// in the object or in another transfer syntax.</summary>
internal sealed class FrameService(ImageArchive archive, FrameTables tables)
{
    /// <summary>Frames of one request: more come with another one.</summary>
    private const int MaxFrames = 100_000;

    public async Task AnswerAsync(HttpContext http, Scope scope)
    {
        if (!TryReadList(http.Request.RouteValues["frames"] as string, out var numbers))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a list of frame numbers is expected, such as 1 or 1,2,5");
            return;
        }
        var found = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (found.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such instance");
            return;
        }
        var instance = found[0];
        using var buffer = new FrameBuffer();
        if (AsStored(http.Request, instance.TransferSyntax) is { } asStored)
        {
            using var known = tables.Open(instance);
            if (known is not null)
            {
                if (numbers.Exists(n => n > known.Count)) await Answers.NotFoundAsync(http, $"the object has {known.Count} frames");
                else await SendAsync(http, found, numbers, asStored, Known(asStored, instance.TransferSyntax, known, numbers[0] - 1, buffer));
                return;
            }
        }
        using var file = archive.OpenDataSet(instance);
        if (!TryFindFrames(file.DataSet, out var frames) || numbers.Exists(n => n > frames.Count))
        {
            await Answers.NotFoundAsync(http, frames is null ? "the object has no pixel data" : $"the object has {frames.Count} frames");
            return;
        }
        tables.Keep(instance, frames);
        var (accepted, source) = Choose(http, instance, file.DataSet, frames, numbers[0] - 1, buffer);
        await SendAsync(http, found, numbers, accepted, source);
    }

    private static async Task SendAsync(HttpContext http, IReadOnlyList<StoredInstance> found, List<int> numbers, Accepted accepted, Source source)
    {
        var instance = found[0];
        bool isSingle = numbers.Count == 1 && Negotiation.IsSinglePart(http.Request, accepted);
        if (Conditional.IsUnchanged(http, found, $"frames {string.Join(',', numbers)} {source.ContentType} {isSingle}")) return;
        string address = $"{Addresses.Of(Addresses.Root(http.Request), instance)}/frames";
        if (isSingle)
        {
            await SinglePart.SendAsync(http, source.ContentType, source.First, $"{address}/{numbers[0].ToString(CultureInfo.InvariantCulture)}");
            return;
        }
        var body = MultipartBody.Start(http, source.Type);
        if (numbers.Count == 1 && !body.Announce([Head(numbers[0], source.First)])) return;
        for (int i = 0; i < numbers.Count; i++)
        {
            var frame = i == 0 ? source.First : source.Read(numbers[i] - 1);
            body.Begin(Head(numbers[i], frame));
            await body.WriteAsync(frame);
            body.End();
        }
        await body.FinishAsync();

        PartHead Head(int number, ReadOnlyMemory<byte> frame) =>
            new(source.ContentType, frame.Length, string.Create(CultureInfo.InvariantCulture, $"{address}/{number}"));
    }

    /// <summary>Frames in the syntax they are sent in. The first is read already: whether it can be is known before the answer
    /// begins. What is read is valid until the next is.</summary>
    private sealed record Source(string Type, string ContentType, ReadOnlyMemory<byte> First, Func<int, ReadOnlyMemory<byte>> Read);

    /// <summary>One buffer for the frames of a request: an array of its own for each would be thrown away half a megabyte at a
    /// time, and the collector would be what clients wait for.</summary>
    private sealed class FrameBuffer : IDisposable
    {
        private byte[] _bytes = [];

        public ReadOnlyMemory<byte> Read(PixelDataFrames frames, int index)
        {
            var frame = Take(frames.LengthOf(index));
            frames.Read(index, frame.Span);
            if (frames.IsBigEndian) ByteOrder.Swap(frame.Span, frames.VR);
            return frame;
        }

        public ReadOnlyMemory<byte> Read(KnownFrames frames, int index)
        {
            var frame = Take(frames.LengthOf(index));
            frames.Read(index, frame.Span);
            return frame;
        }

        private Memory<byte> Take(long length)
        {
            if (_bytes.Length < length)
            {
                Dispose();
                _bytes = ArrayPool<byte>.Shared.Rent(checked((int)length));
            }
            return _bytes.AsMemory(0, (int)length);
        }

        public void Dispose()
        {
            if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = [];
        }
    }

    /// <summary>What is liked best is the frames as they are stored; null when it is something else.</summary>
    private static Accepted? AsStored(HttpRequest request, TransferSyntax stored)
    {
        foreach (var accepted in Negotiation.Accepted(request))
        {
            foreach (var target in TargetsOf(accepted, stored)) return target.Equals(stored) ? accepted : null;
        }
        return null;
    }

    private static Source Known(Accepted accepted, TransferSyntax stored, KnownFrames frames, int first, FrameBuffer buffer)
    {
        string type = TypeFor(accepted, stored);
        return new Source(type, ContentType(type, stored), buffer.Read(frames, first), index => buffer.Read(frames, index));
    }

    private static (Accepted, Source) Choose(HttpContext http, StoredInstance instance, DataSet dataSet, PixelDataFrames frames, int first, FrameBuffer buffer)
    {
        var stored = instance.TransferSyntax;
        string own = MediaTypes.OfFrames(stored);
        string? problem = null;
        foreach (var accepted in Negotiation.Accepted(http.Request))
        {
            foreach (var target in TargetsOf(accepted, stored))
            {
                string type = target.IsEncapsulated ? TypeFor(accepted, target) : MediaTypes.Octets;
                if (target.Equals(stored) || !target.IsEncapsulated && !stored.IsEncapsulated)
                {
                    ReadOnlyMemory<byte> Stored(int index) => buffer.Read(frames, index);
                    return (accepted, new Source(type, ContentType(type, stored.IsEncapsulated ? stored : TransferSyntax.ExplicitVRLittleEndian), Stored(first), Stored));
                }
                try
                {
                    var transcoder = FrameTranscoder.Of(dataSet, stored, target);
                    ReadOnlyMemory<byte> Transcoded(int index) => transcoder.Read(index, http.RequestAborted);
                    return (accepted, new Source(type, ContentType(type, target), Transcoded(first), Transcoded));
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

    private static string ContentType(string type, TransferSyntax syntax) => $"{type}; transfer-syntax={syntax.Uid}";

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
                if (accepted.Matches(own) && own != MediaTypes.Octets || accepted.IsWildcard) yield return stored;
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

    internal static bool TryFindFrames(DataSet dataSet, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PixelDataFrames? frames)
    {
        try
        {
            frames = PixelDataFrames.Of(dataSet);
            return true;
        }
        catch (DicomFormatException)
        {
            // No pixel data, or a header that describes none: then there are no frames.
            frames = null;
            return false;
        }
    }

    internal static bool TryReadList(string? text, out List<int> numbers)
    {
        numbers = [];
        foreach (string part in (text ?? "").Split(','))
        {
            if (numbers.Count == MaxFrames || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1) return false;
            numbers.Add(number);
        }
        return true;
    }
}
