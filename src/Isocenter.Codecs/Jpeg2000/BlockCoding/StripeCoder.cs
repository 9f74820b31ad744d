using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static Isocenter.Codecs.Jpeg2000.StripeFlags;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What the bit plane coders keep of a block: words of <see cref="StripeFlags"/>, and four magnitudes for each.</summary>
internal abstract class StripeCoder
{
    protected uint[] Words { get; } = new uint[MaxWords];

    protected int[] Values { get; } = new int[4 * MaxWords];

    /// <summary>Never outside: at most (width + 2) (stripes + 1) − 1, and a block has at most 4096 coefficients.</summary>
    protected ref uint Flags(int at) => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(Words), at);

    /// <summary>The four magnitudes of a word of flags.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    protected ref int Magnitudes(ref uint flags) => ref Unsafe.AddByteOffset(
        ref MemoryMarshal.GetArrayDataReference(Values), 4 * Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(Words), ref flags));
}
