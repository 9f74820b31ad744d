using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>The attributes of one patient, study, series or instance as the index stores them: a data set in Explicit VR
/// Little Endian.</summary>
internal static class LevelAttributes
{
    /// <summary>Longer values are not kept; they stay in the file. Shorter than what any of our readings leaves there.</summary>
    private const int MaxValueLength = 1023;
    private const int MaxSequenceLength = 16 * 1024;

    /// <summary>The attributes of one level out of an object's header.</summary>
    public static byte[] Of(DataSet header, QueryLevel level, ExtraAttributes extra)
    {
        var attributes = new DataSet();
        if (header.TryFind(Tags.SpecificCharacterSet, out var characterSet)) attributes.Add(characterSet);
        bool hasText = false;
        foreach (var element in header)
        {
            if (!extra.TryLevelOf(element.Tag, out var own) || own != level) continue;
            if (element.IsInFile || element.Length > MaxValueLength || element.Fragments is not null) continue;
            if (element.IsSequence && Encode(new DataSet().Adding(element)).Length > MaxSequenceLength) continue;
            attributes.Add(element);
            hasText |= !AttributeText.IsPlain(element);
        }
        if (!hasText) attributes.Remove(Tags.SpecificCharacterSet);
        return Encode(attributes);
    }

    public static DataSet Read(ReadOnlyMemory<byte> stored) =>
        DicomFile.ReadDataSet(stored, TransferSyntax.ExplicitVRLittleEndian).DataSet;

    /// <summary>Fills in what the stored attributes lack. What they have stays: the first object decides.</summary>
    /// <returns>Null when nothing is to be filled in.</returns>
    public static byte[]? Merge(ReadOnlyMemory<byte> stored, ReadOnlyMemory<byte> incoming)
    {
        if (stored.Span.SequenceEqual(incoming.Span)) return null;
        DataSet ours = Read(stored), theirs = Read(incoming);
        var missing = new List<DataElement>();
        foreach (var element in theirs)
        {
            if (element.Tag == Tags.SpecificCharacterSet || element.IsEmpty) continue;
            if (!ours.TryFind(element.Tag, out var own) || own.IsEmpty) missing.Add(element);
        }
        if (missing.Count == 0) return null;
        var all = ours.Where(e => e.Tag != Tags.SpecificCharacterSet && !missing.Exists(m => m.Tag == e.Tag)).Concat(missing).ToList();
        var merged = new DataSet();
        AttributeText.ChooseCharacterSet(merged, all);
        foreach (var element in all) AttributeText.Copy(element, merged);
        return Encode(merged);
    }

    private static byte[] Encode(DataSet attributes) =>
        DataSetWriter.ToArray(attributes, TransferSyntax.ExplicitVRLittleEndian, new WriteOptions { Lengths = LengthEncoding.Defined });

    private static DataSet Adding(this DataSet dataSet, DataElement element)
    {
        dataSet.Add(element);
        return dataSet;
    }
}
