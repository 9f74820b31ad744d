using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>A Data Element Tag: group and element number (PS3.5 §7.1.1).</summary>
/// <param name="Value">Group in the high, element in the low 16 bits, as the standard orders data sets.</param>
public readonly record struct Tag(uint Value) : IComparable<Tag>, ISpanParsable<Tag>
{
    /// <summary>Makes a tag of its two halves.</summary>
    public Tag(ushort group, ushort element) : this((uint)group << 16 | element)
    {
    }

    /// <summary>The group number.</summary>
    public ushort Group => (ushort)(Value >> 16);

    /// <summary>The element number within the group.</summary>
    public ushort Element => (ushort)Value;

    /// <summary>Odd groups are private (PS3.5 §7.8).</summary>
    public bool IsPrivate => (Group & 1) != 0;

    /// <summary>(gggg,0010–00FF) of an odd group reserves a block of private elements (PS3.5 §7.8.1).</summary>
    public bool IsPrivateCreator => IsPrivate && Element is >= 0x0010 and <= 0x00FF;

    /// <summary>For an element of a private block, the tag of the element that names the block's creator.</summary>
    public Tag PrivateCreator => new(Group, (ushort)(Element >> 8));

    /// <summary>(gggg,0000), the retired length of a group (PS3.5 §7.2).</summary>
    public bool IsGroupLength => Element == 0;

    /// <inheritdoc/>
    public int CompareTo(Tag other) => Value.CompareTo(other.Value);

    /// <summary>Order as in a data set.</summary>
    public static bool operator <(Tag a, Tag b) => a.Value < b.Value;

    /// <summary>Order as in a data set.</summary>
    public static bool operator >(Tag a, Tag b) => a.Value > b.Value;

    /// <summary>Order as in a data set.</summary>
    public static bool operator <=(Tag a, Tag b) => a.Value <= b.Value;

    /// <summary>Order as in a data set.</summary>
    public static bool operator >=(Tag a, Tag b) => a.Value >= b.Value;

    /// <summary>As the standard prints it: (0010,0020).</summary>
    public override string ToString() => $"({Group:X4},{Element:X4})";

    /// <summary>Eight hexadecimal digits without punctuation, the key of the DICOM JSON Model (PS3.18 §F.2.2).</summary>
    public string ToHex() => Value.ToString("X8", CultureInfo.InvariantCulture);

    /// <summary>Reads 00100020, (0010,0020), 0010,0020 or a PS3.6 keyword.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, IFormatProvider? provider, out Tag tag)
    {
        tag = default;
        text = text.Trim();
        if (text.Length >= 2 && text[0] == '(' && text[^1] == ')') text = text[1..^1];
        if (text.Length == 9 && text[4] == ',')
        {
            if (!TryHex(text[..4], out uint group) || !TryHex(text[5..], out uint element)) return false;
            tag = new Tag(group << 16 | element);
            return true;
        }
        if (text.Length == 8 && TryHex(text, out uint value))
        {
            tag = new Tag(value);
            return true;
        }
        if (!DataDictionary.TryFind(text, out var entry)) return false;
        tag = entry.Tag;
        return true;
    }

    /// <inheritdoc cref="TryParse(ReadOnlySpan{char}, IFormatProvider?, out Tag)"/>
    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, out Tag tag) =>
        TryParse(text.AsSpan(), provider, out tag);

    /// <summary>Reads 00100020, (0010,0020), 0010,0020 or a PS3.6 keyword.</summary>
    /// <exception cref="FormatException">It is none of them.</exception>
    public static Tag Parse(ReadOnlySpan<char> text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var tag)
            ? tag
            : throw new FormatException($"'{text}' is neither a tag such as 0010,0020 nor a keyword such as PatientID");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static Tag Parse(string text, IFormatProvider? provider = null) => Parse(text.AsSpan(), provider);

    private static bool TryHex(ReadOnlySpan<char> text, out uint value) =>
        uint.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
}
