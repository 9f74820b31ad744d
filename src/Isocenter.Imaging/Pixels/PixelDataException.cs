namespace Isocenter.Imaging;

/// <summary>Why there is no picture.</summary>
public enum PixelDataProblem
{
    /// <summary>The object has no pixel data.</summary>
    None,
    /// <summary>The pixel data are compressed in a way that is not decoded here.</summary>
    Compressed,
    /// <summary>The header asks for something that is legal and not drawn here.</summary>
    Unsupported,
    /// <summary>The header contradicts itself or the pixel data.</summary>
    Contradiction,
    /// <summary>A frame is larger than the limit.</summary>
    TooLarge,
    /// <summary>The object has fewer frames.</summary>
    NoSuchFrame,
    /// <summary>A code stream is damaged.</summary>
    Damaged,
}

/// <summary>No picture can be made of the pixel data. The message says why, in words for a person.</summary>
public sealed class PixelDataException : Exception
{
    /// <summary>Makes the error.</summary>
    public PixelDataException(PixelDataProblem problem, string message, Exception? innerException = null) : base(message, innerException) => Problem = problem;

    /// <summary>What kind of obstacle it is.</summary>
    public PixelDataProblem Problem { get; }
}
