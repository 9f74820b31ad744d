namespace Isocenter.Imaging;

/// <summary>Why there is no object of the frames that were asked for (PS3.4 Table Y.4-1).</summary>
public enum FrameExtractionProblem
{
    /// <summary>The object has none of the frames.</summary>
    NoSuchFrames,
    /// <summary>An object of its SOP class cannot be made of some of its frames.</summary>
    SopClass,
    /// <summary>The frames cannot be taken apart.</summary>
    Frames,
    /// <summary>Times were asked for, and it does not say when its frames are.</summary>
    NotTimeBased,
    /// <summary>The keys contradict the rules of PS3.4 §Y.3.2.</summary>
    Request,
}

/// <summary>No object is made. The message says why.</summary>
public sealed class FrameExtractionException : Exception
{
    /// <summary>Makes the error.</summary>
    public FrameExtractionException(FrameExtractionProblem problem, string message, Exception? innerException = null) : base(message, innerException) => Problem = problem;

    /// <summary>What kind of obstacle it is.</summary>
    public FrameExtractionProblem Problem { get; }
}
