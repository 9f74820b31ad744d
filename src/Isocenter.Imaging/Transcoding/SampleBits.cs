using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>Looks at and changes the bits of samples that Bits Stored does not count (PS3.5 §8.1.1: overlays of old, and what
/// was left there).</summary>
internal static class SampleBits
{
    /// <summary>All bits above the value are zero, or the sign of a signed one: the value says all.</summary>
    public static bool AreClean(ReadOnlySpan<byte> samples, in FrameLayout layout)
    {
        int unused = layout.BitsAllocated - layout.BitsStored;
        if (unused == 0) return true;
        switch (layout.BitsAllocated)
        {
            case 8:
                if (!layout.IsSigned) return !samples.ContainsAnyExceptInRange((byte)0, (byte)((1 << layout.BitsStored) - 1));
                foreach (byte sample in samples)
                    if ((sbyte)(sample << unused) >> unused != (sbyte)sample) return false;
                return true;
            case 16:
                if (!layout.IsSigned) return !MemoryMarshal.Cast<byte, ushort>(samples).ContainsAnyExceptInRange((ushort)0, (ushort)((1 << layout.BitsStored) - 1));
                short limit = (short)(1 << (layout.BitsStored - 1));
                return !MemoryMarshal.Cast<byte, short>(samples).ContainsAnyExceptInRange((short)-limit, (short)(limit - 1));
            case 32:
                foreach (int sample in MemoryMarshal.Cast<byte, int>(samples))
                    if ((layout.IsSigned ? sample << unused >> unused : (int)((uint)sample << unused >> unused)) != sample) return false;
                return true;
            default:
                foreach (long sample in MemoryMarshal.Cast<byte, long>(samples))
                    if ((layout.IsSigned ? sample << unused >> unused : (long)((ulong)sample << unused >> unused)) != sample) return false;
                return true;
        }
    }

    /// <summary>Moves each value to the lowest bits and clears what is above it, or spreads its sign.</summary>
    public static void Clean(Span<byte> samples, in FrameLayout layout, int shift)
    {
        int width = layout.BytesPerSample, left = 64 - layout.BitsStored - shift, right = 64 - layout.BitsStored;
        Span<byte> word = stackalloc byte[8];
        for (int at = 0; at < samples.Length; at += width)
        {
            word.Clear();
            samples.Slice(at, width).CopyTo(word);
            long value = BinaryPrimitives.ReadInt64LittleEndian(word) << left;
            value = layout.IsSigned ? value >> right : (long)((ulong)value >> right);
            BinaryPrimitives.WriteInt64LittleEndian(word, value);
            word[..width].CopyTo(samples[at..]);
        }
    }
}
