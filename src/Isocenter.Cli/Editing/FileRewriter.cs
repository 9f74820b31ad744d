using System.Buffers;
using System.IO.Compression;
using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>Writes a file that was opened and changed, to its own place or another one. What was not changed goes out byte for
/// byte, pixel data piece by piece from the old file.</summary>
/// <remarks>Written beside the target under another name first and moved there when all of it is on disk: at no moment is
/// there half a file under the name.</remarks>
internal static class FileRewriter
{
    /// <summary>Writes the file.</summary>
    /// <param name="file">Was opened from <paramref name="source"/>, and stays open.</param>
    /// <param name="source">Where it was opened.</param>
    /// <param name="meta">Another File Meta Information; null: the head of the file stays as it is, whatever that is.</param>
    /// <param name="syntax">How to write the data set.</param>
    /// <param name="target">Where to. The folder is made; a file of that name is replaced.</param>
    /// <param name="options">How to write the data set.</param>
    public static void Write(DicomFile file, string source, DataSet? meta, TransferSyntax syntax, string target, WriteOptions? options = null)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(target))!;
        Directory.CreateDirectory(folder);
        string temporary = Path.Combine(folder, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                WriteHead(stream, source, file.DataSetOffset, meta);
                WriteDataSet(stream, file.DataSet, syntax, options);
                stream.Flush(flushToDisk: true);
            }
            if (!OperatingSystem.IsWindows() && File.Exists(target)) File.SetUnixFileMode(temporary, File.GetUnixFileMode(target));
            // The old file has to be closed before another one can take its name on Windows.
            file.Dispose();
            File.Move(temporary, target, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Copies the whole file, when nothing was changed in it.</summary>
    public static void Copy(string source, string target)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(target))!);
        File.Copy(source, target, overwrite: true);
    }

    /// <summary>Copies the whole file, and returns when the copy is on disk.</summary>
    public static void CopyDurably(string source, string target)
    {
        string temporary = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(target))!, $".{Path.GetFileName(target)}.{Path.GetRandomFileName()}");
        try
        {
            File.Copy(source, temporary);
            using (var copy = File.OpenHandle(temporary, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.FlushToDisk(copy);
            File.Move(temporary, target, overwrite: false);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private static void WriteHead(FileStream stream, string source, long length, DataSet? meta)
    {
        using var old = File.OpenHandle(source);
        if (meta is null)
        {
            var head = new byte[checked((int)length)];
            ReadAll(old, head);
            stream.Write(head);
            return;
        }
        // Application profiles may use the preamble, as for TIFF (PS3.10 §7.1): it is kept.
        var preamble = new byte[132];
        if (length < preamble.Length || !ReadAll(old, preamble) || !preamble.AsSpan(128).SequenceEqual("DICM"u8)) Array.Clear(preamble);
        var output = new ArrayBufferWriter<byte>();
        FileMetaInformation.Write(meta, output);
        stream.Write(preamble.AsSpan(0, 128));
        stream.Write(output.WrittenSpan[128..]);
    }

    private static bool ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> bytes)
    {
        for (int at = 0; at < bytes.Length;)
        {
            int n = RandomAccess.Read(file, bytes[at..], at);
            if (n == 0) return false;
            at += n;
        }
        return true;
    }

    private static void WriteDataSet(FileStream stream, DataSet dataSet, TransferSyntax syntax, WriteOptions? options)
    {
        if (!syntax.IsDeflated)
        {
            DataSetWriter.Write(dataSet, stream, syntax, options);
            return;
        }
        using var deflate = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        DataSetWriter.Write(dataSet, deflate, TransferSyntax.ExplicitVRLittleEndian, options);
    }
}
