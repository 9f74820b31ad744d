using System.Numerics;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>What the packet header says of a block before its first HT cleanup pass (ISO/IEC 15444-15 §B.3): placeholder
/// passes, which have no bytes and stand for bit planes the encoder did not code; and, where either block coder is
/// allowed, which of them it is.</summary>
internal static class HtPasses
{
    /// <summary>Reads the length of the first codeword segment in this packet.</summary>
    /// <param name="bits">At the length.</param>
    /// <param name="block">Its flags are set when the segment decides something.</param>
    /// <param name="isMixed">Blocks of the other block coder are allowed.</param>
    /// <param name="passes">New passes in this packet.</param>
    /// <param name="taken">How many of them the segment has.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <returns>False when the header is damaged.</returns>
    internal static bool TryReadFirst(
        ref PacketBits bits, ref CodeBlock block, bool isMixed, int passes, out int taken, out uint length)
    {
        // All passes up to the last that can be a cleanup pass: placeholders, and that pass.
        int untilCleanup = passes - (block.Passes + passes - 1) % 3;
        taken = untilCleanup > 0 ? untilCleanup : passes;
        int width = block.LengthBits + BitOperations.Log2((uint)taken);
        length = 0;
        if (width > 32) return false;
        length = bits.Read(width);

        // A length whose first bit is 0, though the encoder could have done with fewer bits, marks the HT block coder.
        bool isCleanup = untilCleanup > 0 && length > 1
            && (!isMixed || block.LengthBits > 3 && length >> (width - 1) == 0);
        if (isCleanup)
        {
            block.HasCleanup = true;
            return true;
        }

        // Placeholders alone, or the other block coder: the length is that of all passes.
        int more = block.LengthBits + BitOperations.Log2((uint)passes) - width;
        if (width + more > 32) return false;
        length = length << more | bits.Read(more);
        taken = passes;
        if (length == 0) return true;
        block.IsClassic = true;
        return isMixed;
    }
}
