using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>Values as the rules compare them: undecoded bytes where that will do, never more than a piece of a value that
/// stayed in its file.</summary>
internal static class ElementValues
{
    /// <summary>Most bytes of a value that are looked at, when it has to be read from a file first.</summary>
    private const int LargestPiece = 64 * 1024;

    /// <summary>The value, or its first 64 KiB when it lies in a file.</summary>
    public static ReadOnlySpan<byte> Bytes(DataElement element)
    {
        if (!element.IsInFile || element.Length <= LargestPiece) return element.Bytes.Span;
        var piece = new byte[LargestPiece];
        return piece.AsSpan(0, element.Read(0, piece));
    }

    /// <summary>The VR by which a value is to be read: where the bytes say UN, that of PS3.6.</summary>
    public static VR VROf(DataElement element) => element.VR != VR.UN || element.Tag.IsPrivate ? element.VR : DataDictionary.VROf(element.Tag);

    /// <summary>How many values; for text, empty ones between backslashes included.</summary>
    public static int Count(DataElement element)
    {
        if (element.IsSequence) return element.Items.Count;
        if (element.Length <= 0) return 0;
        var vr = VROf(element);
        if (!vr.IsText()) return IsOneValue(vr) ? 1 : (int)Math.Min(int.MaxValue, element.Length / ValueReader.SizeOf(vr));
        var bytes = Bytes(element);
        if (!vr.IsMultiValuedText()) return IsBlank(bytes) ? 0 : 1;
        if (vr.UsesSpecificCharacterSet() && !element.DataSet.CharacterSet.IsPlainAscii(bytes))
            return ValueBytes.SplitText(bytes, vr, element.DataSet.CharacterSet).Length;
        int count = bytes.Count((byte)'\\');
        return count > 0 || !IsBlank(bytes) ? count + 1 : 0;
    }

    /// <summary>One value of a text, counted from 1, without the spaces around it. Empty when there is none.</summary>
    public static ReadOnlySpan<byte> TextAt(DataElement element, int value)
    {
        var bytes = Bytes(element);
        for (; value > 1; value--)
        {
            int separator = bytes.IndexOf((byte)'\\');
            if (separator < 0) return default;
            bytes = bytes[(separator + 1)..];
        }
        int end = VROf(element).IsMultiValuedText() ? bytes.IndexOf((byte)'\\') : -1;
        return Trim(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>The value is this text of ASCII characters.</summary>
    public static bool IsText(DataElement element, int value, string wanted)
    {
        if (!VROf(element).IsText()) return false;
        if (wanted.Length == 0 && Count(element) < value) return false;     // empty is not absent
        return EqualsAscii(TextAt(element, value), wanted);
    }

    /// <summary>The bytes are these ASCII characters.</summary>
    public static bool EqualsAscii(ReadOnlySpan<byte> bytes, ReadOnlySpan<char> text)
    {
        if (bytes.Length != text.Length) return false;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != text[i]) return false;
        }
        return true;
    }

    /// <summary>The value as a number, be it text or binary. Values are counted from 1.</summary>
    public static bool TryNumber(DataElement element, int value, out double number)
    {
        number = 0;
        if (element.IsSequence || element.Length <= 0) return false;
        var vr = VROf(element);
        if (!vr.IsText()) return element.VR == vr ? ValueReader.TryRead(element, value - 1, out number) : TryUnknown(element, vr, value, out number);
        return double.TryParse(TextAt(element, value), NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
    }

    /// <summary>One value that is a tag, counted from 1.</summary>
    public static bool TryTag(DataElement element, int value, out Tag tag)
    {
        tag = default;
        if (element.VR == VR.AT) return ValueReader.TryRead(element, value - 1, out tag);
        Span<byte> bytes = stackalloc byte[4];
        if (VROf(element) != VR.AT || element.Read(4L * (value - 1), bytes) != 4) return false;
        tag = new Tag(ValueBytes.UInt16(bytes, big: false), ValueBytes.UInt16(bytes[2..], big: false));
        return true;
    }

    /// <summary>A number under UN is little endian, whatever is around it (PS3.5 §6.2.2).</summary>
    private static bool TryUnknown(DataElement element, VR vr, int value, out double number)
    {
        Span<byte> bytes = stackalloc byte[8];
        bytes = bytes[..Math.Min(8, ValueReader.SizeOf(vr))];
        number = 0;
        if (IsOneValue(vr) || element.Read((value - 1L) * bytes.Length, bytes) != bytes.Length) return false;
        number = vr switch
        {
            VR.US => ValueBytes.UInt16(bytes, big: false),
            VR.SS => (short)ValueBytes.UInt16(bytes, big: false),
            VR.UL => ValueBytes.UInt32(bytes, big: false),
            VR.SL => (int)ValueBytes.UInt32(bytes, big: false),
            VR.UV => ValueBytes.UInt64(bytes, big: false),
            VR.SV => (long)ValueBytes.UInt64(bytes, big: false),
            VR.FL => ValueBytes.Single(bytes, big: false),
            VR.FD => ValueBytes.Double(bytes, big: false),
            _ => double.NaN,
        };
        return double.IsFinite(number);
    }

    /// <summary>All values as numbers, not a number where there is none.</summary>
    public static double[] Numbers(DataElement element)
    {
        var numbers = new double[Math.Min(Count(element), LargestPiece)];
        for (int i = 0; i < numbers.Length; i++) numbers[i] = TryNumber(element, i + 1, out double number) ? number : double.NaN;
        return numbers;
    }

    /// <summary>There is nothing but padding. Such a value is as good as none (PS3.5 §6.2).</summary>
    public static bool IsBlank(ReadOnlySpan<byte> bytes) => bytes.IndexOfAnyExcept((byte)' ', (byte)0) < 0;

    /// <summary>No value, or nothing but padding.</summary>
    public static bool IsEmpty(DataElement element) =>
        element.IsEmpty || VROf(element).IsText() && element.Length < 256 && IsBlank(element.Bytes.Span);

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> bytes)
    {
        int start = bytes.IndexOfAnyExcept((byte)' ', (byte)0);
        return start < 0 ? default : bytes[start..(bytes.LastIndexOfAnyExcept((byte)' ', (byte)0) + 1)];
    }

    /// <summary>Streams of bytes or words are one value (PS3.5 §6.4).</summary>
    public static bool IsOneValue(VR vr) => vr is VR.OB or VR.OD or VR.OF or VR.OL or VR.OV or VR.OW or VR.UN or VR.SQ or VR.None;
}
