using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>The bytes of native Pixel Data in the order of little endian, whatever they have in the file (PS3.5 §8.1.1).</summary>
internal sealed class NativePixels
{
    private readonly DataElement _element;
    private readonly int _unit;

    /// <param name="element">Pixel Data, Float Pixel Data or Double Float Pixel Data.</param>
    /// <param name="bitsAllocated">Bits Allocated: wider words are turned as one number, though OW is made of words of 16 bits.</param>
    public NativePixels(DataElement element, int bitsAllocated)
    {
        _element = element;
        bool turns = element.IsBigEndian && (bitsAllocated > 8 || element.VR is not (VR.OB or VR.UN));
        _unit = !turns ? 1 : bitsAllocated switch { 64 => 8, 32 => 4, _ => 2 };
    }

    /// <summary>Bytes of all frames.</summary>
    public long Length => _element.Length;

    /// <summary>Reads bytes; zeros behind the end.</summary>
    public void Read(long offset, Span<byte> destination)
    {
        if (_unit == 1)
        {
            Fill(offset, destination);
            return;
        }
        // Words are turned as a whole: read from the border of one to the border of another.
        long from = offset / _unit * _unit;
        if (from == offset && destination.Length % _unit == 0)
        {
            Fill(offset, destination);
            Turn(destination);
            return;
        }
        var words = new byte[(offset + destination.Length - from + _unit - 1) / _unit * _unit];
        Fill(from, words);
        Turn(words);
        words.AsSpan((int)(offset - from), destination.Length).CopyTo(destination);
    }

    private void Fill(long offset, Span<byte> destination)
    {
        int read = offset < _element.Length ? _element.Read(offset, destination) : 0;
        destination[read..].Clear();
    }

    private void Turn(Span<byte> words)
    {
        switch (_unit)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(words);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var ints = MemoryMarshal.Cast<byte, uint>(words);
                BinaryPrimitives.ReverseEndianness(ints, ints);
                break;
            default:
                var longs = MemoryMarshal.Cast<byte, ulong>(words);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
