using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>PATH=VALUE as it stands on a command line: PatientName=DOE^JANE, (0011,"ACME",01):LO=text, EncapsulatedDocument=@report.pdf.</summary>
/// <param name="Path">Where.</param>
/// <param name="VR">The VR that was named; None: the dictionary's.</param>
/// <param name="Value">What; several values stand between backslashes. Null: nothing was assigned.</param>
/// <param name="Text">The argument, for messages.</param>
internal sealed record Assignment(ElementPath Path, VR VR, string? Value, string Text)
{
    /// <summary>Longest file that a value is taken from, in bytes.</summary>
    private const long MaxFileLength = 1L << 30;

    /// <summary>The argument is meant as an assignment: there is an equals sign outside of quotation marks, behind what begins
    /// like a path.</summary>
    public static bool IsMeant(string argument) => EqualsIn(argument) is var at && at > 0
        && argument[..at].IndexOfAny(['/', System.IO.Path.DirectorySeparatorChar]) < 0;

    /// <summary>Reads PATH, PATH=VALUE or PATH:VR=VALUE.</summary>
    /// <exception cref="UsageException">Says at which character what is wrong.</exception>
    public static Assignment Parse(string argument)
    {
        int at = EqualsIn(argument);
        string place = at < 0 ? argument : argument[..at];
        var vr = VR.None;
        if (place.Length > 3 && place[^3] == ':')
        {
            vr = (VR)(place[^2] << 8 | place[^1]);
            if (!vr.IsKnown()) throw new UsageException($"'{argument}' at character {place.Length - 1}: '{place[^2..]}' is no VR");
            place = place[..^3];
        }
        if (!ElementPath.TryParse(place, out var path, out string? problem)) throw new UsageException($"'{argument}' {problem}");
        return new Assignment(path, vr, at < 0 ? null : argument[(at + 1)..], argument);
    }

    /// <summary>Sets the value.</summary>
    /// <param name="dataSet">Where the element goes.</param>
    /// <param name="tag">The element.</param>
    /// <param name="force">Values that break PS3.5 Table 6.2-1 are let through.</param>
    /// <exception cref="CommandException">The value does not fit.</exception>
    public void Apply(DataSet dataSet, Tag tag, bool force)
    {
        var vr = VR != VR.None ? VR : dataSet.VROf(tag);
        try
        {
            if (string.IsNullOrEmpty(Value)) SetEmpty(dataSet, tag, vr);
            else if (Value.StartsWith("@@", StringComparison.Ordinal)) SetValue(dataSet, tag, vr, Value[1..], force);
            else if (Value[0] == '@') SetFile(dataSet, tag, vr, Value[1..]);
            else SetValue(dataSet, tag, vr, Value, force);
        }
        catch (ArgumentException e)
        {
            throw new CommandException(e.Message, e);
        }
    }

    private static void SetEmpty(DataSet dataSet, Tag tag, VR vr)
    {
        if (vr == VR.SQ) dataSet.Set<DataSet>(tag, VR.SQ);
        else if (tag == Tags.SpecificCharacterSet) dataSet.ChangeCharacterSet();
        else dataSet.SetBytes(tag, vr, []);
    }

    private void SetValue(DataSet dataSet, Tag tag, VR vr, string value, bool force)
    {
        if (vr == VR.SQ) throw new CommandException($"{Path} is a sequence: 'isocenter insert FILE {Path}[+]' adds an item, '{Path}[0].ATTRIBUTE=…' sets what is in one");
        if (vr.IsText())
        {
            if (!force && ProblemOf(tag, vr, value) is { } problem) throw new CommandException($"{problem}; --force writes it all the same");
            if (vr.UsesSpecificCharacterSet() && !dataSet.CharacterSet.TryEncode(value, vr, out _)) ChooseCharacterSet(dataSet);
            if (force) dataSet.SetText(tag, vr, value);
            else dataSet.Set(tag, vr, value);
        }
        else if (vr is VR.OB or VR.UN)
        {
            dataSet.SetBytes(tag, vr, Hexadecimal(value));
        }
        else if (vr == VR.AT)
        {
            dataSet.Set(tag, vr, value.Split('\\').Select(text => Tag.TryParse(text, null, out var parsed) ? parsed
                : throw new CommandException($"'{text}' is neither a tag such as 0010,0020 nor a keyword such as PatientID")).ToArray());
        }
        else
        {
            dataSet.Set(tag, vr, value.Split('\\'));
        }
    }

    private static string? ProblemOf(Tag tag, VR vr, string value)
    {
        var alone = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetText(tag.IsPrivate ? tag : new Tag(0x0009_1001), vr, value);
        return ValueCheck.Run(alone) is [var first, ..] ? $"{tag}: {first.Problem} ({first.Rule})" : null;
    }

    /// <summary>UTF-8 holds everything: the declaration is put where the one in force stands.</summary>
    private static void ChooseCharacterSet(DataSet dataSet)
    {
        while (!dataSet.Contains(Tags.SpecificCharacterSet) && dataSet.Parent is { } parent) dataSet = parent;
        dataSet.ChangeCharacterSet("ISO_IR 192");
    }

    private static byte[] Hexadecimal(string value)
    {
        string digits = value.Replace(" ", "", StringComparison.Ordinal);
        return digits.Length % 2 == 0 && digits.All(char.IsAsciiHexDigit)
            ? Convert.FromHexString(digits)
            : throw new CommandException($"'{value}' is no row of bytes such as 'FF 00 1B'; @FILE takes the content of a file");
    }

    private void SetFile(DataSet dataSet, Tag tag, VR vr, string file)
    {
        var info = new FileInfo(file);
        if (!info.Exists) throw new CommandException($"{Text}: there is no file '{file}'");
        if (info.Length > MaxFileLength) throw new CommandException(string.Create(CultureInfo.InvariantCulture, $"{Text}: '{file}' is longer than {MaxFileLength} bytes"));
        byte[] bytes = File.ReadAllBytes(file);
        if (vr == VR.SQ) throw new CommandException($"{Path} is a sequence and takes no bytes");
        if (vr.IsText())
        {
            SetValue(dataSet, tag, vr, System.Text.Encoding.UTF8.GetString(bytes).TrimEnd('\r', '\n'), force: false);
            return;
        }
        if (dataSet.IsBigEndian) ByteOrder.Swap(bytes, vr);
        dataSet.SetBytes(tag, vr, bytes);
    }

    /// <summary>The first equals sign outside of quotation marks; -1 when there is none.</summary>
    private static int EqualsIn(string argument)
    {
        bool quoted = false;
        for (int i = 0; i < argument.Length; i++)
        {
            if (argument[i] == '"') quoted = !quoted;
            else if (argument[i] == '=' && !quoted) return i;
        }
        return -1;
    }
}
