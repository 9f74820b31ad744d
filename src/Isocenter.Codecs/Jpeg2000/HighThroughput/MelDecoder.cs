namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The adaptive run-length decoder of the HT cleanup pass, MEL (ISO/IEC 15444-15 §7.3.3): mostly-zero events, read
/// a run at a time.</summary>
internal ref struct MelDecoder
{
    private readonly ReadOnlySpan<byte> segment;
    private ulong window;     // the next bit is the highest
    private int available;    // bits in the window
    private int next;
    private bool stuffed;
    private int state;

    /// <summary>Starts on the bytes of MEL and VLC; the two are not told apart, only their ends meet.</summary>
    /// <param name="segment">From the first MEL byte on, to the last byte of the cleanup segment.</param>
    internal MelDecoder(ReadOnlySpan<byte> segment) => this.segment = segment;

    /// <summary>Bits of the run length, by state (Table 2).</summary>
    private static ReadOnlySpan<byte> Exponents => [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5];

    /// <summary>Reads a run of zero events. Twice their number, minus 2 if no one-event follows them, minus 1 if one does:
    /// so a caller subtracts 2 for each event it takes, asks for the next run below zero, and knows the event to be one
    /// where it finds -1.</summary>
    internal int NextRun()
    {
        if (available < 6) Fill();
        int exponent = Exponents[state];
        if ((long)window < 0)
        {
            Skip(1);
            if (state < 12) state++;
            return (2 << exponent) - 2;
        }

        int run = (int)(window >> (63 - exponent));
        Skip(exponent + 1);
        if (state > 0) state--;
        return 2 * run + 1;
    }

    private void Skip(int bits)
    {
        window <<= bits;
        available -= bits;
    }

    private void Fill()
    {
        while (available <= 56)
        {
            // The last byte and the low half of the one before it hold Scup; MEL reads both as ones, and ones behind.
            int left = segment.Length - next;
            int value = left > 2 ? segment[next] : left == 2 ? segment[next] | 0x0F : 0xFF;
            int length = stuffed ? 7 : 8;
            window |= (ulong)(value & (1 << length) - 1) << (64 - length - available);
            available += length;
            stuffed = value == 0xFF;
            if (left > 0) next++;
        }
    }
}
