using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Isocenter.Dicom;

/// <summary>The DICOM JSON Model (PS3.18 Annex F): data sets as JSON objects, and back.</summary>
/// <remarks>Holds no state; safe from many threads. A data set that is written must not change meanwhile.</remarks>
public static partial class DicomJson
{
    /// <summary>Writes one data set as one JSON object, in UTF-8. Group lengths and group 0002 are left out (PS3.18 §F.2.2).</summary>
    /// <param name="dataSet">What to write.</param>
    /// <param name="output">Where to. Nothing is flushed; values are copied in pieces, also those read from a file.</param>
    /// <param name="options">Details.</param>
    /// <exception cref="IOException">A value was left in its file, which cannot be read any more.</exception>
    /// <exception cref="InsufficientExecutionStackException">Sequences nest deeper than this thread's stack can follow;
    /// many thousand levels.</exception>
    public static void Write(DataSet dataSet, IBufferWriter<byte> output, JsonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        ArgumentNullException.ThrowIfNull(output);
        var writer = new DataSetJsonWriter(output, options ?? JsonOptions.Default);
        writer.Write(dataSet);
        writer.Flush();
    }

    /// <summary>Writes data sets as a JSON array, one after the other, as they are asked for.</summary>
    /// <inheritdoc cref="Write(DataSet, IBufferWriter{byte}, JsonOptions?)"/>
    public static void Write(IEnumerable<DataSet> dataSets, IBufferWriter<byte> output, JsonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSets);
        ArgumentNullException.ThrowIfNull(output);
        options ??= JsonOptions.Default;
        output.Write("["u8);
        bool first = true;
        foreach (var dataSet in dataSets)
        {
            if (!first) output.Write(","u8);
            if (options.Indented) output.Write("\n"u8);
            first = false;
            Write(dataSet, output, options);
        }
        if (options.Indented) output.Write("\n"u8);
        output.Write("]"u8);
    }

    /// <summary>Writes one data set to a stream, which gets whole buffers and is not closed.</summary>
    /// <inheritdoc cref="Write(DataSet, IBufferWriter{byte}, JsonOptions?)"/>
    public static void Write(DataSet dataSet, Stream stream, JsonOptions? options = null)
    {
        using var output = new StreamBufferWriter(stream);
        Write(dataSet, output, options);
        output.Flush();
    }

    /// <summary>Writes data sets as a JSON array to a stream, which gets whole buffers and is not closed.</summary>
    /// <inheritdoc cref="Write(DataSet, IBufferWriter{byte}, JsonOptions?)"/>
    public static void Write(IEnumerable<DataSet> dataSets, Stream stream, JsonOptions? options = null)
    {
        using var output = new StreamBufferWriter(stream);
        Write(dataSets, output, options);
        output.Flush();
    }

    /// <summary>Writes one data set as a value of a larger JSON text. <see cref="JsonOptions.Indented"/> counts, not the
    /// setting of <paramref name="writer"/>.</summary>
    /// <inheritdoc cref="Write(DataSet, IBufferWriter{byte}, JsonOptions?)"/>
    public static void Write(DataSet dataSet, Utf8JsonWriter writer, JsonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(writer);
        var buffer = new ArrayBufferWriter<byte>(4096);
        Write(dataSet, buffer, options);
        writer.WriteRawValue(buffer.WrittenSpan, skipInputValidation: true);
    }

    /// <summary>Writes data sets as an array within a larger JSON text.</summary>
    /// <inheritdoc cref="Write(DataSet, Utf8JsonWriter, JsonOptions?)"/>
    public static void Write(IEnumerable<DataSet> dataSets, Utf8JsonWriter writer, JsonOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(dataSets);
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStartArray();
        foreach (var dataSet in dataSets) Write(dataSet, writer, options);
        writer.WriteEndArray();
    }

    /// <summary>One data set as a JSON object in UTF-8.</summary>
    /// <inheritdoc cref="Write(DataSet, IBufferWriter{byte}, JsonOptions?)"/>
    public static byte[] ToUtf8Bytes(DataSet dataSet, JsonOptions? options = null)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        Write(dataSet, buffer, options);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Finds the element that a path of <see cref="BulkDataUri"/> names.</summary>
    /// <returns>False when the path is malformed or leads nowhere.</returns>
    public static bool TryFind(DataSet dataSet, ReadOnlySpan<char> path, out DataElement element)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        element = default;
        while (true)
        {
            if (path.Length < 8 || !uint.TryParse(path[..8], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint tag)) return false;
            if (!dataSet.TryFind(new Tag(tag), out element)) return false;
            path = path[8..];
            if (path.IsEmpty) return true;
            if (path[0] != '/') return false;
            int end = path[1..].IndexOf('/');
            if (end < 0 || !int.TryParse(path.Slice(1, end), NumberStyles.None, CultureInfo.InvariantCulture, out int item)) return false;
            if (item < 1 || item > element.Items.Count) return false;
            dataSet = element.Items[item - 1];
            path = path[(end + 2)..];
        }
    }
}
