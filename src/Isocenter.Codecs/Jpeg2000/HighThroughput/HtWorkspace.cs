namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>Working memory of one code block at a time: about 64 KB, made once for each thread that codes.</summary>
/// <remarks>Holds nothing between calls; not safe from two threads at once. Sized for the largest code block there is:
/// 4096 samples, 1024 rows or columns (ISO/IEC 15444-1 §A.6.1).</remarks>
internal sealed class HtWorkspace
{
    /// <summary>Samples of the largest code block.</summary>
    internal const int MaxSamples = 4096;

    /// <summary>Rows or columns of the largest code block.</summary>
    internal const int MaxSide = 1024;

    /// <summary>Bits a sample can have in the MagSgn segment: 30 of magnitude and the sign.</summary>
    internal const int MaxExponent = 31;

    /// <summary>Zeroes or ones behind the last bit of a segment, so that reads of 8 bytes stay inside.</summary>
    internal const int Padding = 16;

    /// <summary>Bytes of the MEL and VLC segments together: what Scup can say (§7.1).</summary>
    internal const int MaxScup = 4079;

    /// <summary>Bits of the MagSgn segment, stuffing removed, 4 bytes a sample. One more row of quads fits behind, so
    /// that a damaged block has to be checked only once a row.</summary>
    internal readonly byte[] MagSgn = new byte[MaxSamples * 4 + MaxSide * 8 + Padding];

    /// <summary>Bits of the VLC segment in the order they are read, stuffing removed. 5 bytes for each pair of quads fit
    /// behind the longest.</summary>
    internal readonly byte[] Vlc = new byte[MaxScup + (MaxSide / 4 + 1) * 5 + Padding];

    /// <summary>What VLC and MEL say of each pair of quads, the first in the low half. Of a quad, from the low bit on: rho,
    /// epsilon_1, epsilon_k (4 bits each); from bit 16 on u, which becomes the bound U. Rows are <see
    /// cref="HtCleanupDecoder.PairStride"/> apart.</summary>
    internal readonly ulong[] Pairs = new ulong[MaxSide + 4];

    /// <summary>Runs of MEL events: one for each quad, one for each pair of the first row, and those read ahead.</summary>
    internal readonly ushort[] Runs = new ushort[MaxSamples / 4 + MaxSide / 4 + MaxSide + 16];

    /// <summary>The magnitudes in the lower row of the quads above, coded as 2(μ - 1) + s; column 0 at 4.</summary>
    internal readonly uint[] Above = new uint[MaxSide + 16];

    /// <summary>Takes the second row of the last quads when the height is odd.</summary>
    internal readonly int[] SpareRow = new int[MaxSide + 8];
}

/// <summary>Working memory of an encoder of one code block at a time, as <see cref="HtWorkspace"/>.</summary>
internal sealed class HtEncoderWorkspace
{
    /// <summary>Bits of MagSgn.</summary>
    internal readonly byte[] MagSgn = new byte[(HtWorkspace.MaxSamples + 2 * HtWorkspace.MaxSide) * 4 + 64];

    /// <summary>Bits of VLC: at most 30 for each pair of quads.</summary>
    internal readonly byte[] Vlc = new byte[HtWorkspace.MaxSide * 4 + 64];

    /// <summary>Bytes of MEL: at most 3 events for each pair of quads.</summary>
    internal readonly byte[] Mel = new byte[HtWorkspace.MaxSide];

    /// <summary>2μ - 1 of a lower row, from column -1 on.</summary>
    internal readonly uint[] FirstMagnitudes = new uint[HtWorkspace.MaxSide + 8];

    /// <summary>The same of the next.</summary>
    internal readonly uint[] SecondMagnitudes = new uint[HtWorkspace.MaxSide + 8];

    /// <summary>A row whose width is no multiple of four.</summary>
    internal readonly int[] UpperRow = new int[HtWorkspace.MaxSide + 8];

    /// <summary>The row below it.</summary>
    internal readonly int[] LowerRow = new int[HtWorkspace.MaxSide + 8];

    /// <summary>Stands for the row that an odd height lacks.</summary>
    internal readonly int[] Zeroes = new int[HtWorkspace.MaxSide];
}
