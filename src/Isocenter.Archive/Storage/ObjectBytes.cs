using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>The data set of a stored object as a piece of an open file, for copies by range or by the kernel.</summary>
/// <param name="Handle">The open file. Belongs to this; closed by <see cref="Dispose"/>.</param>
/// <param name="Offset">First byte, from the start of the file.</param>
/// <param name="Length">Bytes.</param>
public sealed record ObjectBytes(SafeFileHandle Handle, long Offset, long Length) : IDisposable
{
    /// <summary>Closes the file.</summary>
    public void Dispose() => Handle.Dispose();
}
