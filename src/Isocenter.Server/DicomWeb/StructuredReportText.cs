using System.Globalization;
using System.Net;
using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Server.DicomWeb;

/// <summary>A structured report as text to read (PS3.3 §C.17.3): its title, its content tree, whole and in order.</summary>
internal static class StructuredReportText
{
    private const int MaxDepth = 64;

    public static bool IsReport(DataSet dataSet) => dataSet.Contains(Tags.ContentSequence) && dataSet.Contains(Tags.ValueType)
        || dataSet.Get(Tags.SOPClassUID, "").StartsWith("1.2.840.10008.5.1.4.1.1.88.", StringComparison.Ordinal);

    /// <summary>Writes it.</summary>
    /// <param name="report">The report.</param>
    /// <param name="isHtml">HTML that is XML too; else plain text.</param>
    /// <param name="isXml">It is to be read as XML.</param>
    public static byte[] Write(DataSet report, bool isHtml, bool isXml = false)
    {
        var text = new StringBuilder();
        string title = Name(report, "Structured report");
        if (isHtml)
        {
            string begin = isXml ? "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<html xmlns=\"http://www.w3.org/1999/xhtml\">" : "<!DOCTYPE html>\n<html>";
            text.Append(CultureInfo.InvariantCulture, $"{begin}<head><meta charset=\"utf-8\"/><title>{Encode(title)}</title></head><body>\n<h1>{Encode(title)}</h1>\n");
            text.Append(CultureInfo.InvariantCulture, $"<p>{Encode(Flags(report))}</p>\n");
        }
        else text.Append(title).Append('\n').Append(Flags(report)).Append("\n\n");
        WriteItems(text, report, isHtml, 0);
        if (isHtml) text.Append("</body></html>\n");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteItems(StringBuilder text, DataSet parent, bool isHtml, int depth)
    {
        var items = parent.GetAll<DataSet>(Tags.ContentSequence);
        if (items.Count == 0 || depth > MaxDepth) return;
        if (isHtml) text.Append("<ul>\n");
        foreach (var item in items)
        {
            string name = Name(item, ""), value = Value(item);
            string line = name.Length > 0 && value.Length > 0 ? $"{name}: {value}" : name + value;
            if (isHtml) text.Append("<li>").Append(Encode(line).Replace("\n", "<br/>", StringComparison.Ordinal)).Append('\n');
            else text.Append(' ', 2 * depth).Append(line).Append('\n');
            WriteItems(text, item, isHtml, depth + 1);
            if (isHtml) text.Append("</li>\n");
        }
        if (isHtml) text.Append("</ul>\n");
    }

    private static string Flags(DataSet report) => string.Join(", ", new[] { report.Get(Tags.CompletionFlag, ""), report.Get(Tags.VerificationFlag, "") }.Where(flag => flag.Length > 0));

    private static string Name(DataSet item, string otherwise) =>
        item.TryGet(Tags.ConceptNameCodeSequence, out DataSet? code) ? code.Get(Tags.CodeMeaning, otherwise) : otherwise;

    private static string Value(DataSet item) => item.Get(Tags.ValueType, "") switch
    {
        "TEXT" => Text(item, Tags.TextValue),
        "NUM" => Number(item),
        "CODE" => item.TryGet(Tags.ConceptCodeSequence, out DataSet? code) ? code.Get(Tags.CodeMeaning, "") : "",
        "PNAME" => Text(item, Tags.PersonName).Replace('^', ' '),
        "DATE" => Text(item, Tags.Date),
        "TIME" => Text(item, Tags.Time),
        "DATETIME" => Text(item, Tags.DateTime),
        "UIDREF" => Text(item, Tags.UID),
        "IMAGE" or "COMPOSITE" or "WAVEFORM" => item.TryGet(Tags.ReferencedSOPSequence, out DataSet? reference) ? Text(reference, Tags.ReferencedSOPInstanceUID) : "",
        _ => "",
    };

    private static string Number(DataSet item)
    {
        if (!item.TryGet(Tags.MeasuredValueSequence, out DataSet? measured)) return "";
        string unit = measured.TryGet(Tags.MeasurementUnitsCodeSequence, out DataSet? code) ? code.Get(Tags.CodeValue, "") : "";
        return $"{Text(measured, Tags.NumericValue)} {unit}".Trim();
    }

    private static string Text(DataSet item, Tag tag) => item.TryFind(tag, out var element) ? element.Text.Replace("\r\n", "\n", StringComparison.Ordinal).Trim() : "";

    // XML has no place for control characters, whatever they are written as.
    private static string Encode(string text) => WebUtility.HtmlEncode(string.Concat(text.Where(c => c >= ' ' || c is '\n' or '\t')));
}
