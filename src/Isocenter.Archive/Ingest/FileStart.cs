using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>The begin of a file as it comes in (PS3.10 §7.1): where its data set starts and what it is.</summary>
internal sealed record FileStart(int DataSetOffset, TransferSyntax TransferSyntax, string? SopClassUid, string? SopInstanceUid)
{
    /// <summary>Longest File Meta Information, in bytes. (0002,0102) could make it as long as it likes.</summary>
    public const int MaxLength = 1 << 20;

    private const int Preamble = 128;
    private const int MaxDeflatedPeek = 4096;

    /// <summary>Up to SOP Instance UID; a deflated data set is not inflated far for it.</summary>
    private static readonly ReadOptions UidOptions = new() { StopBefore = new Tag(0x0008_0019), MaxInflatedLength = 8 << 20 };

    /// <param name="bytes">The file from its first byte.</param>
    /// <param name="isAll">No more bytes come, or no more are waited for.</param>
    /// <returns>Null: more bytes are needed.</returns>
    /// <exception cref="DicomFormatException">No DICOM file.</exception>
    public static FileStart? TryRead(ReadOnlyMemory<byte> bytes, bool isAll)
    {
        int start = Preamble + 4;
        int? end = bytes.Length > start && bytes.Span.Slice(Preamble, 4).SequenceEqual("DICM"u8) ? EndOfMeta(bytes.Span, start) : null;
        // A look at the data set needs a little of it.
        if (!isAll && (end is null || end > bytes.Length - 1024)) return null;
        if (end > start && end <= bytes.Length)
        {
            var meta = DicomFile.ReadDataSet(bytes[start..end.Value], TransferSyntax.ExplicitVRLittleEndian).DataSet;
            if (meta.TryGet(Tags.TransferSyntaxUID, out string? text) && Uid.TryParseLenient(text, out var uid))
            {
                var syntax = TransferSyntax.Of(uid);
                var dataSet = Peek(bytes[end.Value..], syntax);
                return new FileStart(end.Value, syntax,
                    First(dataSet, Tags.SOPClassUID, meta, Tags.MediaStorageSOPClassUID),
                    First(dataSet, Tags.SOPInstanceUID, meta, Tags.MediaStorageSOPInstanceUID));
            }
        }
        // Something is missing or odd: the lenient reader finds out.
        var file = DicomFile.Read(bytes, UidOptions);
        return new FileStart((int)file.DataSetOffset, file.TransferSyntax,
            First(file.DataSet, Tags.SOPClassUID, file.FileMeta, Tags.MediaStorageSOPClassUID),
            First(file.DataSet, Tags.SOPInstanceUID, file.FileMeta, Tags.MediaStorageSOPInstanceUID));
    }

    /// <summary>The first elements of the data set: where it and the File Meta Information differ, it is right.</summary>
    private static DataSet Peek(ReadOnlyMemory<byte> bytes, TransferSyntax syntax)
    {
        if (syntax.IsDeflated && bytes.Length > MaxDeflatedPeek) bytes = bytes[..MaxDeflatedPeek];
        try
        {
            return DicomFile.ReadDataSet(bytes, syntax, UidOptions).DataSet;
        }
        catch (DicomFormatException)
        {
            // It will be refused with the right reason when it has been read as a whole.
            return new DataSet();
        }
    }

    /// <summary>Where group 0002 ends; beyond the bytes when it does not end in them. Null when it is not as it should be.</summary>
    private static int? EndOfMeta(ReadOnlySpan<byte> bytes, int at)
    {
        while (at + 8 <= bytes.Length)
        {
            if (BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]) != 0x0002) return at;
            var vr = (VR)(bytes[at + 4] << 8 | bytes[at + 5]);
            if (!vr.IsKnown()) return null;
            if (vr.HasLongLength() && at + 12 > bytes.Length) break;
            long next = vr.HasLongLength()
                ? at + 12L + BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 8)..])
                : at + 8L + BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 6)..]);
            if (next > MaxLength) return null;
            at = (int)next;
        }
        return Math.Max(at, bytes.Length) + 1;
    }

    private static string? First(DataSet dataSet, Tag tag, DataSet meta, Tag metaTag) =>
        dataSet.TryGet(tag, out string? uid) && uid.Length > 0 ? uid : meta.TryGet(metaTag, out uid) && uid.Length > 0 ? uid : null;
}
