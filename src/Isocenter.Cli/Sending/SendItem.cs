using System.IO.Compression;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;

namespace Isocenter.Cli.Sending;

/// <summary>Makes items of a <see cref="StoreQueue"/> out of files, entries of ZIP files and objects in memory.</summary>
internal static class SendItem
{
    /// <summary>All that an association must know stands in front of this (PS3.6: SOP Class and Instance UID are 0008,0016
    /// and 0008,0018).</summary>
    private static readonly ReadOptions UpToUids = new() { StopBefore = new Tag(0x0008_0019) };

    /// <summary>File meta information and UIDs lie within so many bytes of an entry.</summary>
    private const int LongestStart = 64 * 1024;

    /// <summary>Reads the header of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="asIs">It is sent as it is, or not at all.</param>
    /// <exception cref="DicomFormatException">Not DICOM, or without UIDs.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static StoreItem FromFile(string path, bool asIs = false)
    {
        using var file = DicomFile.Open(path, UpToUids);
        var (sopClass, sopInstance, syntax, offset) = (UidOf(file, Tags.SOPClassUID), UidOf(file, Tags.SOPInstanceUID), file.TransferSyntax, file.DataSetOffset);
        return new StoreItem(sopClass, sopInstance, syntax, async (wanted, cancel) => wanted.Equals(syntax)
            ? StoreRequest.FromFile(sopClass, sopInstance, syntax, path, offset)
            : await ConvertAsync(path, sopClass, sopInstance, wanted, cancel))
        {
            Name = path,
            Length = new FileInfo(path).Length - offset,
            Alternatives = asIs ? [] : AlternativesTo(syntax),
        };
    }

    /// <summary>Reads the header of an entry of a ZIP file. Null when it is no file.</summary>
    /// <exception cref="DicomFormatException">Not DICOM, or without UIDs.</exception>
    /// <exception cref="InvalidDataException">The ZIP file is damaged.</exception>
    public static StoreItem FromEntry(string zip, ZipArchiveEntry entry, bool asIs)
    {
        using var stream = entry.Open();
        var start = new byte[LongestStart];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        using var file = DicomFile.Read(start.AsMemory(0, length), UpToUids);
        var (sopClass, sopInstance, syntax, offset) = (UidOf(file, Tags.SOPClassUID), UidOf(file, Tags.SOPInstanceUID), file.TransferSyntax, file.DataSetOffset);
        string name = entry.FullName;
        return new StoreItem(sopClass, sopInstance, syntax, async (wanted, cancel) =>
        {
            if (!wanted.Equals(syntax)) return await ConvertEntryAsync(zip, name, sopClass, sopInstance, wanted, cancel);
            // One archive for each: they may be read side by side.
            var archive = await ZipFile.OpenReadAsync(zip, cancel);
            try
            {
                var data = await EntryOf(archive, name).OpenAsync(cancel);
                await data.ReadExactlyAsync(new byte[offset], cancel);
                return StoreRequest.FromStream(sopClass, sopInstance, syntax, data, owner: archive);
            }
            catch
            {
                await archive.DisposeAsync();
                throw;
            }
        })
        {
            Name = $"{zip}!/{name}",
            Length = Math.Max(0, entry.Length - offset),
            Alternatives = asIs ? [] : AlternativesTo(syntax),
        };
    }

    /// <summary>An object in memory.</summary>
    public static StoreItem FromMemory(DicomFile file, string name) =>
        new(UidOf(file, Tags.SOPClassUID), UidOf(file, Tags.SOPInstanceUID), file.TransferSyntax,
            (wanted, _) => ValueTask.FromResult(StoreRequest.FromDataSet(file.DataSet, wanted)))
        {
            Name = name,
            Length = file.DataSet.TryFind(Tags.PixelData, out var pixels) ? pixels.Length : 0,
            Alternatives = AlternativesTo(file.TransferSyntax),
        };

    /// <summary>The uncompressed syntaxes, for what is uncompressed or can be decompressed here.</summary>
    private static TransferSyntax[] AlternativesTo(TransferSyntax syntax)
    {
        bool can = syntax.IsEncapsulated ? FrameCodecs.Find(syntax.Uid.Value) is { CanDecode: true } : syntax.IsKnown;
        return can ? [.. new[] { TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian }.Where(other => !other.Equals(syntax))] : [];
    }

    /// <summary>Brings a file into another syntax, on disk: objects may be larger than memory.</summary>
    private static async Task<StoreRequest> ConvertAsync(string path, Uid sopClass, Uid sopInstance, TransferSyntax wanted, CancellationToken cancel)
    {
        string converted = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using (var file = DicomFile.Open(path))
            {
                await Transcoder.TranscodeAsync(file, converted, new TranscodeOptions(wanted), cancel);
            }
            using var header = DicomFile.Open(converted, UpToUids);
            return StoreRequest.FromFile(sopClass, sopInstance, wanted, converted, header.DataSetOffset);
        }
        finally
        {
            // The request holds it open as long as it needs it.
            File.Delete(converted);
        }
    }

    private static async Task<StoreRequest> ConvertEntryAsync(string zip, string name, Uid sopClass, Uid sopInstance, TransferSyntax wanted, CancellationToken cancel)
    {
        string extracted = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await using (var archive = await ZipFile.OpenReadAsync(zip, cancel)) await EntryOf(archive, name).ExtractToFileAsync(extracted, cancel);
            return await ConvertAsync(extracted, sopClass, sopInstance, wanted, cancel);
        }
        finally
        {
            File.Delete(extracted);
        }
    }

    private static ZipArchiveEntry EntryOf(ZipArchive archive, string name) =>
        archive.GetEntry(name) ?? throw new IOException($"'{name}' is not in the ZIP file any more");

    private static Uid UidOf(DicomFile file, Tag tag)
    {
        string name = tag == Tags.SOPClassUID ? "SOP Class UID" : "SOP Instance UID";
        if (!file.DataSet.TryGet(tag, out string? text) || text.Length == 0) throw new DicomFormatException($"the object has no {name}", path: tag.ToString());
        return Uid.TryParseLenient(text, out var uid) ? uid : throw new DicomFormatException($"the {name} '{text}' is not a UID", path: tag.ToString());
    }
}
