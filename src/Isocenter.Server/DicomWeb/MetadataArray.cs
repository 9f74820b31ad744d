using System.Buffers;
using System.Runtime.ExceptionServices;
using Isocenter.Archive;
using Isocenter.Dicom;

namespace Isocenter.Server.DicomWeb;

/// <summary>The metadata of many instances on their way into one JSON array (PS3.18 §10.4.1.1.2, Annex F), read on all processors.
/// Those that cannot be read are left out and counted.</summary>
/// <param name="archive">Where they are.</param>
/// <param name="root">Address of the service.</param>
/// <param name="logger">Hears of each that is left out.</param>
internal sealed class MetadataArray(ImageArchive archive, string root, ILogger logger)
{
    /// <summary>Instances that are read at once.</summary>
    private const int Bundle = 64;

    /// <summary>Bytes that are held at most before they have to be sent.</summary>
    private const int MaxHeld = 16 << 20;

    private readonly ArrayBufferWriter<byte>[] _pieces = new ArrayBufferWriter<byte>[Bundle];
    private readonly ArchiveException?[] _problems = new ArchiveException?[Bundle];
    private bool _hasBegun;

    /// <summary>What was written.</summary>
    public KeptContent Content { get; } = new(MaxHeld);

    /// <summary>Instances that were left out.</summary>
    public int Missing { get; private set; }

    /// <summary>Why the first of them was left out.</summary>
    public ArchiveException? Problem { get; private set; }

    /// <summary>Appends the metadata of the instances from <paramref name="at"/> on, as many as are read at once.</summary>
    /// <returns>Where to go on.</returns>
    public int Append(IReadOnlyList<StoredInstance> instances, int at, CancellationToken cancel)
    {
        int count = Math.Min(Bundle, instances.Count - at);
        ReadBundle(instances, at, count, cancel);
        for (int i = 0; i < count; i++)
        {
            if (_problems[i] is { } problem)
            {
                Log.NotServed(logger, instances[at + i].SopInstanceUid.Value, problem.Message);
                Problem ??= problem;
                Missing++;
                continue;
            }
            Content.Write(_hasBegun ? ","u8 : "["u8);
            Content.Write(_pieces[i].WrittenSpan);
            _hasBegun = true;
        }
        return at + count;
    }

    /// <summary>Closes the array.</summary>
    public void End() => Content.Write(_hasBegun ? "]"u8 : "[]"u8);

    private void ReadBundle(IReadOnlyList<StoredInstance> instances, int at, int count, CancellationToken cancel)
    {
        if (count == 1)
        {
            ReadOne(0);
            return;
        }
        try
        {
            Parallel.For(0, count, new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, ReadOne);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        void ReadOne(int i)
        {
            _problems[i] = null;
            var piece = _pieces[i] ??= new ArrayBufferWriter<byte>(8 * 1024);
            piece.ResetWrittenCount();
            try
            {
                using var file = archive.OpenDataSet(instances[at + i], MetadataService.Options, isHeaderOnly: true);
                string address = Addresses.Of(root, instances[at + i]);
                DicomJson.Write(file.DataSet, piece, new JsonOptions { BulkData = (path, _) => $"{address}/bulkdata/{path}", InlineLimit = MetadataService.InlineLimit });
            }
            catch (ArchiveException e)
            {
                _problems[i] = e;
            }
        }
    }
}
