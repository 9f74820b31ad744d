namespace Isocenter.Server;

/// <summary>Room for what may be larger than memory; gone when it is closed, or when the process ends.</summary>
internal static class TemporaryFile
{
    /// <summary>A stream over what <paramref name="write"/> wrote, from its begin.</summary>
    public static FileStream Of(Action<Stream> write)
    {
        var stream = new FileStream(Path.Combine(Path.GetTempPath(), Path.GetRandomFileName()), new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = 0,
        });
        try
        {
            write(stream);
            stream.Position = 0;
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>A file that exists already, from its begin; it is gone when it is closed.</summary>
    public static FileStream Take(string path) => new(path, new FileStreamOptions
    {
        Mode = FileMode.Open,
        Access = FileAccess.Read,
        Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        BufferSize = 0,
    });
}
