using System.Collections.Concurrent;
using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Brings objects into another transfer syntax: frames are decoded and encoded several at a time and go through a
/// spool, so that memory goes with a frame, not with the object; the attributes that speak of the pixel data follow.</summary>
public static class Transcoder
{
    /// <summary>Transcodes an object into a file.</summary>
    /// <param name="source">The object. Its data set is frozen.</param>
    /// <param name="path">The file to write. It appears when it is whole; one of that name is replaced.</param>
    /// <param name="options">The target, and how.</param>
    /// <param name="cancel">Ends the work; there is no file then.</param>
    /// <exception cref="PixelDataException">The frames cannot be decoded, or the target has no room for them.</exception>
    /// <exception cref="CodecException">A frame is damaged.</exception>
    /// <exception cref="DicomFormatException">The object has no SOP Class UID or SOP Instance UID, or is not whole.</exception>
    /// <exception cref="IOException">Reading or writing fails.</exception>
    /// <remarks>An object without pixel data is written in the target syntax, or in Explicit VR Little Endian when that is an
    /// encapsulated one. Pixel data that are in the target syntax already are taken over as they are.</remarks>
    public static async Task<TranscodeResult> TranscodeAsync(DicomFile source, string path, TranscodeOptions options, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        if (!source.IsComplete) throw new DicomFormatException("the file ends before its data set does");
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        Directory.CreateDirectory(folder);
        source.DataSet.Freeze();
        using var work = new TranscodeWork(source, options, folder);
        var (dataSet, syntax, result) = await work.RunAsync(cancel).ConfigureAwait(false);
        string part = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            new DicomFile(dataSet, syntax).Save(part);
            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
        return result;
    }
}

/// <summary>One object on its way.</summary>
internal sealed class TranscodeWork : IDisposable
{
    private readonly DicomFile _source;
    private readonly TranscodeOptions _options;
    private readonly string _folder;
    private PixelSpool _spool;

    public TranscodeWork(DicomFile source, TranscodeOptions options, string folder)
    {
        (_source, _options, _folder) = (source, options, folder);
        _spool = new PixelSpool(folder);
    }

    public async Task<(DataSet, TransferSyntax, TranscodeResult)> RunAsync(CancellationToken cancel)
    {
        var target = _options.Target;
        var dataSet = _source.DataSet.Copy();
        string uid = dataSet.Get(Tags.SOPInstanceUID, "");
        if (!TryFindPixels(_source.DataSet, out var pixels))
        {
            var plain = target.IsEncapsulated ? TransferSyntax.ExplicitVRLittleEndian : target;
            NestedPixelData.MakeNative(dataSet, _source.TransferSyntax, _options.Read);
            return (dataSet, plain, new TranscodeResult(uid, 0, 0, 0, false, false, []));
        }
        long before = pixels.Fragments?.Length ?? pixels.Length;
        if (target.Equals(_source.TransferSyntax) && (pixels.Fragments is not null) == target.IsEncapsulated)
            return (dataSet, target, new TranscodeResult(uid, ImageLayout.FrameCount(dataSet), before, before, false, false, []));
        var codec = FrameCodecs.Find(target.Uid.Value);
        if (codec is null && target.IsEncapsulated) throw new PixelDataException(PixelDataProblem.Unsupported, $"{target.Name} is not encoded here");
        bool isTurned = pixels.Tag == Tags.PixelData && pixels.IsBigEndian != target.IsBigEndian && _source.DataSet.Get(Tags.BitsAllocated, (ushort)0) > 16;
        if (codec is null && pixels.Fragments is null && !isTurned)
        {
            // Native stays native: only VRs and byte order change, which the writer sees to.
            return (dataSet, target, new TranscodeResult(uid, ImageLayout.FrameCount(dataSet), before, before, false, false, []));
        }
        NestedPixelData.MakeNative(dataSet, _source.TransferSyntax, _options.Read);
        bool isSingleFrame = ImageLayout.FrameCount(_source.DataSet) == 1;
        int threads = isSingleFrame ? _options.MaxDegreeOfParallelism : 1;
        var frames = StoredFrames.Of(_source.DataSet, _source.TransferSyntax,
            _options.Read with { Decode = _options.Read.Decode with { MaxDegreeOfParallelism = threads } });
        if (frames.Count < frames.DeclaredCount)
            throw new DicomFormatException(string.Create(CultureInfo.InvariantCulture, $"{frames.Count} of {frames.DeclaredCount} frames are there"), path: Tags.PixelData.ToString());
        var plan = await EncodeAsync(frames, codec, _options.Encode with { MaxDegreeOfParallelism = threads }, cancel).ConfigureAwait(false);
        return (dataSet, target, Finish(dataSet, frames, plan, before));
    }

    public void Dispose() => _spool.Dispose();

    private static bool TryFindPixels(DataSet dataSet, out DataElement pixels) =>
        dataSet.TryFind(Tags.PixelData, out pixels) || dataSet.TryFind(Tags.FloatPixelData, out pixels) || dataSet.TryFind(Tags.DoubleFloatPixelData, out pixels);

    private TranscodeResult Finish(DataSet dataSet, StoredFrames frames, TranscodePlan plan, long before)
    {
        TranscodedAttributes.Describe(dataSet, plan, frames.Count);
        double uncompressed = (double)frames.Description.Layout.FrameLength * frames.Count;
        // A source that was compressed with loss says so from now on, if it did not before.
        if (frames.LossyMethod is { } method && dataSet.Get(Tags.LossyImageCompression, "") != "01")
            TranscodedAttributes.MarkLossy(dataSet, method, uncompressed / Math.Max(1, before));
        string uid = dataSet.Get(Tags.SOPInstanceUID, "");
        if (plan.IsLossy)
        {
            double ratio = uncompressed / Math.Max(1, _spool.CodeStreamLength);
            TranscodedAttributes.MarkLossy(dataSet, plan.Codec!.LossyMethod!, ratio);
            uid = TranscodedAttributes.Derive(dataSet, plan.Codec, ratio);
        }
        if (plan.Codec is not null) _spool.SetFrames(dataSet);
        else _spool.SetBytes(dataSet, plan.BitsAllocated > 8 ? VR.OW : VR.OB);
        return new TranscodeResult(uid, frames.Count, before, _spool.Length, plan.IsLossy, true, frames.Findings);
    }

    /// <summary>Encodes all frames into the spool. When a frame turns out to have bits set beyond Bits Stored, all is done
    /// again with whole words, so that nothing is lost.</summary>
    private async Task<TranscodePlan> EncodeAsync(StoredFrames frames, FrameCodec? codec, FrameEncodeOptions options, CancellationToken cancel)
    {
        int allocated = _source.DataSet.Get(Tags.BitsAllocated, (ushort)0);
        for (bool wholeWords = false; ; wholeWords = true)
        {
            var plan = TranscodePlan.Of(frames.Description, allocated, codec, options, wholeWords);
            try
            {
                await EncodeAsync(frames, plan, cancel).ConfigureAwait(false);
                return plan;
            }
            catch (BitsOutsideException) when (!wholeWords)
            {
                _spool.Dispose();
                _spool = new PixelSpool(_folder);
            }
        }
    }

    private async Task EncodeAsync(StoredFrames frames, TranscodePlan plan, CancellationToken cancel)
    {
        var writer = new SpoolWriter(_spool, plan, _source.DataSet.IsBigEndian, _options.Target.IsBigEndian);
        int parallel = (int)Math.Clamp(_options.MaxWorkingMemory / Math.Max(1, 2L * frames.FrameLength), 1, Math.Max(1, _options.MaxDegreeOfParallelism));
        var buffers = new ConcurrentBag<FrameBuffer>();
        var running = new Queue<Task<FrameBuffer>>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        try
        {
            for (int i = 0; i < frames.Count; i++)
            {
                if (running.Count == parallel) await TakeAsync().ConfigureAwait(false);
                int frame = i;
                var buffer = buffers.TryTake(out var used) ? used : new FrameBuffer(frames.FrameLength);
                running.Enqueue(Task.Run(() => buffer.Encode(frames, frame, plan, stop.Token), stop.Token));
            }
            while (running.Count > 0) await TakeAsync().ConfigureAwait(false);
            writer.Finish();
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            // Nobody works on the frames any more when this returns. The first error is the one that is told.
            foreach (var task in running) await task.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).ConfigureAwait(false);
        }

        async Task TakeAsync()
        {
            var buffer = await running.Dequeue().ConfigureAwait(false);
            writer.Add(buffer);
            buffers.Add(buffer);
        }
    }
}

/// <summary>Samples have bits set that Bits Stored does not count.</summary>
internal sealed class BitsOutsideException() : Exception("samples have bits set beyond Bits Stored");
