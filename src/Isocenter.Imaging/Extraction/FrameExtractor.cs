using System.Globalization;
using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Makes a new object of some frames of another one (PS3.4 §Y.3.3). Code streams are taken over as they are; attributes that speak
/// of frames follow.</summary>
public static class FrameExtractor
{
    private const string MultiFrameNuclearMedicine = SopClasses.NuclearMedicineImageStorage;

    /// <summary>Writes the object into a file.</summary>
    /// <param name="source">The object that has the frames.</param>
    /// <param name="range">Which ones. Those beyond its last are passed over.</param>
    /// <param name="path">The file to write, in the transfer syntax of the source. One of that name is replaced.</param>
    /// <param name="cancel">Ends the work; there is no file then.</param>
    /// <returns>SOP Instance UID of the new object.</returns>
    /// <exception cref="FrameExtractionException">It cannot be made.</exception>
    /// <exception cref="IOException">Reading or writing fails.</exception>
    public static Uid Extract(DicomFile source, FrameRange range, string path, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(range);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!source.IsComplete) throw new FrameExtractionException(FrameExtractionProblem.Frames, "the file ends before its data set does");
        if (!Uid.TryParseLenient(source.DataSet.Get(Tags.SOPInstanceUID, ""), out var sourceUid)) throw new FrameExtractionException(FrameExtractionProblem.SopClass, "it has no SOP Instance UID");
        var frames = FramesOf(source);
        int[] indices = range.Select(source.DataSet, frames.Count);
        var uid = range.UidOf(sourceUid);
        try
        {
            var dataSet = source.DataSet.Copy();
            var extracted = new ExtractedAttributes(dataSet, indices, frames.Count);
            extracted.Cut();
            dataSet.Set(Tags.SOPInstanceUID, uid.Value);
            ExtractedAttributes.Describe(dataSet, sourceUid, range);
            using var spool = new PixelSpool(Path.GetDirectoryName(Path.GetFullPath(path))!);
            SetPixels(dataSet, frames, indices, spool, cancel);
            // Big-endian pixels in a little-endian data set are read, but not written.
            var syntax = source.TransferSyntax.HasBigEndianPixels ? TransferSyntax.ImplicitVRLittleEndian : source.TransferSyntax;
            new DicomFile(dataSet, syntax).Save(path);
            return uid;
        }
        catch (Exception e) when (e is DicomFormatException or ArgumentException or InvalidOperationException)
        {
            File.Delete(path);
            throw new FrameExtractionException(FrameExtractionProblem.SopClass, $"no legal object comes of them: {e.Message}", e);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    private static PixelDataFrames FramesOf(DicomFile source)
    {
        var dataSet = source.DataSet;
        if (!dataSet.Contains(Tags.PixelData) && !dataSet.Contains(Tags.FloatPixelData) && !dataSet.Contains(Tags.DoubleFloatPixelData))
            throw new FrameExtractionException(FrameExtractionProblem.SopClass, "the object has no pixel data");
        if (FrameCodecs.Find(source.TransferSyntax.Uid.Value) is { IsVideo: true } video)
            throw new FrameExtractionException(FrameExtractionProblem.Frames, $"frames of {video.Family} refer to each other");
        // Their frames are ordered by rules that a part of them breaks (PS3.3 §C.8.4.8, §C.8.12.4, §C.7.6.29).
        if (dataSet.Get(Tags.SOPClassUID, "") == MultiFrameNuclearMedicine) throw Unordered("the frames of Nuclear Medicine are as many as its indices combine");
        if (dataSet.Get(Tags.DimensionOrganizationType, "") == "TILED_FULL") throw Unordered("the places of its tiles are told by their order alone");
        if (dataSet.Contains(Tags.SelectedFrameFunctionalGroupsSequence)) throw Unordered("its functional groups hold for the frames after them, too");
        PixelDataFrames frames;
        try
        {
            frames = PixelDataFrames.Of(dataSet);
        }
        catch (DicomFormatException e)
        {
            throw new FrameExtractionException(FrameExtractionProblem.Frames, e.Message, e);
        }
        int declared = Math.Max(1, dataSet.Get(Tags.NumberOfFrames, 1));
        if (frames.Count < declared) throw new FrameExtractionException(FrameExtractionProblem.Frames, string.Create(CultureInfo.InvariantCulture, $"{frames.Count} of {declared} frames are there"));
        var groups = dataSet.GetAll<DataSet>(Tags.PerFrameFunctionalGroupsSequence);
        if (groups.Count > 0 && groups.Count != declared)
            throw new FrameExtractionException(FrameExtractionProblem.Frames, string.Create(CultureInfo.InvariantCulture, $"{groups.Count} functional groups are there for {declared} frames"));
        return frames;

        static FrameExtractionException Unordered(string why) => new(FrameExtractionProblem.SopClass, why);
    }

    private static void SetPixels(DataSet dataSet, PixelDataFrames frames, int[] indices, PixelSpool spool, CancellationToken cancel)
    {
        var tag = dataSet.Contains(Tags.PixelData) ? Tags.PixelData : dataSet.Contains(Tags.FloatPixelData) ? Tags.FloatPixelData : Tags.DoubleFloatPixelData;
        bool isPacked = !frames.IsEncapsulated && dataSet.Get(Tags.BitsAllocated, 0) == 1;
        long bits = isPacked ? (long)dataSet.Get(Tags.Rows, 0) * dataSet.Get(Tags.Columns, 0) * Math.Max(1, dataSet.Get(Tags.SamplesPerPixel, 1)) : 0;
        bool isTurned = frames.IsBigEndian != dataSet.IsBigEndian && frames.VR == VR.OW;
        var packed = new BitSpool(spool);
        byte[] buffer = [];
        foreach (int index in indices)
        {
            cancel.ThrowIfCancellationRequested();
            long length = frames.LengthOf(index);
            if (length > Array.MaxLength) throw new FrameExtractionException(FrameExtractionProblem.Frames, $"a frame of {length} bytes is too long");
            if (buffer.Length < length) buffer = new byte[length];
            var frame = buffer.AsSpan(0, (int)length);
            frames.Read(index, frame);
            if (frames.IsEncapsulated) spool.AddFrame(frame);
            else if (isPacked) packed.Add(frame, bits);
            else
            {
                if (isTurned) TurnWords(frame);
                spool.AddBytes(frame);
            }
        }
        packed.Finish();
        if (frames.IsEncapsulated) spool.SetFrames(dataSet);
        else spool.SetBytes(dataSet, frames.VR, tag);
    }

    private static void TurnWords(Span<byte> bytes)
    {
        for (int i = 0; i + 1 < bytes.Length; i += 2) (bytes[i], bytes[i + 1]) = (bytes[i + 1], bytes[i]);
    }

    /// <summary>Frames of single bits follow each other without padding (PS3.5 §8.1.1).</summary>
    private sealed class BitSpool(PixelSpool spool)
    {
        private byte _open;
        private int _openBits;

        /// <param name="frame">Its first bit is the first of a byte; what is behind its last bit does not matter.</param>
        /// <param name="bits">Bits of the frame.</param>
        public void Add(Span<byte> frame, long bits)
        {
            int whole = (int)(bits / 8), rest = (int)(bits % 8);
            if (_openBits > 0)
            {
                for (int i = 0; i < whole; i++)
                {
                    byte next = frame[i];
                    frame[i] = (byte)(_open | next << _openBits);
                    _open = (byte)(next >> (8 - _openBits));
                }
            }
            spool.AddBytes(frame[..whole]);
            if (rest == 0) return;
            int last = frame[whole] & ((1 << rest) - 1);
            int joined = _open | last << _openBits;
            _openBits += rest;
            if (_openBits >= 8)
            {
                spool.AddBytes([(byte)joined]);
                (joined, _openBits) = (joined >> 8, _openBits - 8);
            }
            _open = (byte)joined;
        }

        public void Finish()
        {
            if (_openBits > 0) spool.AddBytes([_open]);
        }
    }
}
