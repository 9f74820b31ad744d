using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Transaction of bulk data (PS3.18 §10.4.1.1.5, §10.4.1.1.6): one value by its address, or all of a
/// study, a series or an instance.</summary>
internal sealed class BulkDataService(ImageArchive archive, ILogger logger)
{
    private const int Piece = 128 * 1024;   // a multiple of every VR's unit, so that bytes can be swapped within it

    /// <summary>One value, by the address that the metadata gave.</summary>
    public async Task ValueAsync(HttpContext http, Scope scope)
    {
        var found = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (found.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such instance");
            return;
        }
        var instance = found[0];
        using var file = archive.OpenDataSet(instance);
        string path = http.Request.RouteValues["path"] as string ?? "";
        if (!DicomJson.TryFind(file.DataSet, path, out var element) || element.IsSequence || element.Fragments is { Count: 0 })
        {
            await Answers.NotFoundAsync(http, "the object has no such value");
            return;
        }
        string address = $"{Addresses.Of(Addresses.Root(http.Request), instance)}/bulkdata/{path}";
        if (await TrySendFramesAsync(http, found, file.DataSet, element, address, isOfImage: path.Length == 8)) return;
        string document = DocumentType(file.DataSet, element);
        var accepted = Negotiation.Accepted(http.Request).FirstOrDefault(a => a.Matches(MediaTypes.Octets) || document.Length > 0 && a.Matches(document))
            ?? throw new NotAcceptableException($"this value comes as {MediaTypes.Octets}{(document.Length == 0 ? "" : " or " + document)}");
        string type = accepted.IsWildcard ? MediaTypes.Octets : accepted.Type;
        bool isSingle = Negotiation.IsSinglePart(http.Request, accepted);
        if (Conditional.IsUnchanged(http, found, $"bulkdata {path} {type} {isSingle}")) return;
        if (isSingle)
        {
            await SinglePart.SendAsync(http, type, element.Length, (at, buffer) => Read(element, at, buffer.Span), address);
            return;
        }
        var body = MultipartBody.Start(http, type);
        await WriteAsync(body, element, type, address);
        await body.FinishAsync();
    }

    /// <summary>Pixel data are frames in a transfer syntax, as the client likes them (PS3.18 §8.7.3.3).</summary>
    /// <returns>False: they are not encapsulated, and are sent like any other value.</returns>
    private static async Task<bool> TrySendFramesAsync(HttpContext http, IReadOnlyList<StoredInstance> found, DataSet dataSet, DataElement element, string address, bool isOfImage)
    {
        if (element.Fragments is null && !(element.Tag == Tags.PixelData && isOfImage) || !TryFindFrames(dataSet, element, isOfImage, out var frames)) return false;
        using var buffer = new FrameBytes();
        var (accepted, source) = FrameSource.Choose(Negotiation.Accepted(http.Request), found[0], dataSet, frames, 0, buffer, http.RequestAborted);
        if (source.IsAsStored && !source.Syntax.IsEncapsulated) return false;
        bool isOne = frames.Count == 1 || !source.Syntax.IsEncapsulated;
        bool isSingle = isOne && Negotiation.IsSinglePart(http.Request, accepted);
        if (!isOne && accepted is { IsMultipart: false, IsWildcard: false }) throw new NotAcceptableException("several compressed frames come in multipart/related");
        if (Conditional.IsUnchanged(http, found, $"bulkdata {element.Tag} {source.ContentType} {isSingle}")) return true;
        if (isSingle)
        {
            await SinglePart.SendAsync(http, source.ContentType, (long)source.First.Length * frames.Count, Joined(source), address);
            return true;
        }
        var body = MultipartBody.Start(http, source.Type);
        await WriteAsync(body, source, frames.Count, address);
        await body.FinishAsync();
        return true;
    }

    private static string DocumentType(DataSet dataSet, DataElement element) =>
        element.Tag == Tags.EncapsulatedDocument ? dataSet.Get(Tags.MIMETypeOfEncapsulatedDocument, "").ToLowerInvariant() : "";

    /// <summary>All pixel data.</summary>
    public Task PixelDataAsync(HttpContext http, Scope scope) => AllAsync(http, scope, pixelDataOnly: true);

    /// <summary>All bulk data.</summary>
    public Task AllAsync(HttpContext http, Scope scope) => AllAsync(http, scope, pixelDataOnly: false);

    private async Task AllAsync(HttpContext http, Scope scope, bool pixelDataOnly)
    {
        var found = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (found.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such study, series or instance");
            return;
        }
        var accepted = Negotiation.Accepted(http.Request).Where(a => a.IsMultipart || a.IsWildcard).ToList();
        if (accepted.Count == 0) throw new NotAcceptableException($"the bulk data of several elements come as multipart/related; type=\"{MediaTypes.Octets}\"");
        found = Readable.Of(http, archive, found, logger);
        if (Conditional.IsUnchanged(http, found, $"bulkdata {pixelDataOnly} {string.Join(' ', accepted)}")) return;
        MultipartBody? body = null;
        NotAcceptableException? problem = null;
        foreach (var instance in found)
        {
            using var file = archive.OpenDataSet(instance);
            string address = $"{Addresses.Of(Addresses.Root(http.Request), instance)}/bulkdata";
            foreach (var (path, element) in BulkElements(file.DataSet, "", pixelDataOnly))
            {
                try
                {
                    body = await WriteAsync(http, body, accepted, instance, file.DataSet, element, $"{address}/{path}", isOfImage: path.Length == 8);
                }
                catch (NotAcceptableException e)
                {
                    // What can be sent in none of the types is left out (PS3.18 §10.4.3.3).
                    problem ??= e;
                }
            }
        }
        if (body is not null)
        {
            await body.FinishAsync();
            return;
        }
        if (problem is not null) throw problem;
        Conditional.Forget(http);
        await Answers.NotFoundAsync(http, pixelDataOnly ? "there is no pixel data" : "there is no bulk data");
    }

    /// <summary>One element of an object, in the first type that is accepted and possible.</summary>
    /// <returns>The body, which it may have begun.</returns>
    /// <exception cref="NotAcceptableException">No type is; nothing was written.</exception>
    private static async Task<MultipartBody> WriteAsync(HttpContext http, MultipartBody? body, IReadOnlyList<Accepted> accepted, StoredInstance instance, DataSet dataSet,
        DataElement element, string address, bool isOfImage)
    {
        if ((element.Fragments is not null || element.Tag == Tags.PixelData && isOfImage) && TryFindFrames(dataSet, element, isOfImage, out var frames))
        {
            using var buffer = new FrameBytes();
            var (_, source) = FrameSource.Choose(accepted, instance, dataSet, frames, 0, buffer, http.RequestAborted);
            if (!source.IsAsStored || source.Syntax.IsEncapsulated)
            {
                body ??= MultipartBody.Start(http, source.Type);
                await WriteAsync(body, source, frames.Count, address);
                return body;
            }
        }
        string document = DocumentType(dataSet, element);
        string type = accepted.Any(a => a.Matches(MediaTypes.Octets)) ? MediaTypes.Octets
            : document.Length > 0 && accepted.Any(a => a.Matches(document)) ? document
            : throw new NotAcceptableException($"bulk data come as {MediaTypes.Octets}");
        body ??= MultipartBody.Start(http, type);
        await WriteAsync(body, element, type, address);
        return body;
    }

    /// <summary>What the metadata give an address for.</summary>
    private static IEnumerable<(string Path, DataElement Element)> BulkElements(DataSet dataSet, string prefix, bool pixelDataOnly)
    {
        foreach (var element in dataSet)
        {
            string path = prefix + element.Tag.Value.ToString("X8", CultureInfo.InvariantCulture);
            bool isPixelData = element.Tag == Tags.PixelData || element.Tag == Tags.FloatPixelData || element.Tag == Tags.DoubleFloatPixelData;
            if (element.IsSequence)
            {
                if (pixelDataOnly) continue;
                for (int i = 0; i < element.Items.Count; i++)
                {
                    foreach (var inner in BulkElements(element.Items[i], string.Create(CultureInfo.InvariantCulture, $"{path}/{i + 1}/"), pixelDataOnly)) yield return inner;
                }
            }
            else if (isPixelData && !element.IsEmpty || !pixelDataOnly && MetadataService.IsBulk(element)) yield return (path, element);
        }
    }

    /// <summary>Compressed frames in a part each; others are one value.</summary>
    private static async Task WriteAsync(MultipartBody body, FrameSource source, int count, string address)
    {
        bool isOne = !source.Syntax.IsEncapsulated;
        if (isOne) body.Begin(source.ContentType, (long)source.First.Length * count, address);
        for (int i = 0; i < count; i++)
        {
            var frame = i == 0 ? source.First : source.Read(i);
            if (!isOne) body.Begin(source.ContentType, frame.Length, address);
            await body.WriteAsync(frame);
            if (!isOne) body.End();
        }
        if (isOne) body.End();
    }

    /// <summary>The bytes of native frames, one after the other.</summary>
    private static Action<long, Memory<byte>> Joined(FrameSource source)
    {
        int length = source.First.Length, current = 0;
        var frame = source.First;
        return (at, destination) =>
        {
            while (!destination.IsEmpty)
            {
                int index = (int)(at / length), skipped = (int)(at % length);
                if (index != current) frame = source.Read(current = index);
                int n = Math.Min(length - skipped, destination.Length);
                frame.Slice(skipped, n).CopyTo(destination);
                destination = destination[n..];
                at += n;
            }
        };
    }

    private static async Task WriteAsync(MultipartBody body, DataElement element, string type, string address)
    {
        body.Begin(type, element.Length, address);
        byte[] piece = new byte[(int)Math.Min(Piece, element.Length)];
        for (long at = 0; at < element.Length;)
        {
            int n = (int)Math.Min(piece.Length, element.Length - at);
            Read(element, at, piece.AsSpan(0, n));
            await body.WriteAsync(piece.AsMemory(0, n));
            at += n;
        }
        body.End();
    }

    /// <summary>Little endian, whatever it is stored in. A range may begin in the middle of a word.</summary>
    private static void Read(DataElement element, long at, Span<byte> destination)
    {
        const int Unit = 8;     // of the longest words
        if (!element.IsBigEndian || at % Unit == 0 && destination.Length % Unit == 0)
        {
            ReadExactly(element, at, destination);
            if (element.IsBigEndian) ByteOrder.Swap(destination, element.VR);
            return;
        }
        long from = at / Unit * Unit, to = Math.Min((at + destination.Length + Unit - 1) / Unit * Unit, element.Length);
        byte[] words = new byte[(int)(to - from)];
        ReadExactly(element, from, words);
        ByteOrder.Swap(words, element.VR);
        words.AsSpan((int)(at - from), destination.Length).CopyTo(destination);
    }

    private static void ReadExactly(DataElement element, long at, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int n = element.Read(at, destination);
            if (n == 0) throw new DicomFormatException($"the value ends {destination.Length} bytes too early", path: element.Tag.ToString());
            at += n;
            destination = destination[n..];
        }
    }

    /// <summary>Those of an icon are not described by the data set around it, and are one.</summary>
    private static bool TryFindFrames(DataSet dataSet, DataElement element, bool isOfImage, [NotNullWhen(true)] out PixelDataFrames? frames) =>
        FrameService.TryFindFrames(isOfImage ? dataSet : [element], out frames);
}
