using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>Writes differences for people: where, what, and the two values below each other.</summary>
internal sealed class DiffText(Utf8Output output, bool hasColour)
{
    /// <summary>Text up to so many bytes is shown whole: what differs may stand at its end.</summary>
    private const int WholeText = 4096;

    private readonly ValueText _values = new(output, all: false);
    private readonly ValueText _whole = new(output, all: true);

    public void Write(Difference difference)
    {
        switch (difference.Kind)
        {
            case DifferenceKind.OnlyInFirst: WriteOne('-', "\e[31m"u8, difference, difference.First!.Value); break;
            case DifferenceKind.OnlyInSecond: WriteOne('+', "\e[32m"u8, difference, difference.Second!.Value); break;
            default: WriteBoth(difference, difference.First!.Value, difference.Second!.Value); break;
        }
    }

    private void WriteOne(char sign, ReadOnlySpan<byte> colour, Difference difference, DataElement element)
    {
        Colour(colour);
        output.Write(sign);
        output.Write(' ');
        WritePlace(difference, element);
        if (difference.Path.IsItem)
        {
            var item = element.Items[difference.Path.Steps[^1].Item.Number!.Value];
            output.Write("  item of "u8);
            output.Write(item.Count);
            output.Write(item.Count == 1 ? " element"u8 : " elements"u8);
        }
        else
        {
            output.Spaces(2);
            _values.Write(element);
        }
        Colour("\e[0m"u8);
        output.EndLine();
    }

    private void WriteBoth(Difference difference, DataElement first, DataElement second)
    {
        Colour("\e[33m"u8);
        output.Write("~ "u8);
        WritePlace(difference, first);
        if (first.VR != second.VR)
        {
            output.Write(" / "u8);
            output.Write(second.VR.ToText());
        }
        if (!first.VR.IsText() && FirstDifference(first, second) is { } at)
        {
            output.Write("  from byte "u8);
            output.Write(at);
            output.Write(" on"u8);
            if (first.Length != second.Length)
            {
                output.Write(", "u8);
                output.Write(first.Length);
                output.Write(" / "u8);
                output.Write(second.Length);
                output.Write(" bytes"u8);
            }
        }
        Colour("\e[0m"u8);
        output.EndLine();
        WriteValue('-', "\e[31m"u8, first);
        WriteValue('+', "\e[32m"u8, second);
    }

    private void WriteValue(char sign, ReadOnlySpan<byte> colour, DataElement element)
    {
        output.Spaces(4);
        Colour(colour);
        output.Write(sign);
        output.Write(' ');
        (element.VR.IsText() && element.Length <= WholeText ? _whole : _values).Write(element);
        Colour("\e[0m"u8);
        output.EndLine();
    }

    private void WritePlace(Difference difference, DataElement element)
    {
        string tags = difference.Path.ToString(), keywords = difference.Path.ToKeywords();
        output.Write(tags);
        output.Write(' ');
        output.Write(element.VR.ToText());
        if (keywords == tags) return;
        output.Write(' ');
        output.Write(keywords);
    }

    private void Colour(ReadOnlySpan<byte> colour)
    {
        if (hasColour) output.Write(colour);
    }

    /// <summary>The first byte in which long values differ; what is shown of short ones tells enough.</summary>
    private static long? FirstDifference(DataElement first, DataElement second)
    {
        long length = Math.Min(first.Length, second.Length);
        if (length <= 16) return null;
        byte[] one = new byte[32 * 1024], other = new byte[one.Length];
        for (long at = 0; at < length; at += one.Length)
        {
            int n = (int)Math.Min(one.Length, length - at);
            first.Read(at, one.AsSpan(0, n));
            second.Read(at, other.AsSpan(0, n));
            if (first.IsBigEndian) ByteOrder.Swap(one.AsSpan(0, n), first.VR);
            if (second.IsBigEndian) ByteOrder.Swap(other.AsSpan(0, n), second.VR);
            int same = one.AsSpan(0, n).CommonPrefixLength(other.AsSpan(0, n));
            if (same < n) return at + same;
        }
        return length;
    }
}
