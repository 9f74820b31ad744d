namespace Isocenter.Dicom;

/// <content>Values: Value and PersonName, numbered from 1.</content>
internal ref partial struct DataSetXmlWriter
{
    /// <summary>Cuts the text at its backslashes and writes the values. Empty ones among others stand as empty elements.</summary>
    private void WriteTexts(scoped ReadOnlySpan<byte> text, VR vr)
    {
        bool isMany = vr.IsMultiValuedText() && text.Contains((byte)'\\');
        for (int number = 1; ; number++)
        {
            int cut = isMany ? text.IndexOf((byte)'\\') : -1;
            var one = TextValues.Trim(cut < 0 ? text : text[..cut], vr);
            if (one.IsEmpty && !isMany) return;
            if (vr == VR.PN) WritePersonName(one, number);
            else
            {
                StartNumbered("<Value"u8, number);
                _output.WriteText(one);
                _output.Write("</Value>"u8);
            }
            if (cut < 0) return;
            text = text[(cut + 1)..];
        }
    }

    /// <summary>Three groups: the standard knows no more (PS3.5 §6.2.1), and the model has no place for them.
    /// <see cref="ValueCheck"/> tells of others.</summary>
    private void WritePersonName(scoped ReadOnlySpan<byte> name, int number)
    {
        StartNumbered("<PersonName"u8, number);
        _level++;
        for (int group = 0; group < 3; group++)
        {
            int cut = name.IndexOf((byte)'=');
            var text = (cut < 0 ? name : name[..cut]).TrimEnd((byte)' ');
            if (!text.IsEmpty)
            {
                StartLine();
                _output.Write(group switch { 0 => "<Alphabetic>"u8, 1 => "<Ideographic>"u8, _ => "<Phonetic>"u8 });
                WriteComponents(text);
                StartLine();
                _output.Write(group switch { 0 => "</Alphabetic>"u8, 1 => "</Ideographic>"u8, _ => "</Phonetic>"u8 });
            }
            if (cut < 0) break;
            name = name[(cut + 1)..];
        }
        EndElement("</PersonName>"u8);
    }

    /// <summary>Components that are empty have no element, but for the last: it tells that there was a caret. What follows a
    /// fifth caret stays in the suffix.</summary>
    private void WriteComponents(scoped ReadOnlySpan<byte> group)
    {
        _level++;
        for (int component = 0; component < 5; component++)
        {
            int cut = component < 4 ? group.IndexOf((byte)'^') : -1;
            var text = cut < 0 ? group : group[..cut];
            if (!text.IsEmpty || cut < 0)
            {
                var name = component switch { 0 => "FamilyName"u8, 1 => "GivenName"u8, 2 => "MiddleName"u8, 3 => "NamePrefix"u8, _ => "NameSuffix"u8 };
                StartLine();
                _output.Write((byte)'<');
                _output.Write(name);
                _output.Write((byte)'>');
                _output.WriteText(text);
                _output.Write("</"u8);
                _output.Write(name);
                _output.Write((byte)'>');
            }
            if (cut < 0) break;
            group = group[(cut + 1)..];
        }
        _level--;
    }

    private void WriteNumbers(scoped ReadOnlySpan<byte> bytes, VR vr, bool big)
    {
        int size = ValueReader.SizeOf(vr);
        for (int number = 1; bytes.Length >= size; bytes = bytes[size..], number++)
        {
            StartNumbered("<Value"u8, number);
            int n = NumberTexts.Format(bytes, vr, big, _output.Reserve(NumberTexts.MaxLength), out _);
            _output.Advance(n);
            _output.Write("</Value>"u8);
        }
    }
}
