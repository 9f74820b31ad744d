using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <summary>Finds out what a file is before its data set is read: preamble, File Meta Information, transfer syntax
/// (PS3.10 §7.1). Files without one or all of them are met in the field and are read by looking at their first element.</summary>
internal static class FileReader
{
    private const int Preamble = 128;

    /// <param name="source">At its begin.</param>
    /// <param name="options">How far, and the limits.</param>
    public static DicomFile Read(ByteSource source, ReadOptions options)
    {
        var findings = new List<Finding>();
        int start = FindStart(source, findings);
        using var reader = new DataSetReader(source, options, findings, start);
        DataSet? meta = null;
        bool metaIsBigEndian = false;
        if (source.Ensure(start, 8) && (BinaryPrimitives.ReadUInt16LittleEndian(source.Span[start..]) == 0x0002 || (metaIsBigEndian = BeginsBigEndianMeta(source, start))))
        {
            if (metaIsBigEndian) findings.Add(new Finding("the File Meta Information is big endian", start, "", "PS3.10 §7.1"));
            bool explicitVR = ((VR)(source.Span[start + 4] << 8 | source.Span[start + 5])).IsKnown();
            if (!explicitVR) findings.Add(new Finding("the File Meta Information is written without VRs", start, "", "PS3.10 §7.1"));
            meta = reader.Read(explicitVR, metaIsBigEndian, stopBefore: 0x0003_0000, lowest: 0x0002_0000);
            if (!reader.IsComplete) throw new DicomFormatException("the file ends inside its File Meta Information", reader.Offset, rule: "PS3.10 §7.1");
            CheckGroupLength(meta, start, reader.Offset, findings);
        }
        meta ??= new DataSet();
        return ReadDataSet(source, reader, meta, SyntaxOf(meta, source, reader.Position, findings), options, findings);
    }

    /// <summary>Reads a data set that has no File Meta Information.</summary>
    public static DicomFile ReadDataSet(ByteSource source, TransferSyntax syntax, ReadOptions options)
    {
        var findings = new List<Finding>();
        using var reader = new DataSetReader(source, options, findings, 0);
        return ReadDataSet(source, reader, new DataSet(), syntax, options, findings);
    }

    private static DicomFile ReadDataSet(ByteSource source, DataSetReader reader, DataSet meta, TransferSyntax syntax, ReadOptions options,
        List<Finding> findings)
    {
        long offset = reader.Offset;
        if (!syntax.IsDeflated) return Finish(source, reader, source);
        var inflated = Inflation.Of(source, reader.Position, options, findings);
        using var inner = new DataSetReader(inflated, options, findings, 0);
        return Finish(inflated, inner, source);

        DicomFile Finish(ByteSource from, DataSetReader reader, ByteSource outer)
        {
            int start = reader.Position;
            bool bigEndian = syntax.IsBigEndian ? ActuallyBigEndian(from, start, findings) : ActuallyBigEndianToo(from, start, findings);
            bool explicitVR = bigEndian && syntax.IsBigEndian ? syntax.IsExplicitVR : ActuallyExplicit(from, start, syntax.IsExplicitVR, findings);
            var dataSet = reader.Read(explicitVR, bigEndian, options.StopBefore?.Value);
            if (syntax.HasBigEndianPixels) dataSet.MarkBigEndianWords(new Tag(0x7FE0_0010));
            bool isComplete = reader.IsComplete && !findings.Exists(finding => finding.Problem == Inflation.Ended);
            // The data set may refer to the file, the inflated bytes, or both; all are closed with it.
            return new DicomFile(meta, syntax, dataSet, findings, isComplete, offset, from.File ?? outer.File, outer.Tree, from.Tree);
        }
    }

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

    /// <summary>(0002,0000) in the other byte order: the explicit VR big endian data set of a writer that did not change over.</summary>
    private static bool BeginsBigEndianMeta(ByteSource source, int start) =>
        start > 0 && BinaryPrimitives.ReadUInt64BigEndian(source.Span[start..]) == 0x0002_0000_554C_0004;

    /// <summary>The first element has a VR, and a group that is a small number only as big endian.</summary>
    private static bool ActuallyBigEndianToo(ByteSource source, int start, List<Finding> findings)
    {
        if (!source.Ensure(start, 8)) return false;
        var span = source.Span[start..];
        if (span[0] != 0 || span[1] is 0 or > 0x28 || (span[1] & 1) != 0 || !((VR)(span[4] << 8 | span[5])).IsKnown()) return false;
        // Printers get data sets that begin with (2000,0010), which turned round would be (0020,1000).
        uint tag = (uint)BinaryPrimitives.ReadUInt16LittleEndian(span) << 16 | BinaryPrimitives.ReadUInt16LittleEndian(span[2..]);
        if (DataDictionary.TryFind(new Tag(tag), out _)) return false;
        findings.Add(new Finding("the data set is big endian, against its transfer syntax", start + source.Shift, "", "PS3.5 §10"));
        return true;
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
}
