namespace Isocenter.Codecs.Jpeg2000;

/// <summary>One codeword segment of a code-block.</summary>
/// <param name="Start">First byte, in <see cref="CodedBlock.Bytes"/>.</param>
/// <param name="Length">Bytes; <see cref="CodedBlock.Padding"/> bytes 0xFF follow them.</param>
/// <param name="Passes">Coding passes in it.</param>
internal readonly record struct CodewordSegment(int Start, int Length, int Passes);

/// <summary>The seam between packets and block decoders: one code-block, its bytes collected from all packets.</summary>
/// <remarks>A block decoder fills width × height coefficients by rows, each as sign and magnitude: bit 31 is the sign, the
/// other bits the magnitude with one binary place below the least significant bit plane, where it puts the middle of
/// what it does not know. It writes zeros for what is not coded, too.</remarks>
internal readonly ref struct CodedBlock
{
    /// <summary>Bytes 0xFF after each codeword segment, as if 0xFFFF ended it (ISO/IEC 15444-1 §D.4.1).</summary>
    public const int Padding = 8;

    /// <summary>Bit planes that fit a coefficient of 32 bits; blocks with more go to <see cref="WideBlockDecoder"/>.</summary>
    public const int MaxNarrowBitPlanes = 30;

    /// <summary>Columns, 1 to 1024; 4096 with <see cref="Height"/> at most.</summary>
    public required int Width { get; init; }

    /// <summary>Rows.</summary>
    public required int Height { get; init; }

    public required Orientation Orientation { get; init; }

    public required CodeBlockStyle Style { get; init; }

    /// <summary>Bit planes from the first that is not zero down: M_b, plus the shift of a region of interest, minus the
    /// zero bit planes of the packet header.</summary>
    public required int BitPlanes { get; init; }

    /// <summary>The zero bit planes of the packet header, as they stand there.</summary>
    public required int ZeroBitPlanes { get; init; }

    public required ReadOnlySpan<byte> Bytes { get; init; }

    /// <summary>In the order of passes.</summary>
    public required ReadOnlySpan<CodewordSegment> Segments { get; init; }

    /// <summary>The last segment is shorter than the packet header said: passes may lack bytes.</summary>
    public required bool IsCut { get; init; }
}
