using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>Writes data sets as aligned lines: tag, VR, length, keyword, value. Items are indented.</summary>
/// <remarks>Plain writes into a buffered writer; nothing here knows a console library, so that it starts fast.</remarks>
internal sealed class Dumper(TextWriter output, bool all, IReadOnlyCollection<Tag> only, bool hasColour)
{
    private const int KeywordWidth = 34;
    private const int LengthWidth = 9;
    private const string Grey = "\e[90m", Blue = "\e[36m", Bold = "\e[1m", Normal = "\e[0m";

    private readonly HashSet<Tag> _only = [.. only];

    /// <summary>The line between files.</summary>
    public void WriteTitle(string path, bool first)
    {
        if (!first) output.WriteLine();
        Coloured(Bold, $"# {path}");
        output.WriteLine();
    }

    /// <summary>Writes File Meta Information and data set.</summary>
    public void Write(DicomFile file)
    {
        WriteElements(file.FileMeta, 0);
        if (file.FileMeta.Count > 0 && _only.Count == 0)
        {
            Coloured(Grey, string.Create(CultureInfo.InvariantCulture, $"# data set from byte {file.DataSetOffset}, {file.TransferSyntax.Name}"));
            output.WriteLine();
        }
        WriteElements(file.DataSet, 0);
    }

    private void WriteElements(DataSet dataSet, int depth)
    {
        foreach (var element in dataSet)
        {
            bool wanted = _only.Count == 0 || _only.Contains(element.Tag);
            if (wanted) WriteLine(element, depth);
            if (!element.IsSequence) continue;
            if (wanted)
            {
                // A sequence that was asked for is shown whole.
                new Dumper(output, all, [], hasColour).WriteItems(element, depth + 1);
            }
            else
            {
                foreach (var item in element.Items) WriteElements(item, depth);
            }
        }
    }

    private void WriteItems(DataElement sequence, int depth)
    {
        int number = 0;
        foreach (var item in sequence.Items)
        {
            number++;
            Indent(depth);
            Coloured(Grey, string.Create(CultureInfo.InvariantCulture, $"item {number}"));
            output.WriteLine();
            foreach (var element in item)
            {
                WriteLine(element, depth + 1);
                if (element.IsSequence) WriteItems(element, depth + 2);
            }
        }
    }

    private void WriteLine(DataElement element, int depth)
    {
        Indent(depth);
        Coloured(Grey, element.Tag.ToString());
        output.Write(' ');
        Coloured(Blue, element.VR.ToText());
        output.Write(' ');
        string length = element.Length < 0 ? "-" : element.Length.ToString(CultureInfo.InvariantCulture);
        Coloured(Grey, length.PadLeft(LengthWidth));
        output.Write("  ");
        string name = NameOf(element);
        Coloured(Bold, name);
        if (element.IsEmpty && !element.IsSequence)
        {
            output.WriteLine();
            return;
        }
        // Values stay in one column however deep the element stands, as long as the name leaves room.
        int used = 2 * depth + name.Length;
        for (int i = used; i < KeywordWidth; i++) output.Write(' ');
        output.Write("  ");
        ValueText.Write(output, element, all);
        output.WriteLine();
    }

    private static string NameOf(DataElement element)
    {
        if (DataDictionary.TryFind(element.Tag, out var entry)) return entry.Keyword;
        if (!element.Tag.IsPrivate) return "?";
        return element.DataSet.TryGet(element.Tag.PrivateCreator, out string? creator) && creator.Length > 0
            ? $"[{ValueText.Printable(creator)}]"
            : "[private]";
    }

    private void Indent(int depth)
    {
        for (int i = 0; i < depth; i++) output.Write("  ");
    }

    private void Coloured(string colour, string text)
    {
        if (!hasColour)
        {
            output.Write(text);
            return;
        }
        output.Write(colour);
        output.Write(text);
        output.Write(Normal);
    }
}
