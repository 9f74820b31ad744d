namespace Isocenter.Codecs.Jpeg.Lossless;

/// <summary>Reads the differences of a lossless scan: by Huffman or arithmetic coding.</summary>
internal interface IDifferenceReader
{
    /// <summary>Begins a restart interval with its data.</summary>
    void Restart(EntropySegment segment);

    /// <summary>Reads a row of all components of the scan, one difference of each in turn.</summary>
    /// <returns>How many were read; fewer than asked for where the data is damaged.</returns>
    int ReadRow(scoped Span<ushort> differences);

    /// <summary>Reads one difference: of component <paramref name="index"/> of the scan, in column
    /// <paramref name="column"/> of it and row <paramref name="row"/> of the MCU.</summary>
    /// <returns>False when the data is damaged.</returns>
    bool TryRead(int index, int column, int row, out ushort difference);

    /// <summary>True when more was read than there is.</summary>
    bool IsOverrun { get; }

    /// <summary>Bytes of the segment read.</summary>
    int BytesRead { get; }
}
