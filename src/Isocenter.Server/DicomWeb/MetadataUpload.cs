using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Imaging;

namespace Isocenter.Server.DicomWeb;

/// <summary>Metadata and bulk data of a store request, to be put together into objects (PS3.18 §10.5.2.1): each
/// BulkDataURI names the Content-Location of a part.</summary>
internal sealed class MetadataUpload
{
    private const int MaxMetadataLength = 64 << 20;
    /// <summary>All parts are held until the metadata can be put together with them.</summary>
    public const long MaxLength = 256L << 20;

    /// <summary>What a part says of its length is believed so far before its bytes are there.</summary>
    private const int ExpectedLength = 64 << 20;

    /// <summary>A sequence takes three levels: the element, its values, an item.</summary>
    private const int MaxJsonDepth = 1024;

    private readonly string _type;
    private readonly List<ReadOnlyMemory<byte>> _metadata = [];
    private readonly Dictionary<string, List<BulkPart>> _bulk = new(StringComparer.Ordinal);
    private long _length;

    private MetadataUpload(string type) => _type = type;

    private sealed record BulkPart(MediaType Type, ReadOnlyMemory<byte> Content);

    /// <summary>Reads the parts.</summary>
    /// <exception cref="BadHttpRequestException">They are too long.</exception>
    /// <exception cref="MultipartException">The framing is broken.</exception>
    public static async Task<MetadataUpload> ReadAsync(MultipartReader reader, string type, CancellationToken cancel)
    {
        var upload = new MetadataUpload(type);
        while (await reader.NextPartAsync(cancel) is { } headers)
        {
            if (!MediaType.TryParse(headers.GetValueOrDefault("content-type") ?? (upload._metadata.Count == 0 ? type : MediaTypes.Octets), out var media))
                throw new MultipartException("the Content-Type of a part is none");
            bool isMetadata = media.Type == type || media.Type == MediaTypes.Json && type == MediaTypes.DicomJson;
            // As long as the part says, if it is so: growing would take twice as much.
            int expected = int.TryParse(headers.GetValueOrDefault("content-length"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int length)
                ? (int)Math.Min(length, Math.Min(ExpectedLength, MaxLength - upload._length)) : 0;
            using var content = new MemoryStream(expected);
            while (true)
            {
                var piece = await reader.ReadAsync(cancel);
                if (piece.IsEmpty) break;
                upload.Count(piece.Length, isMetadata ? content.Length + piece.Length : 0);
                foreach (var segment in piece) content.Write(segment.Span);
                reader.AdvanceTo(piece.End);
            }
            if (isMetadata)
            {
                upload._metadata.Add(content.ToArray());
                continue;
            }
            if (!headers.TryGetValue("content-location", out string? location)) throw new MultipartException("a part of bulk data has no Content-Location (PS3.18 §8.6.1.2.1)");
            if (!upload._bulk.TryGetValue(location, out var parts)) upload._bulk.Add(location, parts = []);
            parts.Add(new BulkPart(media, content.GetBuffer().AsMemory(0, (int)content.Length)));
        }
        return upload;
    }

    /// <summary>Reads metadata that are the whole body, with nothing behind an address.</summary>
    /// <exception cref="BadHttpRequestException">They are too long.</exception>
    public static async Task<MetadataUpload> ReadSingleAsync(PipeReader body, string type, CancellationToken cancel)
    {
        var upload = new MetadataUpload(type);
        while (true)
        {
            var result = await body.ReadAsync(cancel);
            if (result.Buffer.Length > MaxMetadataLength) throw TooLong();
            if (result.IsCompleted)
            {
                if (result.Buffer.Length > 0) upload._metadata.Add(result.Buffer.ToArray());
                body.AdvanceTo(result.Buffer.End);
                return upload;
            }
            body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>The objects; where one cannot be made, the reason.</summary>
    /// <param name="study">The study they are posted to: those that name none belong to it.</param>
    public IEnumerable<(DicomFile? File, string? SopClass, string? SopInstance, string? Problem, bool IsCoerced)> ToFiles(Uid? study)
    {
        foreach (var text in _metadata.SelectMany(metadata => _type == MediaTypes.DicomXml ? [metadata] : ObjectsOf(metadata)))
        {
            IReadOnlyList<DataSet> dataSets;
            var builder = new Builder(_bulk);
            string? unreadable = null;
            try
            {
                dataSets = _type == MediaTypes.DicomXml
                    ? [DicomXml.Read(text, new XmlReadOptions { BulkData = builder.Find, KeepFileMeta = true, MaxCharacters = MaxMetadataLength })]
                    : DicomJson.ReadArray(text.Span, new JsonReadOptions { BulkData = builder.Find, KeepFileMeta = true });
            }
            catch (DicomFormatException e)
            {
                unreadable = e.Message;
                dataSets = [];
            }
            if (unreadable is not null) yield return (null, null, null, unreadable, false);
            foreach (var dataSet in dataSets)
            {
                string? sopClass = NullIfEmpty(dataSet.Get(Tags.SOPClassUID, "")), sopInstance = NullIfEmpty(dataSet.Get(Tags.SOPInstanceUID, ""));
                DicomFile? file = null;
                string? problem;
                bool isCoerced = study is not null && dataSet.Get(Tags.StudyInstanceUID, "").Length == 0;
                try
                {
                    if (isCoerced) dataSet.SetText(Tags.StudyInstanceUID, VR.UI, study!.Value);
                    (file, problem) = builder.Build(dataSet);
                }
                catch (Exception e) when (e is DicomFormatException or PixelDataException or Codecs.CodecException or ArgumentException)
                {
                    problem = e.Message;
                }
                yield return (file, sopClass, sopInstance, problem, isCoerced);
            }
        }
    }

    /// <summary>The objects of an array, each by itself, so that what is wrong with one is not wrong with all; the whole text when it
    /// is no array of objects.</summary>
    private static List<ReadOnlyMemory<byte>> ObjectsOf(ReadOnlyMemory<byte> json)
    {
        var objects = new List<ReadOnlyMemory<byte>>();
        try
        {
            var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = MaxJsonDepth });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return [json];
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
            {
                int start = (int)reader.TokenStartIndex;
                reader.Skip();
                objects.Add(json[start..(int)reader.BytesConsumed]);
            }
            return reader.TokenType == JsonTokenType.EndArray && objects.Count > 0 ? objects : [json];
        }
        catch (JsonException)
        {
            // Whoever reads the whole says what is wrong with it.
            return [json];
        }
    }

    /// <summary>Puts metadata together with the parts they name.</summary>
    private sealed class Builder(Dictionary<string, List<BulkPart>> bulk)
    {
        private readonly List<string> _missing = [];
        private readonly List<(string Uri, string Path)> _images = [];

        /// <summary>The bytes of a value; of compressed pixel data none, they come when the data set is there.</summary>
        public ReadOnlyMemory<byte>? Find(BulkDataReference reference)
        {
            if (!bulk.TryGetValue(reference.Uri, out var parts))
            {
                _missing.Add($"no part has the Content-Location {(reference.Uri.Length > 200 ? reference.Uri[..200] : reference.Uri)} of {reference.Path}");
                return null;
            }
            bool isPixelData = reference.Tag == Tags.PixelData;
            if (isPixelData && parts[0].Type.Type is var type && (type.StartsWith("image/", StringComparison.Ordinal) || type.StartsWith("video/", StringComparison.Ordinal) || IsCompressed(parts[0])))
            {
                _images.Add((reference.Uri, reference.Path));
                return null;
            }
            return parts.Count == 1 ? parts[0].Content : Joined(parts);
        }

        public (DicomFile?, string?) Build(DataSet dataSet)
        {
            if (_missing.Count > 0) return (null, _missing[0]);
            string named = dataSet.Get(Tags.TransferSyntaxUID, "");
            if (named.Length == 0) named = dataSet.Get(Tags.AvailableTransferSyntaxUID, "");
            foreach (var tag in dataSet.Select(element => element.Tag).Where(tag => tag.Group == 2).ToList()) dataSet.Remove(tag);
            dataSet.Remove(Tags.AvailableTransferSyntaxUID);
            var syntax = TransferSyntax.ExplicitVRLittleEndian;
            if (_images.Count > 0)
            {
                var (uri, _) = _images[0];
                _images.RemoveAt(0);
                syntax = UploadedPixels.Put(dataSet, [.. bulk[uri].Select(part => part.Content)], bulk[uri][0].Type, named);
            }
            return (new DicomFile(dataSet, syntax), null);
        }

        private static byte[] Joined(List<BulkPart> parts)
        {
            byte[] whole = new byte[parts.Sum(part => part.Content.Length)];
            int at = 0;
            foreach (var part in parts)
            {
                part.Content.Span.CopyTo(whole.AsSpan(at));
                at += part.Content.Length;
            }
            return whole;
        }

        private static bool IsCompressed(BulkPart part) =>
            Uid.TryParse(part.Type["transfer-syntax"], null, out var uid) && TransferSyntax.Of(uid).IsEncapsulated;
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

    private void Count(long length, long metadata)
    {
        _length += length;
        if (_length > MaxLength || metadata > MaxMetadataLength) throw TooLong();
    }

    private static BadHttpRequestException TooLong() =>
        new($"metadata are longer than {MaxMetadataLength} bytes, or longer than {MaxLength} with their bulk data; send application/dicom", StatusCodes.Status413PayloadTooLarge);
}
