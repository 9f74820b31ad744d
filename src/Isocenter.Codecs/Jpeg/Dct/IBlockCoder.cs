namespace Isocenter.Codecs.Jpeg.Dct;

/// <summary>Decodes the blocks of a scan, one after the other: by Huffman or arithmetic coding, sequential or
/// progressive.</summary>
internal interface IBlockCoder
{
    /// <summary>Begins a restart interval with its data.</summary>
    void Restart(EntropySegment segment);

    /// <summary>Decodes the next block of component <paramref name="index"/> of the scan into
    /// <paramref name="block"/>, whose coefficients are 0 or what earlier scans left there.</summary>
    /// <returns>False when the data is damaged or at its end.</returns>
    bool TryDecode(int index, scoped Span<short> block);

    /// <summary>Bytes of the segment read, to tell where damage is, and what the damage is.</summary>
    (int Position, string Problem) Damage { get; }
}
