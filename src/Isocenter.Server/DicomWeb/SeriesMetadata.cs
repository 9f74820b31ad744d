using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Threading.Channels;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>The metadata of whole series as JSON in files (docs/formats/metadata.md), made when a study is complete or was asked for, so that a
/// viewer's first call is one read, also after a restart. Nothing is lost with them: what is missing or damaged is made of the objects again.</summary>
/// <remarks>A file is named after the instances that it is of and their corrections: one that is out of date is not found. Bounded; the
/// oldest go first.</remarks>
internal sealed class SeriesMetadata : IAsyncDisposable
{
    private const int HeaderLength = 72;
    /// <summary>A longer one is read from the objects, piece by piece.</summary>
    private const int MaxLength = 64 << 20;
    private const int MaxWaiting = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly ImageArchive _archive;
    private readonly Action<string> _onProblem;
    private readonly string _path;
    private readonly BoundedFolder _folder;
    private readonly CancellationTokenSource _stop = new();
    private readonly Channel<string> _asked = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Task _running;

    /// <param name="archive">Where the objects are.</param>
    /// <param name="maxBytes">Bytes that the files take at most; 0: there are none.</param>
    /// <param name="onProblem">Hears why nothing is written any more.</param>
    public SeriesMetadata(ImageArchive archive, long maxBytes, Action<string> onProblem)
    {
        (_archive, _onProblem) = (archive, onProblem);
        _path = Path.Combine(archive.DataFolder, "derived", "metadata");
        _folder = new BoundedFolder(_path, ".series", maxBytes);
        _running = maxBytes > 0 ? Task.Run(RunAsync) : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    /// <summary>The metadata of all instances of one or more series as one array; null when they have to be read.</summary>
    /// <param name="instances">Whole series, one after the other.</param>
    /// <param name="root">Address of the service.</param>
    public byte[]? Find(IReadOnlyList<StoredInstance> instances, string root)
    {
        if (!_folder.IsUsed) return null;
        var array = new ArrayBufferWriter<byte>();
        byte[] address = System.Text.Json.JsonEncodedText.Encode(root, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray();
        foreach (var series in SeriesOf(instances))
        {
            if (Read(series) is not var (content, placeholder)) return null;
            if (array.WrittenCount + content.Length > MaxLength) return null;
            // Without the brackets around it.
            array.Write(array.WrittenCount == 0 ? "["u8 : ","u8);
            Replace(content.AsSpan(1, content.Length - 2), placeholder, address, array);
        }
        array.Write("]"u8);
        return array.WrittenSpan.ToArray();
    }

    /// <summary>The series of this study will be asked for again.</summary>
    public void Ask(Uid study)
    {
        if (_folder.IsUsed) _asked.Writer.TryWrite(study.Value);
    }

    private static IEnumerable<IReadOnlyList<StoredInstance>> SeriesOf(IReadOnlyList<StoredInstance> instances)
    {
        for (int at = 0; at < instances.Count;)
        {
            int end = at + 1;
            while (end < instances.Count && instances[end].SeriesInstanceUid.Equals(instances[at].SeriesInstanceUid) && instances[end].StudyInstanceUid.Equals(instances[at].StudyInstanceUid)) end++;
            yield return [.. instances.Skip(at).Take(end - at)];
            at = end;
        }
    }

    private static string NameOf(IReadOnlyList<StoredInstance> series) => Conditional.TagOf(series, "metadata").Trim('"');

    /// <returns>Null when there is no file, or it is damaged.</returns>
    private (byte[] Content, byte[] Placeholder)? Read(IReadOnlyList<StoredInstance> series)
    {
        try
        {
            if (_folder.Read(NameOf(series)) is not { } file || file.Length < HeaderLength || !file.AsSpan(0, 8).SequenceEqual("ISOMETA1"u8)) return null;
            int length = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(8));
            if (length is < 2 or > MaxLength || !XxHash128.Hash(file.AsSpan(HeaderLength)).AsSpan().SequenceEqual(file.AsSpan(16, 16))) return null;
            byte[] content = new byte[length];
            using var zipped = new MemoryStream(file, HeaderLength, file.Length - HeaderLength);
            using var unzipped = new GZipStream(zipped, CompressionMode.Decompress);
            if (unzipped.ReadAtLeast(content, length, throwOnEndOfStream: false) < length) return null;
            return (content, file[32..HeaderLength]);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static void Replace(ReadOnlySpan<byte> content, ReadOnlySpan<byte> placeholder, ReadOnlySpan<byte> by, ArrayBufferWriter<byte> to)
    {
        while (content.IndexOf(placeholder) is >= 0 and var at)
        {
            to.Write(content[..at]);
            to.Write(by);
            content = content[(at + placeholder.Length)..];
        }
        to.Write(content);
    }

    /// <summary>Writes what studies lack that came to rest or were asked for.</summary>
    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            Directory.CreateDirectory(_path);
            // What was there before is made when it is asked for.
            long position = ReadPosition() ?? await _archive.GetLastChangeAsync(_stop.Token), written = -1;
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                while (_asked.Reader.TryRead(out string? study)) await WriteAsync(study);
                if (written == _archive.WriteCount) continue;
                written = _archive.WriteCount;
                while (await _archive.GetChangesAsync(position, cancel: _stop.Token) is { Count: > 0 } changes)
                {
                    foreach (string study in changes.Where(change => change.Kind is ChangeKind.StudyComplete or ChangeKind.Corrected).Select(change => change.StudyInstanceUid).Distinct()) await WriteAsync(study);
                    position = changes[^1].Number;
                    WritePosition(position);
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The end.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArchiveException)
        {
            // Then they are read from the objects.
            _onProblem(e.Message);
        }
    }

    private async Task WriteAsync(string study)
    {
        if (!Uid.TryParseLenient(study, out var uid)) return;
        foreach (var series in SeriesOf(await _archive.FindInstancesAsync(Selection.Of(uid), _stop.Token)))
        {
            string name = NameOf(series);
            if (!_folder.Contains(name)) Write(series, name);
        }
    }

    private void Write(IReadOnlyList<StoredInstance> series, string name)
    {
        // In no object, because nobody knew it before.
        byte[] placeholder = Encoding.ASCII.GetBytes($"http://{Guid.NewGuid():N}/");
        var content = new ArrayBufferWriter<byte>(64 * 1024);
        try
        {
            foreach (var instance in series)
            {
                _stop.Token.ThrowIfCancellationRequested();
                content.Write(content.WrittenCount == 0 ? "["u8 : ","u8);
                using var opened = _archive.OpenDataSet(instance, MetadataService.Options, isHeaderOnly: true);
                string address = Addresses.Of(Encoding.ASCII.GetString(placeholder), instance);
                DicomJson.Write(opened.DataSet, content, new JsonOptions { BulkData = (at, _) => $"{address}/bulkdata/{at}", InlineLimit = MetadataService.InlineLimit });
                if (content.WrittenCount > MaxLength) return;
            }
        }
        catch (ArchiveException)
        {
            // Something is missing: who asks is told so.
            return;
        }
        content.Write("]"u8);
        using var stream = new MemoryStream();
        stream.Write(new byte[HeaderLength]);
        using (var zip = new GZipStream(stream, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(content.WrittenSpan);
        var whole = stream.GetBuffer().AsSpan(0, (int)stream.Length);
        "ISOMETA1"u8.CopyTo(whole);
        BinaryPrimitives.WriteInt32LittleEndian(whole[8..], content.WrittenCount);
        XxHash128.Hash(whole[HeaderLength..]).CopyTo(whole[16..]);
        placeholder.CopyTo(whole[32..]);
        _folder.Write(name, whole);
    }

    private string PositionPath => Path.Combine(_path, "position");

    private long? ReadPosition() => File.Exists(PositionPath) && long.TryParse(File.ReadAllText(PositionPath), NumberStyles.None, CultureInfo.InvariantCulture, out long position) ? position : null;

    private void WritePosition(long position) => File.WriteAllText(PositionPath, position.ToString(CultureInfo.InvariantCulture));
}
