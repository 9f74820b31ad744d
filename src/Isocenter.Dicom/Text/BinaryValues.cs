using System.Buffers;

namespace Isocenter.Dicom;

/// <summary>Binary values on their way into Base64.</summary>
internal static class BinaryValues
{
    private const int FilePiece = 48 * 1024;      // a multiple of 3 and of every unit of a VR

    /// <summary>Writes the value in little endian (PS3.18 §F.2.7), in pieces: also what was left in its file.</summary>
    public static void WriteBase64(ref Utf8Output output, DataSet dataSet, int index)
    {
        ref readonly var entry = ref dataSet.EntryAt(index);
        bool swap = dataSet.IsBigEndian && entry.VR.UnitSize() > 1;
        if (entry.Attached is not ExternalValue && !swap)
        {
            output.WriteBase64(dataSet.BytesOf(in entry).Span);
            return;
        }
        var element = dataSet.ElementAt(index);
        var piece = ArrayPool<byte>.Shared.Rent(FilePiece);
        for (long at = 0; at < element.Length; at += FilePiece)
        {
            int n = element.Read(at, piece.AsSpan(0, FilePiece));
            if (swap) ValueBytes.Swap(piece.AsSpan(0, n), entry.VR);
            output.WriteBase64(piece.AsSpan(0, n));
        }
        ArrayPool<byte>.Shared.Return(piece);
    }
}
