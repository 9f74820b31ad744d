using System.Buffers;
using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>The rules of PS3.5 Table 6.2-1 for the value of one element: length, padding, characters, format.</summary>
/// <param name="run">Is told.</param>
/// <param name="element">With a value.</param>
/// <param name="vr">By which the value is to be read; where the bytes say UN, that of PS3.6.</param>
internal readonly ref struct ValueRules(ValidationRun run, DataElement element, VR vr)
{
    private const string Table = "PS3.5 Table 6.2-1";

    private static readonly SearchValues<byte> CodeString = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _"u8);
    private static readonly SearchValues<byte> UidCharacters = SearchValues.Create("0123456789."u8);
    private static readonly SearchValues<byte> DecimalCharacters = SearchValues.Create("0123456789+-.eE"u8);
    private static readonly SearchValues<byte> UriCharacters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:/?#[]@!$&'()*+,;=%"u8);

    public void Check()
    {
        long length = element.Length;
        if ((length & 1) != 0) Error(ValidationRule.ValueLength, "PS3.5 §7.1.1", $"has a value of {length} bytes; their number must be even");
        if (!vr.IsText())
        {
            int size = ValueReader.SizeOf(vr);
            if (length % size != 0) Error(ValidationRule.ValueLength, Table, $"has a value of {length} bytes, no multiple of the {size} bytes of {vr.ToText()}");
            return;
        }
        var bytes = ElementValues.Bytes(element);
        bytes = WithoutPadding(bytes);
        if (bytes.IsEmpty) return;
        if (vr.UsesSpecificCharacterSet()) new TextRules(run, element, vr).Check(bytes);
        else if (!vr.IsMultiValuedText()) CheckValue(bytes, 0);
        else
        {
            int number = bytes.Contains((byte)'\\') ? 1 : 0;
            while (true)
            {
                int end = bytes.IndexOf((byte)'\\');
                CheckValue(end < 0 ? bytes : bytes[..end], number++);
                if (end < 0) break;
                bytes = bytes[(end + 1)..];
            }
        }
    }

    /// <summary>Text ends with a space and a UID with a NULL, where that makes the length even (PS3.5 §6.2).</summary>
    private ReadOnlySpan<byte> WithoutPadding(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length == 0) return bytes;
        if (bytes[^1] == 0)
        {
            var rest = bytes.TrimEnd((byte)0);
            if (vr != VR.UI) Error(ValidationRule.ValueLength, "PS3.5 §6.2", "is padded with NULL; text is padded with a space");
            else if (bytes.Length - rest.Length > 1) Error(ValidationRule.ValueLength, "PS3.5 §9.1", "is padded with more than one NULL");
            return rest;
        }
        return bytes[^1] == ' ' && (bytes.Length & 1) == 0 && vr != VR.UI ? bytes[..^1] : bytes;
    }

    /// <param name="value">One value.</param>
    /// <param name="number">Counted from 1; 0 when there is one only.</param>
    private void CheckValue(ReadOnlySpan<byte> value, int number)
    {
        if (value.IsEmpty) return;
        switch (vr)
        {
            case VR.AE:
                CheckLength(value.TrimEnd((byte)' '), 16, number);
                CheckCharacters(value, value.IndexOfAnyExceptInRange((byte)' ', (byte)'~'), number);
                if (ElementValues.IsBlank(value)) Error(ValidationRule.ValueFormat, Table, $"{Which(number)}has only spaces, which is no AE title");
                break;
            case VR.CS:
                CheckLength(value.TrimEnd((byte)' '), 16, number);
                CheckCharacters(value, value.IndexOfAnyExcept(CodeString), number);
                break;
            case VR.AS:
                if (value.Length != 4 || value[..3].ContainsAnyExceptInRange((byte)'0', (byte)'9') || value[3] is not ((byte)'D' or (byte)'W' or (byte)'M' or (byte)'Y'))
                    Wrong(value, number, "three digits and D, W, M or Y");
                break;
            case VR.DA:
                if (!TemporalFormat.IsDate(value)) Wrong(value, number, "YYYYMMDD");
                break;
            case VR.TM:
                if (!TemporalFormat.IsTime(value.TrimEnd((byte)' '))) Wrong(value, number, "HHMMSS.FFFFFF, to the precision that is known");
                break;
            case VR.DT:
                if (!TemporalFormat.IsDateTime(value.TrimEnd((byte)' '))) Wrong(value, number, "YYYYMMDDHHMMSS.FFFFFF&ZZXX, to the precision that is known");
                break;
            case VR.DS:
                CheckDecimal(value, number);
                break;
            case VR.IS:
                CheckInteger(value, number);
                break;
            case VR.UI:
                CheckUid(value, number);
                break;
            case VR.UR:
                if (value[0] == ' ') Error(ValidationRule.ValueFormat, Table, "has leading spaces");
                var uri = value.Trim((byte)' ');
                CheckCharacters(uri, uri.IndexOfAnyExcept(UriCharacters), number);
                break;
        }
    }

    private void CheckDecimal(ReadOnlySpan<byte> value, int number)
    {
        var text = value.Trim((byte)' ');
        if (text.IsEmpty) return;
        CheckLength(text, 16, number);
        int bad = text.IndexOfAnyExcept(DecimalCharacters);
        if (bad >= 0) CheckCharacters(text, bad, number);
        else if (!double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _))
            Wrong(text, number, "a number with fixed or floating point");
    }

    private void CheckInteger(ReadOnlySpan<byte> value, int number)
    {
        var text = value.Trim((byte)' ');
        if (text.IsEmpty) return;
        CheckLength(text, 12, number);
        if (!long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long integer)) Wrong(text, number, "an integer");
        else if (integer is < int.MinValue or > int.MaxValue) Error(ValidationRule.ValueFormat, Table, $"{Which(number)}is {integer}, out of the range of 32 bits");
    }

    private void CheckUid(ReadOnlySpan<byte> value, int number)
    {
        const string Section = "PS3.5 §9.1";
        if (value.Length > 64) Error(ValidationRule.ValueLength, Section, $"{Which(number)}has {value.Length} characters; a UID has at most 64");
        int bad = value.IndexOfAnyExcept(UidCharacters);
        if (bad >= 0)
        {
            CheckCharacters(value, bad, number);
            return;
        }
        string uid = System.Text.Encoding.ASCII.GetString(value);
        string[] components = uid.Split('.');
        if (components.Any(c => c.Length == 0)) Wrong(value, number, "numbers separated by single dots", Section);
        else if (components.Any(c => c.Length > 1 && c[0] == '0')) Error(ValidationRule.UniqueIdentifier, Section, $"{Which(number)}is '{uid}': a component has a leading zero");
        else if (components.All(c => c == "0")) Error(ValidationRule.UniqueIdentifier, Section, $"{Which(number)}is '{uid}': nothing but zeros");
        else if (components.Length < 2 || components[0] is not ("0" or "1" or "2") || components[0] is not "2" && (components[1].Length > 2 || int.Parse(components[1], CultureInfo.InvariantCulture) > 39))
            Error(ValidationRule.UniqueIdentifier, Section, $"{Which(number)}is '{uid}': no root that ISO 8824 can give");
        else if (uid.StartsWith("2.999.", StringComparison.Ordinal) || uid == "2.999")
            run.Warning(ValidationRule.UniqueIdentifier, element.Tag, Section, $"{Which(number)}is '{uid}': the root 2.999 is for examples");
    }

    private void CheckLength(ReadOnlySpan<byte> value, int most, int number)
    {
        if (value.Length > most) Error(ValidationRule.ValueLength, Table, $"{Which(number)}has {value.Length} characters; {vr.ToText()} has at most {most}");
    }

    private void CheckCharacters(ReadOnlySpan<byte> value, int bad, int number)
    {
        if (bad < 0) return;
        byte c = value[bad];
        string shown = c is > (byte)' ' and < 0x7F ? $"'{(char)c}'" : string.Create(CultureInfo.InvariantCulture, $"the byte {c:X2}");
        Error(ValidationRule.Characters, Table, $"{Which(number)}is {Quoted(value)}: {vr.ToText()} does not allow {shown}");
    }

    private void Wrong(ReadOnlySpan<byte> value, int number, string expected, string section = Table) =>
        Error(ValidationRule.ValueFormat, section, $"{Which(number)}is {Quoted(value)}, but {vr.ToText()} is {expected}");

    private void Error(ValidationRule rule, string section, string message) => run.Error(rule, element.Tag, section, message);

    private static string Which(int number) => number == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"value {number} ");

    private static string Quoted(ReadOnlySpan<byte> value) => ValidationRun.Quote(System.Text.Encoding.Latin1.GetString(value));
}
