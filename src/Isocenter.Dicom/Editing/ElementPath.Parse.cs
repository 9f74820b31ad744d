using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Isocenter.Dicom;

/// <content>Reading a path from text.</content>
public sealed partial class ElementPath
{
    private const int MaxSteps = 1024;

    /// <summary>Reads a path.</summary>
    /// <exception cref="FormatException">Says at which character (from 1) what is wrong.</exception>
    public static ElementPath Parse(string text, IFormatProvider? provider = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(text.AsSpan(), provider);
    }

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static ElementPath Parse(ReadOnlySpan<char> text, IFormatProvider? provider = null) =>
        TryParse(text, out var path, out string? problem) ? path : throw new FormatException($"'{Shortened(text)}' {problem}");

    /// <summary>Reads a path.</summary>
    /// <param name="text">The path.</param>
    /// <param name="path">Null when it is none.</param>
    /// <param name="problem">What is wrong, at which character (from 1).</param>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out ElementPath? path, [NotNullWhen(false)] out string? problem)
    {
        path = null;
        var parser = new Parser(text);
        var steps = parser.ReadSteps();
        problem = parser.Problem is null ? null : string.Create(CultureInfo.InvariantCulture, $"at character {parser.ProblemAt + 1}: {parser.Problem}");
        if (problem is null) path = new ElementPath(steps.ToImmutable());
        return problem is null;
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, [MaybeNullWhen(false)] out ElementPath result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, [MaybeNullWhen(false)] out ElementPath result) =>
        TryParse(s, out result, out _);

    private static string Shortened(ReadOnlySpan<char> text) => text.Length <= 200 ? text.ToString() : text[..200].ToString() + "…";

    private ref struct Parser(ReadOnlySpan<char> text)
    {
        private readonly ReadOnlySpan<char> _text = text;
        private int _at;

        public string? Problem { get; private set; }

        public int ProblemAt { get; private set; }

        private readonly char Next => _at < _text.Length ? _text[_at] : '\0';

        public ImmutableArray<PathStep>.Builder ReadSteps()
        {
            var steps = ImmutableArray.CreateBuilder<PathStep>();
            SkipSpaces();
            while (Problem is null)
            {
                if (steps.Count == MaxSteps) return Fail(steps, _at, $"more than {MaxSteps} steps");
                int start = _at;
                var step = ReadStep();
                if (Problem is not null) break;
                steps.Add(step);
                SkipSpaces();
                if (_at == _text.Length) break;
                if (step.Item.IsNone) return Fail(steps, _at, Next == '.' ? $"{_text[start.._at]} is followed by another step: say which item, [0] or [*]" : $"'{Next}' does not belong here");
                if (Next is '.' or '/') _at++;
                else if (Next != '(') return Fail(steps, _at, "a dot and the next element are expected");
                SkipSpaces();
            }
            return steps;
        }

        private PathStep ReadStep()
        {
            int start = _at;
            string? creator = null;
            Tag tag = default;
            if (Next == '(')
            {
                ReadTag(out tag, out creator);
            }
            else
            {
                while (char.IsAsciiLetterOrDigit(Next)) _at++;
                // gggg,eeee without its parentheses
                if (_at - start == 4 && Next == ',')
                {
                    do _at++;
                    while (char.IsAsciiLetterOrDigit(Next));
                }
                var word = _text[start.._at];
                if (word.IsEmpty) Fail(start, start == _text.Length ? "an element is expected: a keyword such as PatientID or a tag such as (0010,0020)" : $"'{Next}' begins neither a keyword nor a tag");
                else if (!Tag.TryParse(word, null, out tag)) Fail(start, $"'{Shortened(word)}' is neither a keyword such as PatientID nor a tag such as 0010,0020");
            }
            return Problem is null && Next == '[' ? new PathStep(tag, creator, ReadItem()) : new PathStep(tag, creator);
        }

        /// <summary>(gggg,eeee) or (gggg,"CREATOR",ee).</summary>
        private void ReadTag(out Tag tag, out string? creator)
        {
            creator = null;
            tag = default;
            _at++;
            if (!TryReadHex(4, out uint group) || !Expect(',')) return;
            if (Next != '"')
            {
                if (!TryReadHex(4, out uint element) || !Expect(')')) return;
                tag = new Tag((ushort)group, (ushort)element);
                return;
            }
            int start = _at;
            creator = ReadQuoted();
            if (Problem is not null) return;
            if ((group & 1) == 0) Fail(start - 5, string.Create(CultureInfo.InvariantCulture, $"group {group:X4} is even: it has no private creators (PS3.5 §7.8)"));
            else if (creator.Length == 0) Fail(start, "the private creator is empty");
            if (!Expect(',') || !TryReadHex(2, out uint low) || !Expect(')')) return;
            tag = new Tag((ushort)group, (ushort)low);
        }

        private string ReadQuoted()
        {
            int start = _at++;
            var text = new System.Text.StringBuilder();
            while (_at < _text.Length)
            {
                char c = _text[_at++];
                if (c != '"') text.Append(c);
                else if (Next == '"') text.Append(_text[_at++]);
                else return text.ToString().TrimEnd(' ');
            }
            Fail(start, "the quotation mark is not closed");
            return "";
        }

        private ItemIndex ReadItem()
        {
            _at++;
            int start = _at;
            if (Next is '*' or '+')
            {
                var item = Next == '*' ? ItemIndex.All : ItemIndex.New;
                _at++;
                return Expect(']') ? item : default;
            }
            if (Next == '-') _at++;
            while (char.IsAsciiDigit(Next)) _at++;
            if (!int.TryParse(_text[start.._at], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index) || Math.Abs((long)index) > ItemIndex.Largest)
            {
                Fail(start, "an item is a number from 0, a negative one from the end, * for all or + for a new one");
                return default;
            }
            return Expect(']') ? ItemIndex.At(index) : default;
        }

        private bool TryReadHex(int digits, out uint value)
        {
            value = 0;
            if (Problem is not null) return false;
            int start = _at;
            while (_at - start < digits && char.IsAsciiHexDigit(Next)) _at++;
            if (_at - start == digits) return uint.TryParse(_text[start.._at], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
            Fail(start, $"{digits} hexadecimal digits are expected");
            return false;
        }

        private bool Expect(char c)
        {
            if (Problem is not null) return false;
            if (Next == c && _at < _text.Length)
            {
                _at++;
                return true;
            }
            Fail(_at, _at < _text.Length ? $"'{c}' is expected, not '{Next}'" : $"'{c}' is expected");
            return false;
        }

        private void SkipSpaces()
        {
            while (Next == ' ') _at++;
        }

        private void Fail(int at, string problem)
        {
            if (Problem is not null) return;
            Problem = problem;
            ProblemAt = at;
        }

        private ImmutableArray<PathStep>.Builder Fail(ImmutableArray<PathStep>.Builder steps, int at, string problem)
        {
            Fail(at, problem);
            return steps;
        }
    }
}
