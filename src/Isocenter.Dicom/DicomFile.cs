using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Dicom;

/// <summary>A DICOM file (PS3.10 §7): File Meta Information and a data set.</summary>
/// <remarks>Opened from a path, large values stay in the file, which is kept open until this is disposed; the rest is in
/// pooled memory that is given back then. Asked for afterwards, the data set throws ObjectDisposedException: take a
/// <see cref="DataSet.Copy"/> of what is to live longer. What was read from memory or a stream lives as long as anybody
/// holds it.</remarks>
public sealed class DicomFile : IDisposable
{
    private readonly ByteFile? _file;
    private readonly ReadTree? _tree;
    private readonly ReadTree? _inflatedTree;
    private readonly IReadOnlyList<Finding> _readerFindings;
    private IReadOnlyList<Finding>? _findings;

    internal DicomFile(DataSet meta, TransferSyntax syntax, DataSet dataSet, IReadOnlyList<Finding> findings, bool isComplete,
        long dataSetOffset, ByteFile? file, ReadTree tree, ReadTree inflatedTree)
    {
        FileMeta = meta;
        TransferSyntax = syntax;
        DataSet = dataSet;
        _readerFindings = findings;
        IsComplete = isComplete;
        DataSetOffset = dataSetOffset;
        _file = file;
        _tree = tree;
        _inflatedTree = inflatedTree;
    }

    /// <summary>Makes a file of a data set.</summary>
    /// <exception cref="DicomFormatException">SOP Class UID or SOP Instance UID is missing.</exception>
    public DicomFile(DataSet dataSet, TransferSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(dataSet);
        ArgumentNullException.ThrowIfNull(syntax);
        FileMeta = FileMetaInformation.Create(dataSet.Get<string>(Tags.SOPClassUID), dataSet.Get<string>(Tags.SOPInstanceUID), syntax);
        TransferSyntax = syntax;
        DataSet = dataSet;
        _readerFindings = _findings = [];
        IsComplete = true;
    }

    /// <summary>Group 0002; empty when the file has none.</summary>
    public DataSet FileMeta { get; }

    /// <summary>How the data set is encoded.</summary>
    public TransferSyntax TransferSyntax { get; }

    /// <summary>The data set.</summary>
    public DataSet DataSet { get; }

    /// <summary>What was wrong in the bytes and could be read all the same, and what is wrong with the terms of
    /// (0008,0005). Single values are looked at by <see cref="ValueCheck"/>.</summary>
    public IReadOnlyList<Finding> Findings => _findings ??= [.. ValueCheck.Declarations(DataSet), .. _readerFindings];

    /// <summary>False when the file ends before the data set does. What there is of it was read.</summary>
    public bool IsComplete { get; }

    /// <summary>Offset in the file of the first byte of the data set, in bytes.</summary>
    public long DataSetOffset { get; }

    /// <summary>Opens a file. A pipe is read to its end, into memory.</summary>
    /// <exception cref="DicomFormatException">Not DICOM, so damaged that nothing can be read, or with more small values than
    /// <see cref="ReadOptions.MaxKeptLength"/> allows.</exception>
    /// <exception cref="IOException">The file cannot be opened or read.</exception>
    public static DicomFile Open(string path, ReadOptions? options = null) =>
        Open(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), options);

    /// <summary>Reads a file that is open for reading, from its begin.</summary>
    /// <param name="handle">Belongs to the result, which closes it when it is disposed; closed when the file cannot be read.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <inheritdoc cref="Open(string, ReadOptions?)"/>
    public static DicomFile Open(SafeFileHandle handle, ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(handle);
        options ??= ReadOptions.Default;
        if (LengthOf(handle) is not { } length) return ReadPipe(handle, options);
        var file = new FileSource(handle, length);
        var source = new ByteSource(file, isPooled: true, Math.Clamp(options.MaxKeptLength, 0, int.MaxValue / 2));
        try
        {
            return FileReader.Read(source, options);
        }
        catch
        {
            file.Dispose();
            source.Tree.Dispose();
            throw;
        }
    }

    /// <summary>Null: a pipe has none.</summary>
    private static long? LengthOf(SafeFileHandle handle)
    {
        try
        {
            return RandomAccess.GetLength(handle);
        }
        catch (NotSupportedException)
        {
            return null;
        }
    }

    private static DicomFile ReadPipe(SafeFileHandle handle, ReadOptions options)
    {
        using var stream = new FileStream(handle, FileAccess.Read, bufferSize: 0);
        var bytes = new ArrayBufferWriter<byte>();
        for (int n; (n = stream.Read(bytes.GetSpan(32 * 1024))) > 0;)
        {
            bytes.Advance(n);
            if (bytes.WrittenCount > options.MaxStreamLength) throw TooLong(options);
        }
        return Read(bytes.WrittenMemory, options);
    }

    private static DicomFormatException TooLong(ReadOptions options) =>
        new($"the stream is longer than {options.MaxStreamLength} bytes, the limit of this reading");

    /// <summary>Reads a file that is in memory. The data set refers to <paramref name="bytes"/>: leave them unchanged.</summary>
    /// <exception cref="DicomFormatException">Not DICOM, or so damaged that nothing can be read.</exception>
    public static DicomFile Read(ReadOnlyMemory<byte> bytes, ReadOptions? options = null) =>
        FileReader.Read(new ByteSource(bytes), options ?? ReadOptions.Default);

    /// <summary>Reads a file from a stream to its end, into memory.</summary>
    /// <exception cref="DicomFormatException">Not DICOM, or longer than <see cref="ReadOptions.MaxStreamLength"/>.</exception>
    public static async Task<DicomFile> ReadAsync(Stream stream, ReadOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= ReadOptions.Default;
        var bytes = new ArrayBufferWriter<byte>();
        while (true)
        {
            int n = await stream.ReadAsync(bytes.GetMemory(32 * 1024), cancel).ConfigureAwait(false);
            if (n == 0) break;
            bytes.Advance(n);
            if (bytes.WrittenCount > options.MaxStreamLength) throw TooLong(options);
        }
        return Read(bytes.WrittenMemory, options);
    }

    /// <summary>Reads a file from a pipe to its end, into memory. What was read of the pipe is consumed; the caller
    /// completes it.</summary>
    /// <exception cref="DicomFormatException">Not DICOM, or longer than <see cref="ReadOptions.MaxStreamLength"/>.</exception>
    public static Task<DicomFile> ReadAsync(PipeReader pipe, ReadOptions? options = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(pipe);
        return ReadAsync(pipe.AsStream(leaveOpen: true), options, cancel);
    }

    /// <summary>Reads a data set without File Meta Information, as it travels in an association.</summary>
    /// <exception cref="DicomFormatException">So damaged that nothing can be read.</exception>
    public static DicomFile ReadDataSet(ReadOnlyMemory<byte> bytes, TransferSyntax syntax, ReadOptions? options = null) =>
        FileReader.ReadDataSet(new ByteSource(bytes), syntax, options ?? ReadOptions.Default);

    /// <summary>Writes the file, in its transfer syntax. A file of that name is replaced.</summary>
    public void Save(string path, WriteOptions? options = null)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        Save(stream, options);
    }

    /// <summary>Writes the file, in its transfer syntax.</summary>
    public void Save(Stream stream, WriteOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var output = new StreamBufferWriter(stream);
        FileMetaInformation.Write(FileMeta, output);
        if (!TransferSyntax.IsDeflated)
        {
            DataSetWriter.Write(DataSet, output, TransferSyntax, options);
            output.Flush();
            return;
        }
        output.Flush();
        using var deflate = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        using var inner = new StreamBufferWriter(deflate);
        DataSetWriter.Write(DataSet, inner, TransferSyntax.ExplicitVRLittleEndian, options);
        inner.Flush();
    }

    /// <summary>The whole file as bytes.</summary>
    public byte[] ToArray(WriteOptions? options = null)
    {
        using var stream = new MemoryStream();
        Save(stream, options);
        return stream.ToArray();
    }

    /// <summary>Closes the file it was opened from. Its data set cannot be read any more.</summary>
    public void Dispose()
    {
        _findings ??= _readerFindings;
        _file?.Dispose();
        _tree?.Dispose();
        _inflatedTree?.Dispose();
    }
}
