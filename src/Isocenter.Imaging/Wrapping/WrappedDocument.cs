using System.Buffers.Binary;
using System.Text;
using System.Xml;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Documents as Encapsulated PDF, CDA and STL (PS3.3 §A.45.1, §A.45.2, §A.85.1, §C.24.2), byte by byte.</summary>
internal abstract record WrappedDocument(string SopClass, string Modality, string MediaType)
{
    private const int LongestHead = 1024, BinaryStlHeader = 84, BinaryStlTriangle = 50;
    private const string ClinicalDocument = "urn:hl7-org:v3";

    /// <summary>Null: it is no document that is known.</summary>
    public static WrappedDocument? Identify(ReadOnlySpan<byte> file)
    {
        if (file[..Math.Min(LongestHead, file.Length)].IndexOf("%PDF-"u8) >= 0) return new Pdf();
        if (IsStl(file)) return new Stl();
        return LooksLikeXml(file) ? Cda.TryRead(file) : null;
    }

    /// <summary>Binary: 80 bytes, the number of triangles, and exactly so many; or text that begins with solid.</summary>
    private static bool IsStl(ReadOnlySpan<byte> file) =>
        file.Length >= BinaryStlHeader && BinaryPrimitives.ReadUInt32LittleEndian(file[80..]) is > 0 and var triangles && BinaryStlHeader + (long)BinaryStlTriangle * triangles == file.Length
        || file.StartsWith("solid"u8) && file[..Math.Min(LongestHead, file.Length)].IndexOf("facet"u8) > 0;

    /// <summary>A byte order mark, or the first character of a tag.</summary>
    private static bool LooksLikeXml(ReadOnlySpan<byte> file) =>
        file.StartsWith<byte>([0xFE, 0xFF]) || file.StartsWith<byte>([0xFF, 0xFE]) || file.StartsWith<byte>([0xEF, 0xBB, 0xBF])
        || file.IndexOfAnyExcept(" \t\r\n"u8) is >= 0 and var first && file[first] == '<';

    public DicomFile Wrap(ReadOnlyMemory<byte> file, CommonModules modules)
    {
        var dataSet = modules.Begin(SopClass, Modality, ConversionType);
        dataSet
            .Set<string>(Tags.AcquisitionDateTime)
            .Set<DataSet>(Tags.ConceptNameCodeSequence)
            .Set(Tags.MIMETypeOfEncapsulatedDocument, MediaType)
            .SetBytes(Tags.EncapsulatedDocument, VR.OB, file.Span)
            .Set(Tags.EncapsulatedDocumentLength, file.Length);
        CommonModules.SetText(dataSet, Tags.DocumentTitle, modules.TitleOr(Title), 1024);
        Complete(dataSet);
        return new DicomFile(dataSet, TransferSyntax.ExplicitVRLittleEndian);
    }

    protected virtual string Title => "";

    protected virtual string? ConversionType => "WSD";

    protected virtual void Complete(DataSet dataSet)
    {
    }

    private static DataSet Code(string value, string scheme, string meaning) =>
        new DataSet().Set(Tags.CodeValue, value).Set(Tags.CodingSchemeDesignator, scheme).Set(Tags.CodeMeaning, meaning);

    private sealed record Pdf() : WrappedDocument(SopClasses.EncapsulatedPDFStorage, "DOC", "application/pdf");

    /// <summary>A model for manufacturing (PS3.3 §C.35.1): in millimetres, as nearly all STL files are; the file does not say.</summary>
    private sealed record Stl() : WrappedDocument(SopClasses.EncapsulatedSTLStorage, "M3D", "model/stl")
    {
        protected override string? ConversionType => null;

        protected override void Complete(DataSet dataSet) => dataSet
            .Set(Tags.FrameOfReferenceUID, Uid.New().Value)
            .Set<string>(Tags.PositionReferenceIndicator)
            .Set(Tags.MeasurementUnitsCodeSequence, Code("mm", "UCUM", "mm"))
            .Set(Tags.ModelModification, "NO")
            .Set(Tags.ModelMirroring, "NO");
    }

    /// <summary>Title and identifier stand in the document (HL7 CDA R2): root and extension of id (PS3.3 §C.24.2).</summary>
    private sealed record Cda(string OwnTitle, string Identifier) : WrappedDocument(SopClasses.EncapsulatedCDAStorage, "DOC", "text/XML")
    {
        private const int LongestText = 1 << 20;

        protected override string Title => OwnTitle;

        protected override void Complete(DataSet dataSet) => CommonModules.SetText(dataSet, Tags.HL7InstanceIdentifier, Identifier, 65535);

        public static Cda? TryRead(ReadOnlySpan<byte> file)
        {
            var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, IgnoreComments = true };
            try
            {
                using var reader = XmlReader.Create(new MemoryStream(file.ToArray(), writable: false), settings);
                if (reader.MoveToContent() != XmlNodeType.Element || reader.LocalName != "ClinicalDocument" || reader.NamespaceURI != ClinicalDocument) return null;
                string? title = null, identifier = null;
                while (reader.Read() && (title is null || identifier is null))
                {
                    if (reader.Depth != 1 || reader.NodeType != XmlNodeType.Element) continue;
                    if (reader.LocalName == "id" && identifier is null)
                        identifier = reader.GetAttribute("extension") is { Length: > 0 } extension ? $"{reader.GetAttribute("root")}^{extension}" : reader.GetAttribute("root");
                    else if (reader.LocalName == "title") title = TextOf(reader.ReadSubtree());
                    else if (reader.LocalName is "component" or "structuredBody") break;
                }
                if (string.IsNullOrEmpty(identifier)) throw new PixelDataException(PixelDataProblem.Contradiction, "the clinical document has no id, which it must have (HL7 CDA R2 §4.2.1)");
                return new Cda(title ?? "", identifier);
            }
            catch (XmlException)
            {
                return null;
            }
        }

        private static string TextOf(XmlReader element)
        {
            var text = new StringBuilder();
            while (element.Read() && text.Length < LongestText)
                if (element.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace) text.Append(element.Value);
            return text.ToString();
        }
    }
}
