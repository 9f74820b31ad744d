using System.Globalization;

namespace Isocenter.Dicom;

/// <content>Whole attributes in one step, where the value is ordinary ASCII: no quotation mark, no control character, no
/// escape sequence. Such bytes are the same in every character set, in UTF-8 and in JSON.</content>
internal ref partial struct DataSetJsonWriter
{
    /// <summary>Longest text that is written in one step.</summary>
    private const int PlainText = 1024;

    /// <summary>Longest run of decimal numbers that is copied in one step.</summary>
    private const int PlainDecimals = 64 * 1024;

    /// <summary>Writes the attribute, or nothing where that takes more than one step.</summary>
    private bool TryWritePlain(uint tag, VR vr, scoped ReadOnlySpan<byte> value, bool bigEndian, bool first)
    {
        var traits = VRTable.Of(vr);
        if (vr == VR.US && value.Length == 2)
        {
            WriteNumber(tag, vr, ValueBytes.UInt16(value, bigEndian), first);
            return true;
        }
        if ((traits & VRTraits.Text) == 0) return false;
        value = TextValues.TrimEnd(value);
        if (vr is VR.DS or VR.IS) return TryWriteDecimals(tag, vr, value, first);
        if (value.Length > PlainText) return false;

        int cut = value.IndexOfAnyExcept(JsonStrings.Plain);
        if (cut >= 0 && ((traits & VRTraits.MultiValuedText) == 0 || value[cut..].ContainsAnyExcept(JsonStrings.PlainOrBackslash))) return false;
        if (vr == VR.PN) return cut < 0 && TryWriteName(tag, value, first);
        bool trims = (traits & VRTraits.KeepsLeadingSpaces) == 0;
        if (cut >= 0) WriteMany(tag, vr, value, cut, trims, first);
        else WriteOne(tag, vr, trims ? value.TrimStart((byte)' ') : value, first);
        return true;
    }

    private void WriteNumber(uint tag, VR vr, uint value, bool first)
    {
        var place = _output.Reserve(HeadLength + 24);
        int at = PutHead(place, tag, vr, first);
        ",\"Value\":["u8.CopyTo(place[at..]);
        at += 10;
        value.TryFormat(place[at..], out int n, default, CultureInfo.InvariantCulture);
        at += n;
        place[at++] = (byte)']';
        place[at++] = (byte)'}';
        _output.Advance(at);
    }

    private void WriteOne(uint tag, VR vr, scoped ReadOnlySpan<byte> value, bool first)
    {
        var place = _output.Reserve(HeadLength + 14 + value.Length);
        int at = PutHead(place, tag, vr, first);
        if (!value.IsEmpty)
        {
            ",\"Value\":[\""u8.CopyTo(place[at..]);
            at += 11;
            value.CopyTo(place[at..]);
            at += value.Length;
            place[at++] = (byte)'"';
            place[at++] = (byte)']';
        }
        place[at++] = (byte)'}';
        _output.Advance(at);
    }

    private void WriteMany(uint tag, VR vr, scoped ReadOnlySpan<byte> value, int cut, bool trims, bool first)
    {
        // An empty value among others is null: four bytes and a comma for one.
        var place = _output.Reserve(HeadLength + 12 + 5 * (value.Length + 1));
        int at = PutHead(place, tag, vr, first);
        ",\"Value\":["u8.CopyTo(place[at..]);
        at += 10;
        while (true)
        {
            var one = TextValues.TrimEnd(cut < 0 ? value : value[..cut]);
            if (trims) one = one.TrimStart((byte)' ');
            if (one.IsEmpty)
            {
                "null"u8.CopyTo(place[at..]);
                at += 4;
            }
            else
            {
                place[at++] = (byte)'"';
                one.CopyTo(place[at..]);
                at += one.Length;
                place[at++] = (byte)'"';
            }
            if (cut < 0) break;
            place[at++] = (byte)',';
            value = value[(cut + 1)..];
            cut = value.IndexOf((byte)'\\');
        }
        place[at++] = (byte)']';
        place[at++] = (byte)'}';
        _output.Advance(at);
    }

    private bool TryWriteName(uint tag, scoped ReadOnlySpan<byte> name, bool first)
    {
        if (name.IsEmpty)
        {
            WriteOne(tag, VR.PN, name, first);
            return true;
        }
        if (name.Contains((byte)'=')) return false;
        var place = _output.Reserve(HeadLength + 32 + name.Length);
        int at = PutHead(place, tag, VR.PN, first);
        ",\"Value\":[{\"Alphabetic\":\""u8.CopyTo(place[at..]);
        at += 25;
        name.CopyTo(place[at..]);
        at += name.Length;
        "\"}]}"u8.CopyTo(place[at..]);
        _output.Advance(at + 4);
        return true;
    }

    /// <summary>DS and IS, whose values are JSON numbers as they stand, nearly always: only the backslashes between them
    /// become commas.</summary>
    private bool TryWriteDecimals(uint tag, VR vr, scoped ReadOnlySpan<byte> value, bool first)
    {
        if (value.IsEmpty)
        {
            WriteOne(tag, vr, value, first);
            return true;
        }
        if (value.Length > PlainDecimals || DecimalTexts.Scan(value, (byte)'\\', fractions: true) != value.Length) return false;
        var place = _output.Reserve(HeadLength + 12 + value.Length);
        int at = PutHead(place, tag, vr, first);
        ",\"Value\":["u8.CopyTo(place[at..]);
        at += 10;
        value.Replace(place[at..], (byte)'\\', (byte)',');
        at += value.Length;
        place[at++] = (byte)']';
        place[at++] = (byte)'}';
        _output.Advance(at);
        return true;
    }
}
