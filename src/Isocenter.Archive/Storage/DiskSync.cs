using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Archive;

/// <summary>Ways to bring things to disk that .NET has no call for.</summary>
internal static class DiskSync
{
    private const int CloseOnExecLinux = 0x8_0000;
    private const int CloseOnExecMac = 0x100_0000;

    /// <summary>The names in a directory. On Windows nothing is needed.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void FlushDirectory(string path)
    {
        if (!OperatingSystem.IsWindows()) OnDirectory(path, "fsync", FSync);
    }

    /// <summary>Everything that was written to the file system of a directory. Linux only.</summary>
    /// <exception cref="IOException">The system refused, or could not write something.</exception>
    public static void FlushFileSystem(string path) => OnDirectory(path, "syncfs", SyncFileSystem);

    /// <summary>The bytes of a file whose length has not changed, without the time of the change. Linux only.</summary>
    /// <exception cref="IOException">The system refused.</exception>
    public static void FlushBytes(SafeFileHandle file)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            if (FDataSync((int)file.DangerousGetHandle()) != 0) throw Error("fdatasync", "a file");
        }
        finally
        {
            if (isHeld) file.DangerousRelease();
        }
    }

    private static void OnDirectory(string path, string name, Func<int, int> call)
    {
        int file = Open(Encoding.UTF8.GetBytes(path + '\0'), OperatingSystem.IsMacOS() ? CloseOnExecMac : CloseOnExecLinux);
        if (file < 0) throw Error("open", path);
        try
        {
            if (call(file) != 0) throw Error(name, path);
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

    [DllImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FDataSync(int file);

    [DllImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SyncFileSystem(int file);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    [SuppressMessage("Interoperability", "CA1806", Justification = "Nothing can be done about a close that fails.")]
    private static extern int Close(int file);
#pragma warning restore SYSLIB1054
}
