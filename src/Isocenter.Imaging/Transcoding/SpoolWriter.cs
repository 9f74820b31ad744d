using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Puts frames into a spool in their order: code streams as fragments, native ones as bytes in the order of the data
/// set. Single bits follow each other without a gap between frames (PS3.5 §8.1.1).</summary>
internal sealed class SpoolWriter(PixelSpool spool, TranscodePlan plan, bool dataSetIsBigEndian, bool targetIsBigEndian)
{
    private readonly byte[] _carry = new byte[1];
    private int _carriedBits;

    public void Add(FrameBuffer frame)
    {
        if (plan.Codec is not null) spool.AddFrame(frame.CodeStream);
        else if (plan.IsPacked) AddBits(frame.Samples);
        else AddWords(frame.Samples);
    }

    public void Finish()
    {
        if (_carriedBits > 0) spool.AddBytes(_carry);
    }

    /// <summary>Words of more than 16 bits are one number in either byte order, as all readers take them, though OW is made of
    /// words of 16 bits, which the writer turns.</summary>
    private void AddWords(Span<byte> samples)
    {
        if (plan.BitsAllocated > 8)
        {
            if (targetIsBigEndian) Turn(samples, plan.BitsAllocated);
            if (dataSetIsBigEndian != targetIsBigEndian) Turn(samples, 16);
        }
        spool.AddBytes(samples);
    }

    private static void Turn(Span<byte> samples, int bits)
    {
        if (bits == 16)
        {
            var words = MemoryMarshal.Cast<byte, ushort>(samples);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else if (bits == 32)
        {
            var words = MemoryMarshal.Cast<byte, uint>(samples);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
        else
        {
            var words = MemoryMarshal.Cast<byte, ulong>(samples);
            BinaryPrimitives.ReverseEndianness(words, words);
        }
    }

    private void AddBits(ReadOnlySpan<byte> samples)
    {
        var bytes = new byte[(_carriedBits + samples.Length) / 8];
        int at = 0, bit = _carriedBits;
        byte current = _carry[0];
        foreach (byte sample in samples)
        {
            if (sample != 0) current |= (byte)(1 << bit);
            if (++bit < 8) continue;
            bytes[at++] = current;
            (bit, current) = (0, 0);
        }
        spool.AddBytes(bytes);
        (_carry[0], _carriedBits) = (current, bit);
    }
}
