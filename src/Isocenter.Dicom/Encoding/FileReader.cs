using System.Buffers.Binary;
using System.IO.Compression;

namespace Isocenter.Dicom;

/// <summary>Finds out what a file is before its data set is read: preamble, File Meta Information, transfer syntax
/// (PS3.10 §7.1). Files without one or all of them are met in the field and are read by looking at their first element.</summary>
internal static class FileReader
{
    private const int Preamble = 128;

    public static DicomFile Read(ByteSource source, ReadOptions options, FileSource? file)
    {
        var findings = new List<Finding>();
        int start = FindStart(source, findings);
        var meta = new DataSet();
        int dataSetStart = start;
        if (source.Ensure(start, 8) && BinaryPrimitives.ReadUInt16LittleEndian(source.Span[start..]) == 0x0002)
        {
            bool explicitVR = ((VR)(source.Span[start + 4] << 8 | source.Span[start + 5])).IsKnown();
            if (!explicitVR) findings.Add(new Finding("the File Meta Information is written without VRs", start, "", "PS3.10 §7.1"));
            var reader = new DataSetReader(source, options, start);
            meta = reader.Read(explicitVR, bigEndian: false, stopBefore: 0x0003_0000);
            if (!reader.IsComplete) throw new DicomFormatException("the file ends inside its File Meta Information", reader.Offset, rule: "PS3.10 §7.1");
            findings.AddRange(reader.Findings);
            dataSetStart = reader.Position;
            CheckGroupLength(meta, start, reader.Offset, findings);
        }
        var syntax = SyntaxOf(meta, source, dataSetStart, findings);
        return ReadDataSet(source, dataSetStart, meta, syntax, options, file, findings);
    }

    public static DicomFile ReadDataSet(ByteSource source, int start, DataSet meta, TransferSyntax syntax, ReadOptions options,
        FileSource? file, List<Finding> findings)
    {
        long offset = start + source.Shift;
        if (syntax.IsDeflated)
        {
            source = Inflate(source, start, options, findings);
            start = 0;
            file = null;
        }
        bool bigEndian = syntax.IsBigEndian && ActuallyBigEndian(source, start, findings);
        bool explicitVR = bigEndian ? syntax.IsExplicitVR : ActuallyExplicit(source, start, syntax.IsExplicitVR, findings);
        var reader = new DataSetReader(source, options, start);
        var dataSet = reader.Read(explicitVR, bigEndian, options.StopBefore?.Value);
        findings.AddRange(reader.Findings);
        return new DicomFile(meta, syntax, dataSet, findings, reader.IsComplete && !findings.Exists(f => f.Problem == DeflateEnded),
            offset, file);
    }

    private const string DeflateEnded = "the deflated data set ends too early or is damaged";

    private static int FindStart(ByteSource source, List<Finding> findings)
    {
        if (source.Ensure(0, Preamble + 4) && source.Span.Slice(Preamble, 4).SequenceEqual("DICM"u8)) return Preamble + 4;
        if (source.Length == 0) throw new DicomFormatException("the file is empty", 0, rule: "PS3.10 §7.1");
        if (source.Ensure(0, 4) && source.Span[..4].SequenceEqual("DICM"u8))
        {
            findings.Add(new Finding("the preamble of 128 bytes is missing", 0, "", "PS3.10 §7.1"));
            return 4;
        }
        if (!source.Ensure(0, 8) || !LooksLikeElement(source))
            throw new DicomFormatException("not a DICOM file: no DICM at byte 128, and the first bytes are no data element", 0, rule: "PS3.10 §7.1");
        findings.Add(new Finding("preamble and DICM are missing", 0, "", "PS3.10 §7.1"));
        return 0;
    }

    /// <summary>The first element of a data set has a low group, and a VR or a length that the file can hold.</summary>
    private static bool LooksLikeElement(ByteSource source)
    {
        var span = source.Span;
        ushort little = BinaryPrimitives.ReadUInt16LittleEndian(span), big = BinaryPrimitives.ReadUInt16BigEndian(span);
        bool explicitVR = ((VR)(span[4] << 8 | span[5])).IsKnown();
        if (explicitVR) return little is > 0 and <= 0x0028 or 0x0002 || big is > 0 and <= 0x0028;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(span[4..]);
        var tag = new Tag(little, BinaryPrimitives.ReadUInt16LittleEndian(span[2..]));
        return little is > 0 and <= 0x0028 && length <= source.Length - 8
            && (tag.IsGroupLength ? length == 4 : DataDictionary.TryFind(tag, out _));
    }

    private static void CheckGroupLength(DataSet meta, int start, long end, List<Finding> findings)
    {
        if (!meta.TryGet(Tags.FileMetaInformationGroupLength, out uint length)) return;
        long actual = end - start - 12;
        if (length != actual)
            findings.Add(new Finding($"the group length says {length}, but the group has {actual} bytes", start, "(0002,0000)", "PS3.10 §7.1"));
    }

    private static TransferSyntax SyntaxOf(DataSet meta, ByteSource source, int start, List<Finding> findings)
    {
        if (meta.TryGet(Tags.TransferSyntaxUID, out string? text) && Uid.TryParseLenient(text, out var uid))
            return TransferSyntax.Of(uid);
        if (!source.Ensure(start, 8)) throw new DicomFormatException("the file ends before its data set begins", start + source.Shift, rule: "PS3.10 §7.1");
        var guess = Guess(source, start);
        findings.Add(new Finding($"no usable Transfer Syntax UID; read as {guess.Name}", start + source.Shift, "(0002,0010)", "PS3.10 §7.1"));
        return guess;
    }

    private static TransferSyntax Guess(ByteSource source, int start)
    {
        var span = source.Span[start..];
        if (!((VR)(span[4] << 8 | span[5])).IsKnown()) return TransferSyntax.ImplicitVRLittleEndian;
        return BinaryPrimitives.ReadUInt16LittleEndian(span) > BinaryPrimitives.ReadUInt16BigEndian(span)
            ? TransferSyntax.ExplicitVRBigEndian
            : TransferSyntax.ExplicitVRLittleEndian;
    }

    /// <summary>The first group of a data set is a small number; read in the wrong byte order it is a large one.</summary>
    private static bool ActuallyBigEndian(ByteSource source, int start, List<Finding> findings)
    {
        if (!source.Ensure(start, 8)) return true;
        var span = source.Span[start..];
        if (BinaryPrimitives.ReadUInt16BigEndian(span) <= BinaryPrimitives.ReadUInt16LittleEndian(span)) return true;
        findings.Add(new Finding("the data set is little endian, against its transfer syntax", start + source.Shift, "", "PS3.5 §10"));
        return false;
    }

    /// <summary>Some writers name one encoding and use another. The first element tells: a VR where none should be, or
    /// none where one should.</summary>
    private static bool ActuallyExplicit(ByteSource source, int start, bool claimed, List<Finding> findings)
    {
        if (!source.Ensure(start, 8)) return claimed;
        var span = source.Span[start..];
        bool hasVR = ((VR)(span[4] << 8 | span[5])).IsKnown();
        if (hasVR == claimed) return claimed;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(span[4..]);
        bool lengthFits = length <= source.Length - source.Shift - start - 8;
        bool plausible = hasVR ? !lengthFits : lengthFits && !char.IsAsciiLetterUpper((char)span[4]);
        if (!plausible) return claimed;
        findings.Add(new Finding($"the data set is written {(hasVR ? "with" : "without")} VRs, against its transfer syntax",
            start + source.Shift, "", "PS3.5 §10"));
        return hasVR;
    }

    /// <summary>Inflates the rest of the input (PS3.5 §A.5), up to the limit.</summary>
    private static ByteSource Inflate(ByteSource source, int start, ReadOptions options, List<Finding> findings)
    {
        long left = source.Length - source.Shift - start;
        source.Ensure(start, left);
        var compressed = source.Buffer.Memory.Slice(start, (int)left);
        // A zlib header in front is not raw deflate, but met in the field.
        if (compressed.Length > 2 && compressed.Span[0] == 0x78 && (compressed.Span[0] << 8 | compressed.Span[1]) % 31 == 0)
        {
            findings.Add(new Finding("the deflated data set has a zlib header", start, "", "PS3.5 §A.5"));
            compressed = compressed[2..];
        }
        using var input = new ReadOnlyMemoryStream(compressed);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        try
        {
            while (true)
            {
                int n = inflate.Read(output.GetSpan(64 * 1024));
                if (n == 0) break;
                output.Advance(n);
                if (output.WrittenCount > options.MaxInflatedLength)
                    throw new DicomFormatException($"the data set inflates to more than {options.MaxInflatedLength} bytes, the limit of this reading", start);
            }
        }
        catch (InvalidDataException e)
        {
            if (output.WrittenCount == 0) throw new DicomFormatException(DeflateEnded, start, rule: "PS3.5 §A.5", innerException: e);
            findings.Add(new Finding(DeflateEnded, start, "", "PS3.5 §A.5"));
        }
        return new ByteSource(output.WrittenMemory);
    }
}
