namespace Isocenter.Dicom;

/// <content>Values of any kind, one after the other.</content>
internal ref partial struct DataSetJsonWriter
{
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

    /// <summary>Three groups: the standard knows no more (PS3.5 §6.2.1), and the model has no place for them.
    /// <see cref="ValueCheck"/> tells of others.</summary>
    private void WritePersonName(scoped ReadOnlySpan<byte> name)
    {
        _output.Write((byte)'{');
        bool first = true;
        for (int group = 0; group < 3; group++)
        {
            int cut = name.IndexOf((byte)'=');
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
            var place = _output.Reserve(NumberTexts.MaxLength + 2);
            int n = NumberTexts.Format(bytes, vr, big, place[1..], out bool isNumber);
            if (isNumber)
            {
                place.Slice(1, n).CopyTo(place);
                _output.Advance(n);
                continue;
            }
            place[0] = place[n + 1] = (byte)'"';
            _output.Advance(n + 2);
        }
        _output.Write((byte)']');
    }
}
