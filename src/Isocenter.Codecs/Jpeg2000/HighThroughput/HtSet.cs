namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The HT set of a block that is decoded: the last that has bytes (ISO/IEC 15444-15 §B.2). Those before it are
/// coarser codings of the same samples.</summary>
internal readonly ref struct HtSet(ReadOnlySpan<byte> cleanup, ReadOnlySpan<byte> refinement, int passes, int plane)
{
    /// <summary>Bytes of the cleanup segment.</summary>
    internal ReadOnlySpan<byte> Cleanup { get; } = cleanup;

    /// <summary>Bytes of the refinement segment, may be empty.</summary>
    internal ReadOnlySpan<byte> Refinement { get; } = refinement;

    /// <summary>1 to 3.</summary>
    internal int Passes { get; } = passes;

    /// <summary>The bit plane of the cleanup pass, 0 for the lowest; below 0 in a damaged block.</summary>
    internal int Plane { get; } = plane;

    /// <summary>Finds it.</summary>
    /// <param name="block">The block.</param>
    /// <param name="set">The set.</param>
    /// <returns>False when no set has bytes: the block has only placeholders.</returns>
    internal static bool TryFind(in CodedBlock block, out HtSet set)
    {
        set = default;
        bool found = false;
        int passes = 0;
        for (int i = 0; i < block.Segments.Length; i++)
        {
            // Cleanup passes are the first of each three.
            var segment = block.Segments[i];
            passes += segment.Passes;
            if (passes % 3 != 1 || segment.Length == 0) continue;
            var refinement = i + 1 < block.Segments.Length ? block.Segments[i + 1] : default;
            set = new HtSet(
                block.Bytes.Slice(segment.Start, segment.Length), block.Bytes.Slice(refinement.Start, refinement.Length),
                1 + refinement.Passes, block.BitPlanes - 1 - passes / 3);
            found = true;
        }

        return found;
    }
}
