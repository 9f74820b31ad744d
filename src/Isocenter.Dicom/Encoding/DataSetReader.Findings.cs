using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Isocenter.Dicom;

/// <content>What is wrong in the bytes, and where.</content>
internal sealed partial class DataSetReader
{
    private void Truncated(long at, string problem, string rule, uint? tag = null)
    {
        IsComplete = false;
        Found(at, problem, rule, tag);
    }

    private void Truncated(long at, [InterpolatedStringHandlerArgument("")] ref ProblemText problem, string rule, uint? tag = null)
    {
        IsComplete = false;
        Found(at, ref problem, rule, tag);
    }

    private void Found(long at, [InterpolatedStringHandlerArgument("")] ref ProblemText problem, string rule, uint? tag = null)
    {
        if (_findings.Count <= _options.MaxFindings) Found(at, problem.ToStringAndClear(), rule, tag);
    }

    private void Found(long at, string problem, string rule, uint? tag = null)
    {
        if (_findings.Count < _options.MaxFindings)
            _findings.Add(new Finding(problem, at, PathOf(tag), rule));
        else if (_findings.Count == _options.MaxFindings)
            _findings.Add(new Finding("more findings are not recorded"));
    }

    private string PathOf(uint? tag)
    {
        var text = new StringBuilder();
        foreach (var (sequence, item) in _path.AsSpan(0, _depth))
        {
            // Far down, the ends of the path are what helps.
            if (text.Length > 400) break;
            text.Append(new Tag(sequence)).Append('[').Append(item.ToString(CultureInfo.InvariantCulture)).Append(']');
        }
        if (tag is { } t) text.Append(new Tag(t));
        return text.ToString();
    }

    /// <summary>The sentence of a finding, which is not composed when there are so many that it would not be recorded.</summary>
    [InterpolatedStringHandler]
    private ref struct ProblemText
    {
        private DefaultInterpolatedStringHandler _text;

        public ProblemText(int literalLength, int formattedCount, DataSetReader reader, out bool isWanted)
        {
            isWanted = reader._findings.Count <= reader._options.MaxFindings;
            if (isWanted) _text = new DefaultInterpolatedStringHandler(literalLength, formattedCount, CultureInfo.InvariantCulture);
        }

        public void AppendLiteral(string text) => _text.AppendLiteral(text);

        public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

        public string ToStringAndClear() => _text.ToStringAndClear();
    }
}
