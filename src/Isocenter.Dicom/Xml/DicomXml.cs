using System.Buffers;
using System.Text;

namespace Isocenter.Dicom;

/// <summary>The Native DICOM Model (PS3.19 §A.1): data sets as XML, and back.</summary>
/// <remarks>Holds no state; safe from many threads. A data set that is written must not change meanwhile.</remarks>
public static partial class DicomXml
{
    /// <summary>The namespace of its elements (PS3.19 §A.1.6). Readers take any, since not all writers have it.</summary>
    public const string Namespace = "http://dicom.nema.org/PS3.19/models/NativeDICOM";

    /// <summary>The media type of a document in DICOMweb (PS3.18 §8.7.3).</summary>
    public const string MediaType = "application/dicom+xml";

    /// <summary>Writes one data set as one document, in UTF-8. Group lengths and group 0002 are left out.</summary>
    /// <param name="dataSet">What to write.</param>
    /// <param name="output">Where to. Nothing is flushed; values are copied in pieces, also those read from a file.</param>
    /// <param name="options">Details.</param>
    /// <param name="findings">Receives what XML has no place for: text with characters that XML forbids, which goes out as
    /// InlineBinary, and encapsulated Pixel Data, which are left out where they have no address.</param>
    /// <exception cref="IOException">A value was left in its file, which cannot be read any more.</exception>
    /// <exception cref="InsufficientExecutionStackException">Sequences nest deeper than this thread's stack can follow;
    /// many thousand levels.</exception>
    public static void Write(DataSet dataSet, IBufferWriter<byte> output, XmlOptions? options = null, ICollection<Finding>? findings = null)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        ArgumentNullException.ThrowIfNull(output);
        var writer = new DataSetXmlWriter(output, options ?? XmlOptions.Default, findings);
        writer.Write(dataSet);
        writer.Flush();
    }

    /// <summary>Writes one data set to a stream, which gets whole buffers and is not closed.</summary>
    /// <inheritdoc cref="Write(DataSet, IBufferWriter{byte}, XmlOptions?, ICollection{Finding}?)"/>
    public static void Write(DataSet dataSet, Stream stream, XmlOptions? options = null, ICollection<Finding>? findings = null)
    {
        using var output = new StreamBufferWriter(stream);
        Write(dataSet, output, options, findings);
        output.Flush();
    }

    /// <summary>One data set as a document in UTF-8.</summary>
    /// <inheritdoc cref="Write(DataSet, IBufferWriter{byte}, XmlOptions?, ICollection{Finding}?)"/>
    public static byte[] ToUtf8Bytes(DataSet dataSet, XmlOptions? options = null, ICollection<Finding>? findings = null)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        Write(dataSet, buffer, options, findings);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes data sets as the parts of multipart/related; type="application/dicom+xml" (PS3.18 §8.6.1.2), one
    /// document each, one after the other, as they are asked for.</summary>
    /// <param name="dataSets">What to write.</param>
    /// <param name="output">Where to.</param>
    /// <param name="boundary">Stands between the parts; the header of the message names it (RFC 2046 §5.1.1).</param>
    /// <param name="options">Details.</param>
    /// <param name="findings">As for one data set.</param>
    public static void WriteMultipart(IEnumerable<DataSet> dataSets, IBufferWriter<byte> output, string boundary, XmlOptions? options = null,
        ICollection<Finding>? findings = null)
    {
        ArgumentNullException.ThrowIfNull(dataSets);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentException.ThrowIfNullOrEmpty(boundary);
        byte[] delimiter = Encoding.ASCII.GetBytes("--" + boundary);
        foreach (var dataSet in dataSets)
        {
            output.Write(delimiter);
            output.Write("\r\nContent-Type: application/dicom+xml\r\n\r\n"u8);
            Write(dataSet, output, options, findings);
            output.Write("\r\n"u8);
        }
        output.Write(delimiter);
        output.Write("--\r\n"u8);
    }

    /// <summary>Writes data sets as the parts of a multipart message to a stream, which gets whole buffers and is not
    /// closed.</summary>
    /// <inheritdoc cref="WriteMultipart(IEnumerable{DataSet}, IBufferWriter{byte}, string, XmlOptions?, ICollection{Finding}?)"/>
    public static void WriteMultipart(IEnumerable<DataSet> dataSets, Stream stream, string boundary, XmlOptions? options = null,
        ICollection<Finding>? findings = null)
    {
        using var output = new StreamBufferWriter(stream);
        WriteMultipart(dataSets, output, boundary, options, findings);
        output.Flush();
    }
}
