using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>Reads conditions in the notation of Iods.txt, whose head describes it.</summary>
internal ref struct ConditionParser
{
    private readonly string _all;
    private ReadOnlySpan<char> _rest;

    private ConditionParser(string text)
    {
        _all = text;
        _rest = text;
    }

    /// <exception cref="FormatException">It is none; the tables are generated, so this is a fault of ours.</exception>
    public static Condition Parse(string text)
    {
        var parser = new ConditionParser(text);
        var condition = parser.Any();
        if (parser._rest.Length > 0) throw parser.Wrong("the end");
        return condition.Complete(text);
    }

    private Condition Any() => List('|');

    private Condition All() => List('&');

    private Condition List(char joint)
    {
        var first = joint == '|' ? All() : One();
        if (!Skip(joint)) return first;
        var parts = new List<Condition> { first };
        do parts.Add(joint == '|' ? All() : One());
        while (Skip(joint));
        return joint == '|' ? new AnyCondition([.. parts]) : new AllCondition([.. parts]);
    }

    private Condition One()
    {
        if (Skip('!')) return new NotCondition(One());
        if (!Skip('(')) return Test();
        var inner = Any();
        return Skip(')') ? inner : throw Wrong(")");
    }

    private Condition Test()
    {
        var place = Skip('/') ? Place.Root : Skip('^') ? Place.Around : Place.Here;
        var word = Word();
        if (place == Place.Here && word is "true" or "false") return new ConstantCondition(word is "true");
        var tag = TagOf(word);
        Tag? sequence = null;
        bool isFirst = false, isDeep = false;
        int bracket = _rest.IndexOf(']');
        if (bracket > 0 && bracket + 1 < _rest.Length && _rest[0] == '[' && _rest[bracket + 1] == '/')
        {
            isFirst = _rest[1] == '1';
            _rest = _rest[(bracket + 2)..];
            isDeep = Skip('/');
            sequence = tag;
            tag = TagOf(Word());
        }
        if (_rest.StartsWith(".group"))
        {
            _rest = _rest[6..];
            return new GroupCondition(tag.Group);
        }
        int value = Selector();
        bool items = Skip('#');
        string comparison = Comparison();
        if (comparison.Length == 0) return new PresentCondition { Place = place, Sequence = sequence, IsFirstItem = isFirst, IsDeep = isDeep, Tag = tag };
        if (items) return new ItemsCondition { Place = place, Sequence = sequence, IsFirstItem = isFirst, IsDeep = isDeep, Tag = tag, Comparison = comparison, Wanted = Number() };
        if (Skip('*')) return new HasValueCondition { Place = place, Sequence = sequence, IsFirstItem = isFirst, IsDeep = isDeep, Tag = tag, Value = value };
        if (Skip('"'))
        {
            int end = _rest.IndexOf('"');
            if (end < 0) throw Wrong("\"");
            string wanted = _rest[..end].ToString();
            _rest = _rest[(end + 1)..];
            return new TextCondition { Place = place, Sequence = sequence, IsFirstItem = isFirst, IsDeep = isDeep, Tag = tag, Value = value, Wanted = wanted };
        }
        if (_rest.Length >= 11 && _rest[0] == '(' && _rest[5] == ',')
        {
            var wanted = Tag.Parse(_rest[..11]);
            _rest = _rest[11..];
            return new TagCondition { Place = place, Sequence = sequence, IsFirstItem = isFirst, IsDeep = isDeep, Tag = tag, Value = value, Wanted = wanted };
        }
        return new NumberCondition { Place = place, Sequence = sequence, IsFirstItem = isFirst, IsDeep = isDeep, Tag = tag, Value = value, Comparison = comparison, Wanted = Number() };
    }

    private bool Skip(char c)
    {
        if (_rest.Length == 0 || _rest[0] != c) return false;
        _rest = _rest[1..];
        return true;
    }

    private ReadOnlySpan<char> Word()
    {
        int length = 0;
        while (length < _rest.Length && char.IsAsciiLetterOrDigit(_rest[length])) length++;
        var word = _rest[..length];
        _rest = _rest[length..];
        return word;
    }

    /// <summary>[3] is the third value, [*] any, which is 0 here.</summary>
    private int Selector()
    {
        if (!Skip('[')) return 1;
        int end = _rest.IndexOf(']');
        if (end < 0) throw Wrong("]");
        var inner = _rest[..end];
        _rest = _rest[(end + 1)..];
        return inner is "*" ? 0 : int.Parse(inner, CultureInfo.InvariantCulture);
    }

    private string Comparison()
    {
        int length = 0;
        while (length < _rest.Length && _rest[length] is '=' or '!' or '<' or '>') length++;
        string comparison = _rest[..length].ToString();
        _rest = _rest[length..];
        return comparison;
    }

    private double Number()
    {
        int length = 0;
        while (length < _rest.Length && (char.IsAsciiDigit(_rest[length]) || _rest[length] is '.' or '-' or '+' or 'e')) length++;
        double number = double.Parse(_rest[..length], NumberStyles.Float, CultureInfo.InvariantCulture);
        _rest = _rest[length..];
        return number;
    }

    private readonly Tag TagOf(ReadOnlySpan<char> keyword) =>
        DataDictionary.TryFind(keyword, out var entry) ? entry.Tag : throw Wrong("a keyword");

    private readonly FormatException Wrong(string expected) =>
        new($"condition '{_all}': {expected} expected at character {_all.Length - _rest.Length + 1}");
}
