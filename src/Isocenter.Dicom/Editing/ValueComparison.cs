using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>Whether two elements that are no sequences say the same.</summary>
internal static class ValueComparison
{
    private const int Piece = 32 * 1024;       // whole units of any VR

    /// <summary>Compares two elements of the same tag.</summary>
    /// <returns>Null when they are equal.</returns>
    public static DifferenceKind? Compare(DataElement first, DataElement second, bool bytes)
    {
        if (first.IsSequence || second.IsSequence)
            return !bytes && first.IsEmpty && second.IsEmpty ? null : DifferenceKind.VR;
        if (first.Fragments is { } some && second.Fragments is { } others)
            return AreEqual(some, others, bytes) ? null : DifferenceKind.Value;
        if (first.Fragments is not null || second.Fragments is not null) return DifferenceKind.Value;
        if (bytes) return first.VR != second.VR ? DifferenceKind.VR : AreBytesEqual(first, second, isText: false) ? null : DifferenceKind.Value;
        if (first.IsEmpty && second.IsEmpty) return null;
        if (first.VR == second.VR)
            return (first.VR.IsText() ? AreTextsEqual(first, second) : AreBytesEqual(first, second, isText: false)) ? null : DifferenceKind.Value;
        bool isText = first.VR.IsText() || second.VR.IsText();
        bool mayDiffer = first.VR == VR.UN || second.VR == VR.UN || DataDictionary.IsAmbiguous(first.Tag);
        if (first.VR.IsText() && second.VR.IsText()) return AreTextsEqual(first, second) ? DifferenceKind.VR : DifferenceKind.Value;
        return !AreBytesEqual(first, second, isText) ? DifferenceKind.Value : mayDiffer ? null : DifferenceKind.VR;
    }

    private static bool AreTextsEqual(DataElement first, DataElement second)
    {
        // The usual case: the same bytes in the same character set.
        if (first.Length == second.Length && ReferenceEquals(first.DataSet.CharacterSet, second.DataSet.CharacterSet)
            && first.Bytes.Span.SequenceEqual(second.Bytes.Span)) return true;
        var some = ValueReader.ReadAll<string>(first);
        var others = ValueReader.ReadAll<string>(second);
        if (some.Count != others.Count) return false;
        for (int i = 0; i < some.Count; i++)
        {
            if (some[i] != others[i] && !IsSameMeaning(some[i], others[i], first.VR)) return false;
        }
        return true;
    }

    private static bool IsSameMeaning(string a, string b, VR vr)
    {
        const NumberStyles Number = NumberStyles.Float;
        var culture = CultureInfo.InvariantCulture;
        return vr switch
        {
            VR.IS or VR.DS => decimal.TryParse(a, Number, culture, out decimal one) && decimal.TryParse(b, Number, culture, out decimal other) ? one == other
                : double.TryParse(a, Number, culture, out double d) && double.TryParse(b, Number, culture, out double e) && d == e,
            VR.DA => DateTimeText.TryParseDate(a, out var day) && DateTimeText.TryParseDate(b, out var otherDay) && day == otherDay,
            // 1030 is less exact than 103000, and another statement.
            VR.TM => a.Length == b.Length + 2 * (a.Contains(':') ? 1 : 0) - 2 * (b.Contains(':') ? 1 : 0)
                && DateTimeText.TryParseTime(a, out var time) && DateTimeText.TryParseTime(b, out var otherTime) && time == otherTime,
            VR.PN => PersonName.Parse(a) == PersonName.Parse(b),
            _ => false,
        };
    }

    /// <summary>The same bytes once both are little endian. One that lacks the last byte of padding is no other value.</summary>
    private static bool AreBytesEqual(DataElement first, DataElement second, bool isText)
    {
        long length = Math.Min(first.Length, second.Length);
        if (Math.Max(first.Length, second.Length) - length > 1) return false;
        byte[] one = new byte[Math.Min(Piece, Math.Max(first.Length, 1))], other = new byte[one.Length];
        for (long at = 0; at < length;)
        {
            int n = (int)Math.Min(one.Length, length - at);
            Read(first, at, one.AsSpan(0, n));
            Read(second, at, other.AsSpan(0, n));
            if (!one.AsSpan(0, n).SequenceEqual(other.AsSpan(0, n)))
            {
                // Text that was read without its VR: only the padding may differ.
                return isText && at == 0 && n == length && one.AsSpan(0, n).TrimEnd(" \0"u8).SequenceEqual(other.AsSpan(0, n).TrimEnd(" \0"u8));
            }
            at += n;
        }
        if (first.Length == second.Length) return true;
        Span<byte> rest = stackalloc byte[1];
        Read(first.Length > second.Length ? first : second, length, rest);
        return rest[0] is 0 or (byte)' ';
    }

    private static void Read(DataElement element, long at, Span<byte> bytes)
    {
        element.Read(at, bytes);
        if (element.IsBigEndian) ValueBytes.Swap(bytes, element.VR);
    }

    private static bool AreEqual(Fragments first, Fragments second, bool bytes)
    {
        if (bytes)
        {
            if (first.Count != second.Count || !first.BasicOffsetTable.Span.SequenceEqual(second.BasicOffsetTable.Span)) return false;
            for (int i = 0; i < first.Count; i++)
            {
                if (first.Items[i].Length != second.Items[i].Length) return false;
            }
        }
        if (first.Length != second.Length) return false;
        var one = new FragmentCursor(first);
        var other = new FragmentCursor(second);
        byte[] some = new byte[Piece], others = new byte[Piece];
        while (true)
        {
            int n = one.Read(some);
            if (other.Read(others) != n || !some.AsSpan(0, n).SequenceEqual(others.AsSpan(0, n))) return false;
            if (n == 0) return true;
        }
    }

    /// <summary>Reads fragments as if they were one.</summary>
    private struct FragmentCursor(Fragments fragments)
    {
        private int _index;
        private long _offset;

        public int Read(Span<byte> destination)
        {
            int read = 0;
            while (read < destination.Length && _index < fragments.Count)
            {
                long left = fragments.Items[_index].Length - _offset;
                int n = (int)Math.Min(left, destination.Length - read);
                if (n > 0) fragments.Read(_index, _offset, destination.Slice(read, n));
                read += n;
                _offset += n;
                if (_offset < fragments.Items[_index].Length) continue;
                _index++;
                _offset = 0;
            }
            return read;
        }
    }
}
