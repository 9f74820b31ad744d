using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;

namespace Isocenter.Archive;

/// <summary>Brings the names in a directory to disk. .NET has no call for it; on Windows none is needed.</summary>
internal static class DirectorySync
{
    private const int CloseOnExecLinux = 0x8_0000;
    private const int CloseOnExecMac = 0x100_0000;

    /// <exception cref="IOException">The system refused.</exception>
    public static void Flush(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        int file = Open(Encoding.UTF8.GetBytes(path + '\0'), OperatingSystem.IsMacOS() ? CloseOnExecMac : CloseOnExecLinux);
        if (file < 0) throw Error("open", path);
        try
        {
            if (FSync(file) != 0) throw Error("fsync", path);
        }
        finally
        {
            _ = Close(file);
        }
    }

    private static IOException Error(string call, string path) =>
        new($"{call} of {path}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    // LibraryImport would make the project allow unsafe code; these are blittable as they stand.
#pragma warning disable SYSLIB1054
    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(int file);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressMessage("Interoperability", "CA1806", Justification = "Nothing can be done about a close that fails.")]
    private static extern int Close(int file);
#pragma warning restore SYSLIB1054
}
