using System.Diagnostics.CodeAnalysis;

namespace Isocenter.DicomWeb;

/// <summary>A media type with its parameters, as in Content-Type and Accept (RFC 9110 §8.3, PS3.18 §8.7).</summary>
public sealed class MediaType
{
    private readonly List<KeyValuePair<string, string>> _parameters;

    private MediaType(string type, List<KeyValuePair<string, string>> parameters)
    {
        Type = type;
        _parameters = parameters;
    }

    /// <summary>type/subtype, in lower case.</summary>
    public string Type { get; }

    /// <summary>The parameters in order, names in lower case.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters => _parameters;

    /// <summary>The value of a parameter; null when absent.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (var (key, value) in _parameters)
            {
                if (key.Equals(name, StringComparison.OrdinalIgnoreCase)) return value;
            }
            return null;
        }
    }

    /// <summary>Reads one media type. Quoted parameter values may hold separators.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out MediaType? mediaType)
    {
        mediaType = null;
        if (text is null || text.Length > 4096) return false;
        var pieces = Split(text, ';');
        string type = pieces[0].Trim().ToLowerInvariant();
        if (type.Count(c => c == '/') != 1 || type.StartsWith('/') || type.EndsWith('/')) return false;
        var parameters = new List<KeyValuePair<string, string>>();
        foreach (string piece in pieces.Skip(1))
        {
            int equals = piece.IndexOf('=');
            if (equals < 0)
            {
                if (piece.Trim().Length == 0) continue;
                return false;
            }
            string value = piece[(equals + 1)..].Trim();
            if (value.Length >= 2 && value[0] == '"' && value[^1] == '"')
                value = value[1..^1].Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal);
            parameters.Add(new(piece[..equals].Trim().ToLowerInvariant(), value));
        }
        mediaType = new MediaType(type, parameters);
        return true;
    }

    /// <summary>Cuts at a separator that stands outside of quotes.</summary>
    internal static List<string> Split(string text, char separator)
    {
        var pieces = new List<string>();
        bool quoted = false;
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && quoted) i++;
            else if (text[i] == '"') quoted = !quoted;
            else if (text[i] == separator && !quoted)
            {
                pieces.Add(text[start..i]);
                start = i + 1;
            }
        }
        pieces.Add(text[start..]);
        return pieces;
    }
}
