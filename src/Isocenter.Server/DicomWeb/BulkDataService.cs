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
        string native = element.Fragments is null ? MediaTypes.Octets : MediaTypes.OfFrames(instance.TransferSyntax);
        string document = file.DataSet.Get(Tags.MIMETypeOfEncapsulatedDocument, "");
        var accepted = Negotiation.Accepted(http.Request).FirstOrDefault(a => a.Matches(MediaTypes.Octets) || a.Matches(native)
            || element.Tag == Tags.EncapsulatedDocument && document.Length > 0 && a.Matches(document))
            ?? throw new NotAcceptableException($"bulk data come as {MediaTypes.Octets}{(native == MediaTypes.Octets ? "" : " or " + native)}");
        bool isSingle = Negotiation.IsSinglePart(http.Request, accepted) && (element.Fragments is null || FrameCount(file.DataSet) == 1);
        if (Conditional.IsUnchanged(http, found, $"bulkdata {path} {accepted.Type} {isSingle}")) return;
        string address = $"{Addresses.Of(Addresses.Root(http.Request), instance)}/bulkdata/{path}";
        if (isSingle)
        {
            if (element.Fragments is not null)
            {
                byte[] frame = PixelDataFrames.Of(file.DataSet).Read(0);
                string type = accepted.Type == MediaTypes.Octets ? MediaTypes.Octets : native;
                await SinglePart.SendAsync(http, $"{type}; transfer-syntax={instance.TransferSyntax.Uid}", frame, address);
                return;
            }
            await SinglePart.SendAsync(http, accepted.IsWildcard ? native : accepted.Type, element.Length, (at, buffer) => Read(element, at, buffer.Span), address);
            return;
        }
        string root = accepted.IsWildcard ? native : accepted.Type;
        var body = MultipartBody.Start(http, root);
        await WriteAsync(body, instance, file.DataSet, element, root, address);
        await body.FinishAsync();
    }

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
        var accepted = Negotiation.Accepted(http.Request).FirstOrDefault(a => (a.IsMultipart || a.IsWildcard)
            && (a.Matches(MediaTypes.Octets) || found.All(instance => a.Matches(MediaTypes.OfFrames(instance.TransferSyntax)))))
            ?? throw new NotAcceptableException($"the bulk data of several elements come as multipart/related; type=\"{MediaTypes.Octets}\"");
        found = Readable.Of(http, archive, found, logger);
        string root = accepted.IsWildcard ? MediaTypes.Octets : accepted.Type;
        if (Conditional.IsUnchanged(http, found, $"bulkdata {pixelDataOnly} {root}")) return;
        MultipartBody? body = null;
        foreach (var instance in found)
        {
            using var file = archive.OpenDataSet(instance);
            string address = $"{Addresses.Of(Addresses.Root(http.Request), instance)}/bulkdata";
            foreach (var (path, element) in BulkElements(file.DataSet, "", pixelDataOnly))
            {
                body ??= MultipartBody.Start(http, root);
                await WriteAsync(body, instance, file.DataSet, element, root, $"{address}/{path}");
            }
        }
        if (body is null)
        {
            Conditional.Forget(http);
            await Answers.NotFoundAsync(http, pixelDataOnly ? "there is no pixel data" : "there is no bulk data");
            return;
        }
        await body.FinishAsync();
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

    private static async Task WriteAsync(MultipartBody body, StoredInstance instance, DataSet dataSet, DataElement element, string type, string address)
    {
        if (element.Fragments is not null)
        {
            if (!FrameService.TryFindFrames(dataSet, out var frames)) return;
            for (int i = 0; i < frames.Count; i++)
            {
                byte[] frame = frames.Read(i);
                body.Begin($"{type}; transfer-syntax={instance.TransferSyntax.Uid}", frame.Length, address);
                await body.WriteAsync(frame);
                body.End();
            }
            return;
        }
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

    private static int FrameCount(DataSet dataSet) => FrameService.TryFindFrames(dataSet, out var frames) ? frames.Count : 0;
}
