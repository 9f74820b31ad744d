using System.IO.Compression;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>What the index needs of an object, and whether it is whole: from the scanner when that is sure, else by
/// reading the file.</summary>
internal static class ObjectHeader
{
    private const int Piece = 64 * 1024;

    /// <summary>After the last attribute that is indexed, nothing needs to be read for the index.</summary>
    internal static readonly ReadOptions HeaderOptions = new() { StopBefore = IndexedAttributes.End };

    /// <summary>Small values only are held in memory.</summary>
    private static readonly ReadOptions WholeOptions = new() { LargeValueThreshold = 1024, MaxInflatedLength = 64 << 20 };

    /// <summary>A SOP class of PS3.6 Annex A.</summary>
    public static bool IsKnownClass(string uid) => UidDictionary.TryFind(uid, out var entry) && entry.Kind == UidKind.SopClass;

    /// <param name="scanner">Has seen the whole data set; ignored when the syntax is deflated.</param>
    /// <param name="syntax">Transfer syntax.</param>
    /// <param name="path">The file, written to its end.</param>
    /// <param name="offset">Of the data set.</param>
    /// <param name="options">For the limit on inflating.</param>
    /// <param name="extra">What is kept beside what every index keeps.</param>
    /// <param name="problem">Why the object is refused.</param>
    /// <returns>The elements for the index, or null: not whole or not readable.</returns>
    public static DataSet? Read(DataSetScanner scanner, TransferSyntax syntax, string path, long offset, ArchiveOptions options, ExtraAttributes extra, out string? problem)
    {
        problem = null;
        try
        {
            if (syntax.IsDeflated)
            {
                syntax = TransferSyntax.ExplicitVRLittleEndian;
                scanner = Inflate(path, offset, options.MaxInflatedLength, extra, out problem);
                if (problem is not null) return null;
                // A stream that was cut off between two elements looks whole to the scanner; the reader looks for its last block.
                using var inflated = DicomFile.Open(path, WholeOptions with { MaxInflatedLength = options.MaxInflatedLength });
                if (!inflated.IsComplete)
                {
                    problem = inflated.Findings.Count > 0 ? inflated.Findings[^1].ToString() : "the data set ends too early";
                    return null;
                }
            }
            if (scanner.IsCertain && scanner.IsWhole) return DicomFile.ReadDataSet(scanner.Kept, syntax).DataSet;

            using var file = DicomFile.Open(path, WholeOptions);
            if (file.IsComplete) return file.DataSet.Copy().Freeze();
            problem = file.Findings.Count > 0 ? file.Findings[^1].ToString() : "the data set ends too early";
        }
        catch (DicomFormatException e)
        {
            problem = e.Message;
        }
        catch (InvalidDataException)
        {
            problem = "the data set cannot be inflated: it is no deflate stream, or a damaged one (PS3.5 §A.5)";
        }
        return null;
    }

    private static DataSetScanner Inflate(string path, long offset, long limit, ExtraAttributes extra, out string? problem)
    {
        problem = null;
        var scanner = new DataSetScanner(TransferSyntax.ExplicitVRLittleEndian, extra.IsWanted);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        file.Position = offset;
        Span<byte> head = stackalloc byte[2];
        bool hasZlibHeader = file.Read(head) == 2 && head[0] == 0x78 && (head[0] << 8 | head[1]) % 31 == 0;
        file.Position = hasZlibHeader ? offset + 2 : offset;
        using var inflate = new DeflateStream(file, CompressionMode.Decompress);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            while (true)
            {
                int n = inflate.Read(buffer, 0, Piece);
                if (n == 0) return scanner;
                scanner.Push(buffer.AsSpan(0, n));
                if (scanner.Offset <= limit && scanner.IsCertain) continue;
                if (scanner.Offset > limit) problem = $"the data set inflates to more than {limit} bytes, the limit of this archive";
                return scanner;
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
