using System.Buffers;
using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Receiving;

/// <summary>Folders that objects are put into below the folder that was named.</summary>
internal enum FolderLayout
{
    /// <summary>None: all lie side by side.</summary>
    Flat,
    /// <summary>STUDY/</summary>
    Study,
    /// <summary>STUDY/SERIES/</summary>
    Series,
    /// <summary>PATIENT/STUDY/SERIES/</summary>
    Patient,
}

/// <summary>What to do when there is a file of that name.</summary>
internal enum ExistingFile
{
    /// <summary>The new one takes its place.</summary>
    Replace,
    /// <summary>It stays, and the new object is dropped; the sender is told Success.</summary>
    Keep,
    /// <summary>Both stay: the new one is called UID.2.dcm.</summary>
    Number,
    /// <summary>It stays, and the sender is told 0x0111, duplicate SOP instance.</summary>
    Refuse,
}

/// <summary>Writes objects that come by C-STORE as DICOM files named by their SOP Instance UIDs.</summary>
/// <remarks>Bytes go to a file with another name, which gets its own when it is whole; what a lost association leaves is
/// deleted. Names come from UIDs and from identifiers that <see cref="SafeName"/> went over, so that none leads out of the
/// folder. Safe from many associations.</remarks>
internal sealed class ObjectFolder(string folder, FolderLayout layout = FolderLayout.Flat, ExistingFile existing = ExistingFile.Replace,
    bool isChecked = false, bool isSynced = false)
{
    private static readonly ReadOptions UpToSeries = new() { StopBefore = new Tag(0x0020_000F) };

    private readonly string _named = folder;

    // Whole: the system is asked for the present folder once, not for each file.
    private readonly string _folder = Path.GetFullPath(folder);
    private readonly string _partPrefix = Path.Combine(Path.GetFullPath(folder), "." + Path.GetRandomFileName() + "-");
    private int _parts;

    /// <summary>Takes an object.</summary>
    /// <param name="context">The C-STORE.</param>
    /// <param name="sender">AE title of who sent it, for the File Meta Information.</param>
    /// <param name="receiver">Our AE title, for the File Meta Information.</param>
    /// <param name="cancel">Ends the writing; there is no file then.</param>
    public async ValueTask<ReceivedObject> WriteAsync(StoreContext context, string sender, string receiver, CancellationToken cancel)
    {
        string part = string.Create(CultureInfo.InvariantCulture, $"{_partPrefix}{Interlocked.Increment(ref _parts)}.part");
        bool isPlaced = false;
        try
        {
            long length = await WritePartAsync(part, context, sender, receiver, cancel);
            if (isChecked && ProblemOf(part, context) is { } problem) return new ReceivedObject(problem, null, length);
            string path = Path.Combine(FolderOf(part), context.SopInstanceUid.Value + ".dcm");
            if (Place(part, path) is not { } placed)
                return new ReceivedObject(existing == ExistingFile.Keep ? Status.Success : Status.DuplicateSopInstance.With("there is an object of that UID"), null, length);
            isPlaced = true;
            return new ReceivedObject(Status.Success, string.Concat(_named, placed.AsSpan(_folder.Length)), length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new ReceivedObject(Status.OutOfResources.With(e.Message), null, 0);
        }
        finally
        {
            if (!isPlaced) File.Delete(part);
        }
    }

    /// <summary>One folder name out of what may be anything: letters, digits and a few signs stay, the rest becomes an
    /// underscore; never empty, hidden, or longer than 64.</summary>
    public static string SafeName(string? text)
    {
        string name = string.Concat((text ?? "").Trim().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' ? c : '_'));
        if (name.Length > 64) name = name[..64];
        name = name.TrimEnd('.');
        return name.Length == 0 ? "_" : name[0] == '.' ? "_" + name[1..] : name;
    }

    private async Task<long> WritePartAsync(string part, StoreContext context, string sender, string receiver, CancellationToken cancel)
    {
        using var file = File.OpenHandle(part, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        var head = new ArrayBufferWriter<byte>(512);
        FileMetaInformation.Write(FileMetaInformation
            .Create(context.SopClassUid.Value, context.SopInstanceUid.Value, context.TransferSyntax, sender)
            .SetText(Tags.SendingApplicationEntityTitle, VR.AE, sender)
            .SetText(Tags.ReceivingApplicationEntityTitle, VR.AE, receiver), head);
        long offset = 0;
        while (true)
        {
            var read = await context.DataSet.ReadAsync(cancel);
            // In place: what goes into the page cache is written sooner than another thread takes it up. The head goes out with
            // the first bytes of the data set.
            if (offset == 0)
            {
                RandomAccess.Write(file, [head.WrittenMemory, .. Segments(read.Buffer)], 0);
                offset = head.WrittenCount + read.Buffer.Length;
            }
            else
            {
                foreach (var segment in read.Buffer)
                {
                    RandomAccess.Write(file, segment.Span, offset);
                    offset += segment.Length;
                }
            }
            context.DataSet.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) break;
        }
        if (isSynced) RandomAccess.FlushToDisk(file);
        return offset - head.WrittenCount;
    }

    private static IEnumerable<ReadOnlyMemory<byte>> Segments(ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes) yield return segment;
    }

    private string FolderOf(string part)
    {
        if (layout == FolderLayout.Flat) return _folder;
        string study = "", series = "", patient = "";
        try
        {
            using var header = DicomFile.Open(part, UpToSeries);
            study = header.DataSet.Get(Tags.StudyInstanceUID, "");
            series = header.DataSet.Get(Tags.SeriesInstanceUID, "");
            patient = header.DataSet.Get(Tags.PatientID, "");
        }
        catch (DicomFormatException)
        {
            // It is kept as it came, under names that say nothing.
        }
        return layout switch
        {
            FolderLayout.Study => Path.Combine(_folder, SafeName(study)),
            FolderLayout.Series => Path.Combine(_folder, SafeName(study), SafeName(series)),
            _ => Path.Combine(_folder, SafeName(patient), SafeName(study), SafeName(series)),
        };
    }

    /// <returns>Where the object is now; null when another one has stayed in its place.</returns>
    private string? Place(string part, string path)
    {
        try
        {
            return Move(part, path);
        }
        catch (DirectoryNotFoundException)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return Move(part, path);
        }
    }

    private string? Move(string part, string path)
    {
        if (existing == ExistingFile.Replace)
        {
            File.Move(part, path, overwrite: true);
            return path;
        }
        string name = path;
        for (int number = 2; !TryMove(part, name); number++)
        {
            if (existing != ExistingFile.Number) return null;
            name = $"{path[..^4]}.{number}.dcm";
        }
        return name;
    }

    private static bool TryMove(string part, string path)
    {
        try
        {
            File.Move(part, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }
    }

    private static Status? ProblemOf(string part, StoreContext context)
    {
        try
        {
            using var file = DicomFile.Open(part);
            if (!file.IsComplete) return Status.UnableToProcess.With("the data set ends too early");
            string sopClass = file.DataSet.Get(Tags.SOPClassUID, ""), instance = file.DataSet.Get(Tags.SOPInstanceUID, "");
            return sopClass == context.SopClassUid.Value && instance == context.SopInstanceUid.Value
                ? null
                : Status.DataSetDoesNotMatchSopClass.With("SOP Class or Instance UID are not those of the command");
        }
        catch (DicomFormatException wrong)
        {
            return Status.UnableToProcess.With(wrong.Message);
        }
    }
}

/// <summary>What became of an object that came.</summary>
/// <param name="Status">What the sender is told.</param>
/// <param name="Path">Where it is; null when it is nowhere.</param>
/// <param name="Length">Bytes of its data set.</param>
internal sealed record ReceivedObject(Status Status, string? Path, long Length);
