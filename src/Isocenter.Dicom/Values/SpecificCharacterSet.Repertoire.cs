using System.Text;

namespace Isocenter.Dicom;

/// <content>The defined terms (PS3.3 Tables C.12-2 to C.12-5).</content>
public sealed partial class SpecificCharacterSet
{
    /// <summary>A set of graphic characters that an escape sequence designates as G0 or G1 (ISO/IEC 2022).</summary>
    private sealed class Repertoire
    {
        private const int Katakana = -13;      // a rule, not a table
        private const char Unknown = '\uFFFD';

        private readonly int _codePage;
        private readonly Lazy<char[]>? _upper;
        private readonly Lazy<System.Text.Encoding>? _pairs;

        private Repertoire(string number, string escape, bool isG1, int bytesPerCharacter, int codePage)
        {
            Number = number;
            Escape = [0x1B, .. System.Text.Encoding.ASCII.GetBytes(escape)];
            IsG1 = isG1;
            IsDouble = bytesPerCharacter == 2;
            _codePage = codePage;
            if (IsDouble) _pairs = new Lazy<System.Text.Encoding>(() => EncodingOf(codePage));
            else if (isG1) _upper = new Lazy<char[]>(UpperHalf);
        }

        public static Repertoire Ascii { get; } = new("6", "(B", isG1: false, 1, 20127);

        /// <summary>The G0 half of JIS X 0201. Its yen sign and overline are read as the backslash and tilde whose codes they
        /// have: the first is the delimiter of values whatever it looks like (PS3.5 §6.1.2.3).</summary>
        public static Repertoire Romaji { get; } = new("14", "(J", isG1: false, 1, 20127);

        public static Repertoire Latin1 { get; } = new("100", "-A", isG1: true, 1, 28591);

        private static readonly Repertoire[] All =
        [
            Ascii, Romaji, Latin1,
            new("101", "-B", isG1: true, 1, 28592),
            new("109", "-C", isG1: true, 1, 28593),
            new("110", "-D", isG1: true, 1, 28594),
            new("144", "-L", isG1: true, 1, 28595),
            new("127", "-G", isG1: true, 1, 28596),
            new("126", "-F", isG1: true, 1, 28597),
            new("138", "-H", isG1: true, 1, 28598),
            new("148", "-M", isG1: true, 1, 28599),
            new("203", "-b", isG1: true, 1, 28605),
            new("166", "-T", isG1: true, 1, 874),
            new("13", ")I", isG1: true, 1, Katakana),
            new("87", "$B", isG1: false, 2, 20932),
            new("159", "$(D", isG1: false, 2, 20932),
            new("149", "$)C", isG1: true, 2, 949),
            new("58", "$)A", isG1: true, 2, 936),
        ];

        public string Number { get; }

        /// <summary>The term with code extensions.</summary>
        public string Term => "ISO 2022 IR " + Number;

        /// <summary>Designates this set, ESC included.</summary>
        public byte[] Escape { get; }

        /// <summary>Its bytes have the high bit; otherwise it is a G0 set.</summary>
        public bool IsG1 { get; }

        /// <summary>Two bytes a character.</summary>
        public bool IsDouble { get; }

        public bool Is13 => _codePage == Katakana;

        public static Repertoire? Of(string key) => Keys.All.GetValueOrDefault(key);

        /// <summary>The code page of a term that stands alone and knows no escape sequences; null for the others.</summary>
        public static int? WholeOf(string key) => key switch
        {
            "ISOIR192" or "ISO2022IR192" or "UTF8" or "ISO10646" or "UNICODE11UTF8" => 65001,
            "GB18030" or "ISO2022GB18030" => 54936,
            "GBK" or "ISO2022GBK" => 936,
            _ => null,
        };

        /// <summary>The encoding of a code page. Decoding replaces by U+FFFD, encoding by a question mark.</summary>
        public static System.Text.Encoding EncodingOf(int codePage) => codePage == 65001
            ? new UTF8Encoding(false)
            : CodePagesEncodingProvider.Instance.GetEncoding(codePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback("\uFFFD"))
                ?? throw new NotSupportedException($"code page {codePage} is missing in this runtime");

        /// <summary>The set whose escape sequence <paramref name="bytes"/> begin with.</summary>
        public static Repertoire? Designated(ReadOnlySpan<byte> bytes, out int length)
        {
            foreach (var set in All)
            {
                if (!bytes.StartsWith(set.Escape)) continue;
                length = set.Escape.Length;
                return set;
            }
            length = 0;
            return null;
        }

        public bool IsSpelt(string term) => term == Term || term == "ISO_IR " + Number && !IsDouble;

        /// <summary>The character of one byte with the high bit.</summary>
        public char Decode(byte value) => _upper!.Value[value - 0x80];

        /// <summary>The character of two bytes.</summary>
        public char Decode(byte first, byte second)
        {
            Span<byte> pair = [(byte)(first | 0x80), SecondByte(second)];
            Span<char> characters = stackalloc char[4];
            return _pairs!.Value.TryGetChars(pair, characters, out int n) && n == 1 && !IsPrivate(characters[0])
                ? characters[0]
                : Unknown;
        }

        /// <summary>Encodes one character.</summary>
        /// <returns>How many bytes; 0 when the set does not hold it.</returns>
        public int TryEncode(char c, Span<byte> bytes)
        {
            if (_upper is not null)
            {
                int index = c == Unknown ? -1 : _upper.Value.AsSpan().IndexOf(c);
                bytes[0] = (byte)(0x80 + index);
                return index < 0 ? 0 : 1;
            }
            if (_pairs is null)
            {
                bytes[0] = (byte)c;
                return c < 0x80 ? 1 : 0;
            }
            if (c < 0x80 || !_pairs.Value.TryGetBytes([c], bytes, out int n) || n != 2) return 0;
            if (bytes[0] < 0xA1 || Number == "58" && bytes[0] > 0xF7) return 0;
            bool isSecond = Number == "159" ? bytes[1] is >= 0x21 and <= 0x7E : bytes[1] >= 0xA1;
            if (!isSecond || Decode(bytes[0], bytes[1]) != c) return 0;
            if (IsG1) return 2;
            bytes[0] &= 0x7F;
            bytes[1] &= 0x7F;
            return 2;
        }

        /// <summary>Code page 20932 tells JIS X 0212 from JIS X 0208 by the high bit of the second byte.</summary>
        private byte SecondByte(byte second) => Number == "159" ? (byte)(second & 0x7F) : (byte)(second | 0x80);

        /// <summary>Where the runtime has an older edition of the set: ISO 8859-7:2003, ISO 8859-8:1999.</summary>
        private (byte Code, char Character)[] Amendments => Number switch
        {
            "126" => [(0xA1, '\u2018'), (0xA2, '\u2019'), (0xA4, '\u20AC'), (0xA5, '\u20AF'), (0xAA, '\u037A')],
            "138" => [(0xAF, '\u00AF'), (0xFD, '\u200E'), (0xFE, '\u200F')],
            _ => [],
        };

        private static bool IsPrivate(char c) => c is >= '\uE000' and <= '\uF8FF';

        private char[] UpperHalf()
        {
            var upper = new char[128];
            if (Is13)
            {
                Array.Fill(upper, Unknown);
                for (int b = 0xA1; b <= 0xDF; b++) upper[b - 0x80] = (char)(0xFF61 + b - 0xA1);
                return upper;
            }
            var bytes = new byte[128];
            for (int i = 0; i < 128; i++) bytes[i] = (byte)(0x80 + i);
            string text = _codePage == 28591 ? System.Text.Encoding.Latin1.GetString(bytes) : EncodingOf(_codePage).GetString(bytes);
            // Where a table has a hole, the runtime answers with private or control characters of its own.
            for (int i = 0; i < 128; i++) upper[i] = IsPrivate(text[i]) ? Unknown : text[i];
            foreach (var (code, character) in Amendments) upper[code - 0x80] = character;
            return upper;
        }

        /// <summary>By the letters and digits of the term, with names from elsewhere that are met in the field. A class of
        /// its own, so that the usual terms do not wait for it.</summary>
        private static class Keys
        {
            public static readonly Dictionary<string, Repertoire> All = Make();

            private static Dictionary<string, Repertoire> Make()
            {
                var keys = new Dictionary<string, Repertoire>();
                foreach (var set in Repertoire.All)
                {
                    if (set == Romaji) continue;
                    keys["ISOIR" + set.Number] = set;
                    keys["IR" + set.Number] = set;
                    keys["ISO2022IR" + set.Number] = set;
                }
                string[] parts = ["100", "101", "109", "110", "144", "127", "126", "138", "148"];
                for (int i = 0; i < parts.Length; i++) keys[$"ISO8859{i + 1}"] = keys["IR" + parts[i]];
                keys["ISO885915"] = keys["IR203"];
                keys["ISO885911"] = keys["TIS620"] = keys["IR166"];
                keys["ASCII"] = keys["USASCII"] = keys["ISO646"] = Ascii;
                keys["LATIN1"] = keys["ISOLATIN1"] = Latin1;
                keys["LATIN2"] = keys["IR101"];
                return keys;
            }
        }
    }
}
