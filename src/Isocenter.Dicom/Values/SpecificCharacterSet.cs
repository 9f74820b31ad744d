using System.Text;

namespace Isocenter.Dicom;

/// <summary>Specific Character Set (0008,0005): how bytes become characters (PS3.3 §C.12.1.1.2, PS3.5 §6.1).</summary>
/// <remarks>Immutable; safe from many threads. Encodings come from the provider directly; nothing is registered for the
/// process. Reading never throws: bytes that mean nothing become U+FFFD.</remarks>
public sealed partial class SpecificCharacterSet
{
    private const byte Escape = 0x1B;

    /// <summary>UTF-8, GB18030 or GBK, which know no escape sequences (PS3.5 §6.1.2.5.4); null for the sets that do.</summary>
    private readonly System.Text.Encoding? _whole;

    /// <summary>The sets that may be invoked, in the order of the terms; the first is active initially.</summary>
    private readonly Repertoire[] _sets;

    /// <summary>Nothing is declared: how bytes beyond ASCII are read all the same. Null when something is.</summary>
    private readonly ValueLeniencies? _undeclared;

    private SpecificCharacterSet(IReadOnlyList<string> terms, System.Text.Encoding whole)
    {
        DefinedTerms = terms;
        _whole = whole;
        _sets = [];
    }

    private SpecificCharacterSet(IReadOnlyList<string> terms, Repertoire[] sets, IReadOnlyList<string> problems, ValueLeniencies? undeclared = null)
    {
        DefinedTerms = terms;
        Problems = problems;
        _sets = sets;
        _undeclared = undeclared;
        _initialG0 = sets[0].Is13 ? Repertoire.Romaji : Repertoire.Ascii;
        _initialG1 = sets[0].IsG1 ? sets[0] : null;
        _undesignatedG1 = _initialG1 ?? Array.Find(sets, set => set.IsG1) ?? Repertoire.Latin1;
    }

    /// <summary>ISO-IR 6, ASCII. Text beyond it is read as UTF-8 where it is that, and otherwise as Latin alphabet No. 1, so
    /// that no byte is lost (<see cref="ValueLeniencies.UndeclaredUtf8"/>, <see cref="ValueLeniencies.UndeclaredLatin1"/>).</summary>
    public static SpecificCharacterSet Default { get; } = new([], [Repertoire.Ascii], [], ValueLeniencies.All);

    /// <summary>ISO_IR 192, UTF-8.</summary>
    public static SpecificCharacterSet Utf8 { get; } = new(["ISO_IR 192"], new UTF8Encoding(false));

    private static SpecificCharacterSet Latin1 { get; } = new(["ISO_IR 100"], [Repertoire.Latin1], []);

    /// <summary>The terms as they stand in (0008,0005). None for the default.</summary>
    public IReadOnlyList<string> DefinedTerms { get; }

    /// <summary>What is wrong with the terms, in words, and how they were taken. Usually nothing.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>The character set of the terms. Spellings such as "ISO IR 100", "ISO-IR 100", "LATIN1" and "UTF-8" are
    /// taken for what they mean; a term that means nothing is the default. <see cref="Problems"/> tells.</summary>
    public static SpecificCharacterSet Of(IReadOnlyList<string> definedTerms)
    {
        ArgumentNullException.ThrowIfNull(definedTerms);
        if (definedTerms.Count == 0) return Default;
        if (definedTerms.Count == 1)
        {
            switch (definedTerms[0])
            {
                case "ISO_IR 100": return Latin1;
                case "ISO_IR 192": return Utf8;
                case "": return Default;
            }
        }

        var problems = new List<string>();
        var sets = new List<Repertoire>();
        for (int i = 0; i < definedTerms.Count; i++)
        {
            string term = definedTerms[i].Trim();
            if (Repertoire.WholeOf(Key(term)) is { } codePage)
            {
                if (i == 0) return Whole(definedTerms, term, codePage);
                problems.Add($"'{term}' cannot be one of several terms; it is not used");
                continue;
            }
            var set = term.Length == 0 ? Repertoire.Ascii : Repertoire.Of(Key(term));
            if (set is null) problems.Add($"'{term}' is not a defined term; taken for the default repertoire");
            else if (term.Length > 0 && !set.IsSpelt(term)) problems.Add($"'{term}' is taken for '{set.Term}'");
            if (set is not null || i == 0) sets.Add(set ?? Repertoire.Ascii);
        }
        // One term that nobody knows declares nothing.
        bool isDeclared = definedTerms.Count > 1 || sets[0] != Repertoire.Ascii || problems.Count == 0;
        return new SpecificCharacterSet(definedTerms, [.. sets], problems, isDeclared ? null : ValueLeniencies.All);
    }

    /// <summary>The character set of a value of (0008,0005).</summary>
    internal static SpecificCharacterSet OfValue(ReadOnlySpan<byte> bytes) => Of(ValueBytes.SplitText(bytes, VR.CS, Default));

    /// <summary>The default repertoire, with what is forgiven.</summary>
    internal static SpecificCharacterSet Undeclared(ValueLeniencies leniencies) => (~leniencies & (ValueLeniencies.UndeclaredUtf8 | ValueLeniencies.UndeclaredLatin1)) == 0
        ? Default
        : new([], [Repertoire.Ascii], [], leniencies);

    /// <summary>By what a value beyond ASCII is read though nothing is declared for it: <see cref="ValueLeniencies.UndeclaredUtf8"/>,
    /// <see cref="ValueLeniencies.UndeclaredLatin1"/> or not at all. Null when it is declared.</summary>
    internal ValueLeniencies? ForgivenessFor(ReadOnlySpan<byte> bytes)
    {
        if (_undeclared is not { } leniencies || bytes.Contains(Escape)) return null;
        if ((leniencies & ValueLeniencies.UndeclaredUtf8) != 0 && LooksLikeUtf8(bytes)) return ValueLeniencies.UndeclaredUtf8;
        return leniencies & ValueLeniencies.UndeclaredLatin1;
    }

    /// <summary>The bytes are UTF-8 and not only ASCII. Text of another set hardly ever is.</summary>
    internal bool LooksLikeUtf8(ReadOnlySpan<byte> bytes) =>
        !ReferenceEquals(_whole, Utf8._whole) && !Ascii.IsValid(bytes) && System.Text.Unicode.Utf8.IsValid(bytes);

    /// <summary>The same bytes mean the same text in both.</summary>
    internal static bool AreSame(SpecificCharacterSet a, SpecificCharacterSet b) =>
        ReferenceEquals(a, b) || a.DefinedTerms.SequenceEqual(b.DefinedTerms, StringComparer.Ordinal);

    /// <summary>The terms, for messages.</summary>
    internal string Describe() => DefinedTerms.Count == 0 ? "the default repertoire" : string.Join('\\', DefinedTerms);

    /// <summary>Decodes a value, backslashes and carets included.</summary>
    public string Decode(ReadOnlySpan<byte> bytes, VR vr)
    {
        if (IsByteForByte(bytes, vr)) return System.Text.Encoding.Latin1.GetString(bytes);
        if (_whole is not null) return _whole.GetString(bytes);
        return ForgivenessFor(bytes) switch
        {
            null or ValueLeniencies.UndeclaredLatin1 => DecodeExtended(bytes, vr),
            ValueLeniencies.UndeclaredUtf8 => System.Text.Encoding.UTF8.GetString(bytes),
            _ => AsciiOnly(bytes),
        };
    }

    /// <summary>Encodes a value. Characters that the set does not hold become question marks.</summary>
    public byte[] Encode(string text, VR vr)
    {
        _ = TryEncode(text, vr, out byte[] bytes);
        return bytes;
    }

    /// <summary>Encodes a value. Where several sets are declared, the first that holds a character is invoked for it, with
    /// the escape sequences of PS3.5 §6.1.2.5.</summary>
    /// <param name="text">The value or values, with their backslashes.</param>
    /// <param name="vr">Tells which delimiters return to the initial set (PS3.5 §6.1.2.5.3), and whether the VR has a choice
    /// of sets at all.</param>
    /// <param name="bytes">Not padded. What cannot be encoded is a question mark.</param>
    /// <returns>False when there was such a character.</returns>
    public bool TryEncode(string text, VR vr, out byte[] bytes)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text) && !text.Contains((char)Escape))
        {
            bytes = System.Text.Encoding.ASCII.GetBytes(text);
            return true;
        }
        if (!vr.UsesSpecificCharacterSet())
        {
            bytes = System.Text.Encoding.Latin1.GetBytes(text);
            return false;
        }
        if (_whole is null) return EncodeExtended(text, vr, out bytes);
        bytes = _whole.GetBytes(text);
        return ReferenceEquals(this, Utf8) || _whole.GetString(bytes) == text;
    }

    /// <summary>Each byte of the value is one character of the same number: what <see cref="Decode"/> does with it, too.</summary>
    internal bool IsByteForByte(ReadOnlySpan<byte> bytes, VR vr) => !vr.UsesSpecificCharacterSet() || IsPlainAscii(bytes);

    /// <summary>No set but ISO-IR 6 can be invoked.</summary>
    internal bool IsDefaultRepertoire => _whole is null && Array.TrueForAll(_sets, set => ReferenceEquals(set, Repertoire.Ascii));

    /// <summary>The bytes mean what they mean in ASCII: no byte beyond it, no escape sequence.</summary>
    internal bool IsPlainAscii(ReadOnlySpan<byte> bytes) =>
        Ascii.IsValid(bytes) && (_whole is not null || !bytes.Contains(Escape));

    private static string AsciiOnly(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, (text, from) =>
    {
        for (int i = 0; i < from.Length; i++) text[i] = from[i] < 0x80 ? (char)from[i] : '\uFFFD';
    });

    private static SpecificCharacterSet Whole(IReadOnlyList<string> terms, string term, int codePage)
    {
        var problems = new List<string>();
        string proper = codePage switch { 65001 => "ISO_IR 192", 54936 => "GB18030", _ => "GBK" };
        if (term != proper) problems.Add($"'{term}' is taken for '{proper}'");
        if (terms.Count > 1) problems.Add($"'{term}' cannot be one of several terms; the others are not used");
        return new SpecificCharacterSet(terms, Repertoire.EncodingOf(codePage)) { Problems = problems };
    }

    /// <summary>Letters and digits of a term, in capitals: what tells terms apart.</summary>
    private static string Key(string term)
    {
        if (term.Length > 64) return "";
        Span<char> key = stackalloc char[term.Length];
        int length = 0;
        foreach (char c in term)
        {
            if (char.IsAsciiLetterOrDigit(c)) key[length++] = char.ToUpperInvariant(c);
        }
        return new string(key[..length]);
    }
}
