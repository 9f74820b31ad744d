using System.Globalization;

namespace Isocenter.Dicom;

/// <content>Values of any kind, one after the other.</content>
internal ref partial struct DataSetJsonWriter
{
    /// <summary>Integers beyond this are not all doubles; they are written as strings (PS3.18 §F.2.3).</summary>
    private const long LargestExactInteger = 1L << 53;

    /// <summary>Cuts the text at its backslashes and writes the values.</summary>
    private void WriteTexts(scoped ReadOnlySpan<byte> text, VR vr)
    {
        int cut = vr.IsMultiValuedText() ? text.IndexOf((byte)'\\') : -1;
        if (cut < 0)
        {
            var one = TextValues.Trim(text, vr);
            if (one.IsEmpty) return;
            _output.Write(",\"Value\":["u8);
            WriteText(one, vr);
            _output.Write((byte)']');
            return;
        }
        _output.Write(",\"Value\":["u8);
        while (true)
        {
            WriteText(TextValues.Trim(cut < 0 ? text : text[..cut], vr), vr);
            if (cut < 0) break;
            _output.Write((byte)',');
            text = text[(cut + 1)..];
            cut = text.IndexOf((byte)'\\');
        }
        _output.Write((byte)']');
    }

    private void WriteText(scoped ReadOnlySpan<byte> value, VR vr)
    {
        if (value.IsEmpty)
            _output.Write("null"u8);              // §F.2.5
        else if (vr == VR.PN)
            WritePersonName(value);
        else if (vr is VR.DS or VR.IS && JsonDecimal.TryFormat(value, _output.Reserve(JsonDecimal.MaxLength), out int written))
            _output.Advance(written);
        else
            _output.WriteString(value);
    }

    private void WritePersonName(scoped ReadOnlySpan<byte> name)
    {
        _output.Write((byte)'{');
        bool first = true;
        for (int group = 0; group < 3; group++)
        {
            int cut = group < 2 ? name.IndexOf((byte)'=') : -1;
            var text = (cut < 0 ? name : name[..cut]).TrimEnd((byte)' ');
            if (!text.IsEmpty)
            {
                if (!first) _output.Write((byte)',');
                first = false;
                _output.Write(group switch { 0 => "\"Alphabetic\":"u8, 1 => "\"Ideographic\":"u8, _ => "\"Phonetic\":"u8 });
                _output.WriteString(text);
            }
            if (cut < 0) break;
            name = name[(cut + 1)..];
        }
        _output.Write((byte)'}');
    }

    private void WriteNumbers(scoped ReadOnlySpan<byte> bytes, VR vr, bool big)
    {
        int size = ValueReader.SizeOf(vr);
        if (bytes.Length < size) return;
        _output.Write(",\"Value\":["u8);
        for (bool first = true; bytes.Length >= size; bytes = bytes[size..], first = false)
        {
            if (!first) _output.Write((byte)',');
            var place = _output.Reserve(40);
            int n;
            switch (vr)
            {
                case VR.US: ValueBytes.UInt16(bytes, big).TryFormat(place, out n, default, CultureInfo.InvariantCulture); break;
                case VR.SS: ((short)ValueBytes.UInt16(bytes, big)).TryFormat(place, out n, default, CultureInfo.InvariantCulture); break;
                case VR.UL: ValueBytes.UInt32(bytes, big).TryFormat(place, out n, default, CultureInfo.InvariantCulture); break;
                case VR.SL: ((int)ValueBytes.UInt32(bytes, big)).TryFormat(place, out n, default, CultureInfo.InvariantCulture); break;
                case VR.UV: n = Exact(ValueBytes.UInt64(bytes, big), place); break;
                case VR.SV: n = Exact((long)ValueBytes.UInt64(bytes, big), place); break;
                case VR.FL: n = Real(ValueBytes.Single(bytes, big), place); break;
                case VR.FD: n = Real(ValueBytes.Double(bytes, big), place); break;
                default:
                    place[0] = place[9] = (byte)'"';
                    TagDigits.Write((uint)ValueBytes.UInt16(bytes, big) << 16 | ValueBytes.UInt16(bytes[2..], big), place[1..]);
                    n = 10;
                    break;
            }
            _output.Advance(n);
        }
        _output.Write((byte)']');
    }

    private static int Exact(Int128 value, Span<byte> place)
    {
        bool exact = Int128.Abs(value) <= LargestExactInteger;
        if (!exact) place[0] = (byte)'"';
        value.TryFormat(exact ? place : place[1..], out int n, default, CultureInfo.InvariantCulture);
        if (exact) return n;
        place[n + 1] = (byte)'"';
        return n + 2;
    }

    /// <summary>The shortest number that reads back as the same float. What JSON has no number for is a string, spelt so
    /// that the parsers of JavaScript, Java, Python, C and .NET take it alike; PS3.18 says nothing.</summary>
    private static int Real(float value, Span<byte> place)
    {
        if (!float.IsFinite(value)) return NotFinite(value, place);
        if (DecimalTexts.TryFormat(value, place, out int n)) return n;
        value.TryFormat(place, out n, default, CultureInfo.InvariantCulture);
        return n;
    }

    private static int Real(double value, Span<byte> place)
    {
        if (!double.IsFinite(value)) return NotFinite(value, place);
        if (DecimalTexts.TryFormat(value, place, out int n)) return n;
        value.TryFormat(place, out n, default, CultureInfo.InvariantCulture);
        return n;
    }

    private static int NotFinite(double value, Span<byte> place)
    {
        var text = double.IsNaN(value) ? "\"NaN\""u8 : value > 0 ? "\"Infinity\""u8 : "\"-Infinity\""u8;
        text.CopyTo(place);
        return text.Length;
    }
}
