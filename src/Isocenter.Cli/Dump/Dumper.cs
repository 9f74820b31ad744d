using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>What of a file is dumped, and how.</summary>
/// <param name="All">Values whole, and each fragment.</param>
/// <param name="Only">Only these elements; all when empty.</param>
/// <param name="HasColour">With colour codes.</param>
internal sealed record DumpOptions(bool All, IReadOnlyList<ElementPath> Only, bool HasColour);

/// <summary>Writes data sets as aligned lines: tag, VR, length, keyword, value. Items are indented.</summary>
/// <remarks>Plain writes into one buffer; nothing here knows a console library, so that it starts fast.</remarks>
internal sealed class Dumper(Utf8Output output, DumpOptions options)
{
    private const int KeywordWidth = 34;
    private const int LengthWidth = 9;

    private readonly ValueText _values = new(output, options.All);

    private static ReadOnlySpan<byte> Grey => "\e[90m"u8;
    private static ReadOnlySpan<byte> Blue => "\e[36m"u8;
    private static ReadOnlySpan<byte> Bold => "\e[1m"u8;
    private static ReadOnlySpan<byte> Normal => "\e[0m"u8;

    /// <summary>The line between files.</summary>
    public void WriteTitle(string path, bool first)
    {
        if (!first) output.EndLine();
        Coloured(Bold, $"# {Printable.Of(path)}");
        output.EndLine();
    }

    /// <summary>Writes File Meta Information and data set.</summary>
    public void Write(DicomFile file)
    {
        if (options.Only.Count > 0)
        {
            foreach (var path in options.Only)
            {
                WriteSelected(file.FileMeta, path);
                WriteSelected(file.DataSet, path);
            }
            return;
        }
        WriteElements(file.FileMeta, 0);
        if (file.FileMeta.Count > 0)
        {
            Coloured(Grey, string.Create(CultureInfo.InvariantCulture, $"# data set from byte {file.DataSetOffset}, {Printable.Of(file.TransferSyntax.Name)}"));
            output.EndLine();
        }
        WriteElements(file.DataSet, 0);
    }

    /// <summary>A path of one step means the element at any depth, a longer one the place it says.</summary>
    private void WriteSelected(DataSet dataSet, ElementPath path)
    {
        if (path.IsItem)
        {
            foreach (var item in dataSet.SelectItems(path)) WriteElements(item, 0);
            return;
        }
        if (path.Steps.Length > 1)
        {
            foreach (var element in dataSet.Select(path)) WriteSelected(element, ElementPath.Of(element));
            return;
        }
        foreach (var at in dataSet.Walk(goesInto: element => !IsMeant(element, path.Steps[0])))
        {
            if (IsMeant(at.Element, path.Steps[0])) WriteSelected(at.Element, at.Depth == 0 ? null : at.Path);
        }
    }

    private static bool IsMeant(DataElement element, PathStep step) => step.TryResolve(element.DataSet, out var tag) && tag == element.Tag;

    private void WriteSelected(DataElement element, ElementPath? path)
    {
        WriteLine(element, 0, path);
        WriteInside(element, 1);
    }

    private void WriteElements(DataSet dataSet, int depth)
    {
        foreach (var element in dataSet)
        {
            WriteLine(element, depth);
            WriteInside(element, depth + 1);
        }
    }

    /// <summary>The items or fragments of an element.</summary>
    private void WriteInside(DataElement element, int depth)
    {
        if (element.Fragments is { } fragments && options.All) _values.WriteFragments(fragments, () => output.Spaces(2 * depth));
        var items = element.Items;
        for (int i = 0; i < items.Count; i++)
        {
            output.Spaces(2 * depth);
            if (options.HasColour) output.Write(Grey);
            output.Write("item ["u8);
            output.Write(i);
            output.Write(']');
            if (options.HasColour) output.Write(Normal);
            output.EndLine();
            WriteElements(items[i], depth + 1);
        }
    }

    private void WriteLine(DataElement element, int depth, ElementPath? path = null)
    {
        output.Spaces(2 * depth);
        if (options.HasColour) output.Write(Grey);
        if (path is null) WriteTag(element.Tag);
        else output.Write(Printable.Of(path.ToString()));
        if (options.HasColour) output.Write(Normal);
        output.Write(' ');
        var vr = element.VR;
        if (options.HasColour) output.Write(Blue);
        output.Write(vr == VR.None ? '-' : (char)((ushort)vr >> 8));
        output.Write(vr == VR.None ? '-' : (char)((ushort)vr & 0xFF));
        if (options.HasColour) output.Write(Normal);
        WriteLength(element.Length);
        output.Spaces(2);
        if (options.HasColour) output.Write(Bold);
        int name = WriteName(element);
        if (options.HasColour) output.Write(Normal);
        if (!element.IsEmpty || element.IsSequence)
        {
            // Values stay in one column however deep the element stands, as long as the name leaves room.
            output.Spaces(KeywordWidth - 2 * depth - name);
            output.Spaces(2);
            _values.Write(element);
        }
        output.EndLine();
    }

    private void WriteTag(Tag tag)
    {
        output.Write('(');
        output.WriteHex(tag.Group, 4);
        output.Write(',');
        output.WriteHex(tag.Element, 4);
        output.Write(')');
    }

    private void WriteLength(long length)
    {
        if (options.HasColour) output.Write(Grey);
        int digits = 1;
        for (long rest = length; rest >= 10; rest /= 10) digits++;
        output.Spaces(1 + LengthWidth - digits);
        if (length < 0) output.Write('-');
        else output.Write(length);
        if (options.HasColour) output.Write(Normal);
    }

    /// <returns>How many characters it took.</returns>
    private int WriteName(DataElement element)
    {
        var tag = element.Tag;
        if (tag.IsPrivate && !tag.IsPrivateCreator && !tag.IsGroupLength) return WritePrivateName(element);
        var keyword = DataDictionary.Utf8KeywordOf(tag);
        if (keyword.IsEmpty) keyword = tag.IsPrivateCreator ? "PrivateCreator"u8 : tag.IsGroupLength ? "GenericGroupLength"u8 : "?"u8;
        output.Write(keyword);
        return keyword.Length;
    }

    private int WritePrivateName(DataElement element)
    {
        if (element.DataSet.PrivateCreatorOf(element.Tag) is not { Length: > 0 } creator)
        {
            output.Write("[private]"u8);
            return 9;
        }
        string name = $"[{Printable.Of(creator)}]";
        if (PrivateDictionary.TryFind(creator, element.Tag, out var entry) && entry.Name is not ("" or "Unknown" or "?")) name += $" {Printable.Of(entry.Name)}";
        output.Write(name);
        return name.Length;
    }

    private void Coloured(ReadOnlySpan<byte> colour, string text)
    {
        if (options.HasColour) output.Write(colour);
        output.Write(text);
        if (options.HasColour) output.Write(Normal);
    }
}
