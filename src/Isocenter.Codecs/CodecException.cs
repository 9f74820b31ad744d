namespace Isocenter.Codecs;

/// <summary>A code stream is damaged, exceeds a limit, or contradicts the layout it is decoded into.</summary>
public sealed class CodecException : Exception
{
    /// <summary>Makes the error; the message is composed of its parts.</summary>
    /// <param name="codec">What was decoding, as "JPEG-LS".</param>
    /// <param name="problem">What was expected and found, in words.</param>
    /// <param name="offset">Bytes from the start of the code stream; null where there is none.</param>
    /// <param name="rule">Where the format says so, as "ISO/IEC 14495-1 §C.2.2"; null where no rule is broken.</param>
    public CodecException(string codec, string problem, long? offset = null, string? rule = null)
        : base(Compose(codec, problem, offset, rule))
    {
        Codec = codec;
        Problem = problem;
        Offset = offset;
        Rule = rule;
    }

    /// <summary>What was decoding.</summary>
    public string Codec { get; }

    /// <summary>What was expected and found.</summary>
    public string Problem { get; }

    /// <summary>Bytes from the start of the code stream.</summary>
    public long? Offset { get; }

    /// <summary>Where the format says so.</summary>
    public string? Rule { get; }

    private static string Compose(string codec, string problem, long? offset, string? rule)
    {
        string where = offset is { } at ? $" at byte {at}" : "";
        return rule is null ? $"{codec}{where}: {problem}" : $"{codec}{where}: {problem} ({rule})";
    }
}
