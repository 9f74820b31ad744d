using System.Globalization;
using System.Text;

namespace Isocenter.Dicom.Validation;

/// <summary>Collects findings, each with the path of the item that is looked at.</summary>
internal sealed class FindingList(ValidationOptions options)
{
    private readonly List<ValidationFinding> _findings = [];
    private readonly List<(Tag Sequence, int Item)> _path = [];
    private int _left = Math.Max(0, options.MaxFindings);
    private int _more;
    private string? _stopped;

    /// <summary>The sequence whose item is looked at; null at the top.</summary>
    public Tag? CurrentSequence => _path.Count > 0 ? _path[^1].Sequence : null;

    /// <param name="sequence">The sequence.</param>
    /// <param name="item">From 1, as the standard numbers items; paths count from 0, as everywhere.</param>
    public void Enter(Tag sequence, int item) => _path.Add((sequence, item));

    public void Leave() => _path.RemoveAt(_path.Count - 1);

    public void Add(ValidationSeverity severity, ValidationRule rule, Tag? tag, string section, string message)
    {
        if (--_left < 0)
        {
            _more++;
            return;
        }
        string keyword = tag is { } known && DataDictionary.TryFind(known, out var entry) ? entry.Keyword : "";
        _findings.Add(new ValidationFinding(severity, rule, PathTo(tag), keyword, section, message));
    }

    /// <summary>The validation ends here.</summary>
    public void Stop(string reason) => _stopped ??= reason;

    /// <summary>All findings in the order of their paths, those about the whole first. What two modules say alike is
    /// said once.</summary>
    public IReadOnlyList<ValidationFinding> Ordered()
    {
        var ordered = _findings.Distinct().OrderBy(finding => finding.Path, PathOrder.Instance).ToList();    // stable
        if (_more > 0) ordered.Add(Limit(string.Create(CultureInfo.InvariantCulture, $"{_more} more findings are not listed")));
        if (_stopped is not null) ordered.Add(Limit(_stopped));
        return ordered;
    }

    private static ValidationFinding Limit(string message) => new(ValidationSeverity.Warning, ValidationRule.Limit, "", "", "", message);

    private string PathTo(Tag? tag)
    {
        if (_path.Count == 0) return tag?.ToString() ?? "";
        var path = new StringBuilder();
        foreach (var (sequence, item) in _path) path.Append(CultureInfo.InvariantCulture, $"{sequence}[{item - 1}]");
        return path.Append(tag?.ToString()).ToString();
    }

    /// <summary>Tags as text are in their order; item numbers are not.</summary>
    private sealed class PathOrder : IComparer<string>
    {
        public static PathOrder Instance { get; } = new();

        public int Compare(string? x, string? y)
        {
            var a = x.AsSpan();
            var b = y.AsSpan();
            int same = a.CommonPrefixLength(b);
            if (same == a.Length || same == b.Length) return a.Length.CompareTo(b.Length);
            // Within [12] and [9] the longer number is the larger one.
            int open = a[..same].LastIndexOf('['), close = a[..same].LastIndexOf(']');
            if (open > close)
            {
                int lengthA = a[(open + 1)..].IndexOf(']'), lengthB = b[(open + 1)..].IndexOf(']');
                if (lengthA != lengthB) return lengthA.CompareTo(lengthB);
            }
            return a[same].CompareTo(b[same]);
        }
    }
}
