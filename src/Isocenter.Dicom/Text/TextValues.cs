using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Unicode;

namespace Isocenter.Dicom;

/// <summary>Text values on their way into UTF-8.</summary>
/// <remarks>Most of a header is ASCII: its values are copied from the bytes to the output. Only what is not valid UTF-8
/// already is decoded.</remarks>
internal static class TextValues
{
    public const uint CharacterSetTag = 0x0008_0005;

    /// <summary>The value in UTF-8: itself, or decoded into <paramref name="rented"/>, which the caller returns to the
    /// pool.</summary>
    public static ReadOnlySpan<byte> ToUtf8(DataSet dataSet, ReadOnlySpan<byte> bytes, VR vr, out byte[]? rented)
    {
        rented = null;
        if (IsUtf8Already(dataSet, bytes, vr)) return bytes;
        string text = dataSet.CharacterSet.Decode(bytes, vr);
        rented = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        return rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented));
    }

    public static void Return(byte[]? rented)
    {
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
    }

    /// <summary>There is text that is not ASCII, so that a data set made from the UTF-8 needs a character set.</summary>
    public static bool HasOtherThanAscii(DataSet dataSet)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        foreach (ref readonly var entry in dataSet.Entries)
        {
            if (entry.Attached is ItemList items)
            {
                foreach (var item in items)
                {
                    if (HasOtherThanAscii(item)) return true;
                }
            }
            else if (entry.VR.UsesSpecificCharacterSet() && !dataSet.CharacterSet.IsPlainAscii(dataSet.BytesOf(in entry).Span))
                return true;
        }
        return false;
    }

    /// <summary>One value without its padding.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text, VR vr)
    {
        text = TrimEnd(text);
        int start = 0;
        if ((VRTable.Of(vr) & VRTraits.KeepsLeadingSpaces) == 0)
        {
            while (start < text.Length && text[start] == (byte)' ') start++;
        }
        return text[start..];
    }

    public static ReadOnlySpan<byte> TrimEnd(ReadOnlySpan<byte> text)
    {
        int end = text.Length;
        while (end > 0 && text[end - 1] is (byte)' ' or 0) end--;
        return text[..end];
    }

    /// <summary>Not written inside of a data set of a text model: group lengths (PS3.18 §F.2.2, PS3.19 §A.1.1), File Meta
    /// Information, and the delimiters of the encoding.</summary>
    public static bool IsLeftOut(uint tag) => (ushort)tag == 0 || tag >> 16 == 0x0002 || tag >= 0xFFFE_0000;

    public static bool IsPixelData(uint tag) => tag is 0x7FE0_0008 or 0x7FE0_0009 or 0x7FE0_0010;

    private static bool IsUtf8Already(DataSet dataSet, ReadOnlySpan<byte> bytes, VR vr)
    {
        if (!vr.UsesSpecificCharacterSet()) return Ascii.IsValid(bytes);
        var characterSet = dataSet.CharacterSet;
        return characterSet.IsPlainAscii(bytes) || ReferenceEquals(characterSet, SpecificCharacterSet.Utf8) && Utf8.IsValid(bytes);
    }
}
