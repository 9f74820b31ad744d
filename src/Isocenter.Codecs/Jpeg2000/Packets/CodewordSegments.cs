using System.Numerics;

namespace Isocenter.Codecs.Jpeg2000;

/// <summary>How the coding passes of a code-block are grouped into codeword segments, each with a length of its own in
/// the packet header (ISO/IEC 15444-1 §B.10.7, Table D.9; ISO/IEC 15444-15 §B.3).</summary>
internal static class CodewordSegments
{
    /// <summary>More than this no code-block has (Table B.4).</summary>
    public const int MaxPassesInPacket = 164;

    /// <summary>One past the last pass of the codeword segment that a pass belongs to.</summary>
    /// <param name="style">Of the code-block.</param>
    /// <param name="pass">From 0, the cleanup pass of the first bit plane that is not zero.</param>
    public static int End(CodeBlockStyle style, int pass)
    {
        if ((style & CodeBlockStyle.HighThroughput) != 0) return pass % 3 == 0 ? pass + 1 : (pass / 3 + 1) * 3;   // cleanup | both refinements
        if ((style & CodeBlockStyle.TerminateEachPass) != 0) return pass + 1;
        if ((style & CodeBlockStyle.Bypass) == 0) return int.MaxValue;
        if (pass < 10) return 10;                                  // the first four bit planes are arithmetic coded
        return (pass - 10) % 3 == 0 ? pass + 2 : pass + 1;         // two raw passes | one cleanup pass
    }

    /// <summary>Bits of a length in the packet header (equation B-19).</summary>
    /// <param name="lblock">Lblock.</param>
    /// <param name="passes">Passes of the segment in this packet.</param>
    public static int LengthBits(int lblock, int passes) => lblock + BitOperations.Log2((uint)passes);

    /// <summary>The number of new coding passes (Table B.4).</summary>
    public static int ReadPasses(ref PacketBits bits)
    {
        if (bits.Read() == 0) return 1;
        if (bits.Read() == 0) return 2;
        uint value = bits.Read(2);
        if (value < 3) return 3 + (int)value;
        value = bits.Read(5);
        return value < 31 ? 6 + (int)value : 37 + (int)bits.Read(7);
    }

    /// <summary>Writes the number of new coding passes (Table B.4).</summary>
    public static void WritePasses(int passes, ref PacketBitWriter bits)
    {
        switch (passes)
        {
            case 1: bits.Write(0); break;
            case 2: bits.Write(0b10, 2); break;
            case <= 5: bits.Write(0b1100 | passes - 3, 4); break;
            case <= 36: bits.Write(0b1111 << 5 | passes - 6, 9); break;
            default: bits.Write(0x1FF << 7 | passes - 37, 16); break;
        }
    }
}
