using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>A stream of <see cref="ImageArchive.OpenRead"/> whose bytes lie in a file as they are given out, for one who can
/// send them without reading them.</summary>
public interface IStoredBytes
{
    /// <summary>The file, open as long as the stream. Offsets are those of the stream.</summary>
    SafeFileHandle File { get; }

    /// <summary>From this offset on file and stream are the same; before, the stream gives out zeros.</summary>
    int SameFrom { get; }
}
