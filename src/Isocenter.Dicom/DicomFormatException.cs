namespace Isocenter.Dicom;

/// <summary>The bytes are wrong: says what was expected, what was found and where.</summary>
public sealed class DicomFormatException : Exception
{
    /// <summary>Makes the error; the message is composed of its parts.</summary>
    /// <param name="problem">What was expected and found, in words.</param>
    /// <param name="offset">Bytes from the start of the file or data set; null where there is none (text formats).</param>
    /// <param name="path">Where in the data set, as (0008,1140)[2](0008,1155); empty at the top.</param>
    /// <param name="rule">Section of the standard, as PS3.5 §7.1.2; null where no rule is broken.</param>
    /// <param name="innerException">What made us notice.</param>
    public DicomFormatException(string problem, long? offset = null, string path = "", string? rule = null, Exception? innerException = null)
        : base(Finding.Compose(problem, offset, path, rule), innerException)
    {
        Problem = problem;
        Offset = offset;
        Path = path;
        Rule = rule;
    }

    /// <summary>What was expected and found.</summary>
    public string Problem { get; }

    /// <summary>Bytes from the start of the file or data set.</summary>
    public long? Offset { get; }

    /// <summary>Where in the data set.</summary>
    public string Path { get; }

    /// <summary>Section of the standard.</summary>
    public string? Rule { get; }
}
