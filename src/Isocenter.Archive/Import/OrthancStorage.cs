using System.Buffers.Binary;
using System.IO.Compression;
using Microsoft.Data.Sqlite;

namespace Isocenter.Archive;

/// <summary>A file that may be imported.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="IsCompressed">It is one of Orthanc's compressed attachments: its length (8 bytes, little endian), then a zlib stream.</param>
public sealed record ImportFile(string Path, bool IsCompressed = false)
{
    private const int LengthBytes = 8;

    /// <summary>Opens the DICOM file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public Stream Open()
    {
        var file = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 64 * 1024, FileOptions.SequentialScan);
        if (!IsCompressed) return file;
        Span<byte> length = stackalloc byte[LengthBytes];
        file.ReadExactly(length);
        return BinaryPrimitives.ReadUInt64LittleEndian(length) == 0 ? Stream.Null : new ZLibStream(file, CompressionMode.Decompress);
    }
}

/// <summary>Reads which files of an Orthanc storage folder are DICOM objects: beside them there are others, such as their
/// headers as JSON and objects cut off before the pixel data, that must not be taken for them.</summary>
/// <remarks>Orthanc with its built-in SQLite index (<c>index</c> in the storage folder). It should not be running.</remarks>
public static class OrthancStorage
{
    private const int DicomAttachment = 1;
    private const int ZlibWithSize = 2;

    /// <summary>Is this such a folder?</summary>
    public static bool IsIn(string folder) => File.Exists(IndexOf(folder));

    /// <summary>Its objects, by the names of their files.</summary>
    /// <exception cref="IOException">The index is not one of Orthanc's that we know.</exception>
    public static IReadOnlyList<ImportFile> Find(string folder)
    {
        SQLitePCL.Batteries_V2.Init();
        var files = new List<ImportFile>();
        try
        {
            var text = new SqliteConnectionStringBuilder { DataSource = IndexOf(folder), Mode = SqliteOpenMode.ReadOnly, Pooling = false };
            using var connection = new SqliteConnection(text.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"SELECT uuid, compressionType FROM AttachedFiles WHERE fileType = {DicomAttachment} ORDER BY uuid";
            using var rows = command.ExecuteReader();
            while (rows.Read())
            {
                string uuid = rows.GetString(0);
                // A name from a file of somebody else: it must not lead out of the folder.
                if (uuid.Length < 4 || !uuid.All(c => char.IsAsciiLetterOrDigit(c) || c == '-')) throw new IOException($"the index of {folder} has an attachment with a name that is none");
                files.Add(new ImportFile(Path.Combine(folder, uuid[..2], uuid[2..4], uuid), rows.GetInt32(1) == ZlibWithSize));
            }
        }
        catch (SqliteException e)
        {
            throw new IOException($"the index of {folder} is none that is known: {e.Message}", e);
        }
        return files;
    }

    private static string IndexOf(string folder) => Path.Combine(folder, "index");
}
