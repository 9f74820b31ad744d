namespace Isocenter.Dicom;

/// <content>Reading.</content>
public static partial class DicomJson
{
    private const int LevelsOnStack = 1024;

    /// <summary>Reads one JSON object as a data set: little endian, text in UTF-8 (ISO_IR 192).</summary>
    /// <param name="utf8">The JSON text. Not referred to afterwards.</param>
    /// <param name="options">Limits, and where bulk data come from.</param>
    /// <param name="findings">Receives what was wrong and could be read all the same.</param>
    /// <exception cref="DicomFormatException">No JSON, or not of the DICOM JSON Model: with the byte and the path.</exception>
    public static DataSet Read(ReadOnlySpan<byte> utf8, JsonReadOptions? options = null, ICollection<Finding>? findings = null)
    {
        options ??= JsonReadOptions.Default;
        int levels = DataSetJsonReader.LevelsOf(options, utf8.Length);
        return new DataSetJsonReader(utf8, levels <= LevelsOnStack ? stackalloc bool[levels] : new bool[levels], options, findings).ReadOne();
    }

    /// <summary>Reads a JSON array of data sets, as metadata and search results are; a single object counts as an array of
    /// one. The data sets share a buffer.</summary>
    /// <inheritdoc cref="Read"/>
    public static IReadOnlyList<DataSet> ReadArray(ReadOnlySpan<byte> utf8, JsonReadOptions? options = null, ICollection<Finding>? findings = null)
    {
        options ??= JsonReadOptions.Default;
        int levels = DataSetJsonReader.LevelsOf(options, utf8.Length);
        return new DataSetJsonReader(utf8, levels <= LevelsOnStack ? stackalloc bool[levels] : new bool[levels], options, findings).ReadMany();
    }
}
