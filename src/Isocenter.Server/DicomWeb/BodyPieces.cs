using System.IO.Pipelines;

namespace Isocenter.Server.DicomWeb;

/// <summary>How the bodies of answers are handed to the connection.</summary>
internal static class BodyPieces
{
    /// <summary>Bytes at a time: enough that the calls between do not count, few enough that sending and reading overlap.</summary>
    public const int Length = 128 * 1024;

    /// <summary>Writes bytes piece by piece, no faster than the client takes them. The writer alone would cut them into blocks of
    /// 4 KB.</summary>
    public static async Task WriteAsync(PipeWriter output, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        do
        {
            int n = Math.Min(Length, bytes.Length);
            bytes[..n].CopyTo(output.GetMemory(n));
            output.Advance(n);
            bytes = bytes[n..];
            await output.FlushAsync(cancel);
        }
        while (!bytes.IsEmpty);
    }
}
