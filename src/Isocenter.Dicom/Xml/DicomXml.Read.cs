using System.Xml;

namespace Isocenter.Dicom;

/// <content>Reading.</content>
public static partial class DicomXml
{
    /// <summary>Reads one document as a data set: little endian, text in UTF-8 (ISO_IR 192).</summary>
    /// <param name="xml">The document, in the encoding that it declares. Not referred to afterwards.</param>
    /// <param name="options">Limits, and where bulk data come from.</param>
    /// <param name="findings">Receives what was wrong and could be read all the same.</param>
    /// <exception cref="DicomFormatException">No XML, XML with a document type, or not of the Native DICOM Model: with the
    /// line and the path.</exception>
    public static DataSet Read(ReadOnlyMemory<byte> xml, XmlReadOptions? options = null, ICollection<Finding>? findings = null)
    {
        using var stream = new ReadOnlyMemoryStream(xml);
        return Read(stream, xml.Length, options, findings);
    }

    /// <summary>Reads one document from a stream, to its end.</summary>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <inheritdoc cref="Read(ReadOnlyMemory{byte}, XmlReadOptions?, ICollection{Finding}?)"/>
    public static DataSet Read(Stream xml, XmlReadOptions? options = null, ICollection<Finding>? findings = null)
    {
        ArgumentNullException.ThrowIfNull(xml);
        return Read(xml, 0, options, findings);
    }

    private static DataSet Read(Stream xml, int expectedLength, XmlReadOptions? options, ICollection<Finding>? findings)
    {
        options ??= XmlReadOptions.Default;
        using var input = new XmlInput(xml);
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            // References to control characters are read: some writers make them, and DICOM text may hold them.
            CheckCharacters = false,
            MaxCharactersInDocument = options.MaxCharacters,
            NameTable = new FewNames(),
        };
        using var reader = input.Open(settings);
        return new DataSetXmlReader(reader, input, expectedLength, options, findings).Read();
    }
}
