namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>The adaptive run-length encoder of the HT cleanup pass, MEL (ISO/IEC 15444-15 §7.3.3).</summary>
internal ref struct MelEncoder(byte[] buffer)
{
    private readonly Span<byte> buffer = buffer;
    private int state;
    private int run;
    private int pending;
    private int room = 8;

    private static ReadOnlySpan<byte> Exponents => [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5];

    /// <summary>Whole bytes written.</summary>
    internal int Length { get; private set; }

    /// <summary>The bits of the byte begun, from its highest on, and how many it still takes.</summary>
    internal readonly (int Value, int Room) Last => (pending << room, room);

    /// <summary>Adds an event.</summary>
    internal void Write(bool one)
    {
        int exponent = Exponents[state];
        if (!one)
        {
            if (++run < 1 << exponent) return;
            Emit(1);
            if (state < 12) state++;
        }
        else
        {
            Emit(0);
            while (exponent > 0) Emit(run >> --exponent & 1);
            if (state > 0) state--;
        }

        run = 0;
    }

    /// <summary>Closes a run that is still open.</summary>
    internal void Finish()
    {
        if (run > 0) Emit(1);
        run = 0;
    }

    /// <summary>The whole bytes.</summary>
    internal readonly ReadOnlySpan<byte> Bytes => buffer[..Length];

    private void Emit(int bit)
    {
        pending = pending << 1 | bit;
        if (--room > 0) return;
        buffer[Length++] = (byte)pending;
        room = pending == 0xFF ? 7 : 8;
        pending = 0;
    }
}
