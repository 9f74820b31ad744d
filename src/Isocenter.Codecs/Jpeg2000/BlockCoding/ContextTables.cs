namespace Isocenter.Codecs.Jpeg2000;

/// <summary><see cref="Contexts"/>, tabulated over the bits that the fast block coders keep of a neighbourhood.</summary>
internal static class ContextTables
{
    private static readonly byte[] Low = MakeZeroCoding(Orientation.LL);
    private static readonly byte[] HorizontalHigh = MakeZeroCoding(Orientation.HL);
    private static readonly byte[] BothHigh = MakeZeroCoding(Orientation.HH);
    private static readonly byte[] Signs = MakeSigns();

    /// <summary>By the significance of three rows of three, north-west first, own significance ignored: the context,
    /// in bytes from the first.</summary>
    public static ReadOnlySpan<byte> ZeroCoding(Orientation orientation) => orientation switch
    {
        Orientation.HL => HorizontalHigh,
        Orientation.HH => BothHigh,
        _ => Low,
    };

    /// <summary>By significance (bits 1, 3, 5, 7) and sign (bits 0, 2, 4, 6) of north, west, east and south: the context,
    /// in bytes from the first, and the XOR bit at bit 0.</summary>
    public static ReadOnlySpan<byte> Sign => Signs;

    private static byte[] MakeZeroCoding(Orientation orientation)
    {
        var table = new byte[512];
        for (int i = 0; i < table.Length; i++)
        {
            int Bit(int at) => i >> at & 1;
            table[i] = (byte)(MqState.Size * Contexts.ZeroCoding(orientation, Bit(3) + Bit(5), Bit(1) + Bit(7), Bit(0) + Bit(2) + Bit(6) + Bit(8)));
        }
        return table;
    }

    private static byte[] MakeSigns()
    {
        var table = new byte[256];
        for (int i = 0; i < table.Length; i++)
        {
            int Of(int at) => (i >> (at + 1) & 1) * (1 - 2 * (i >> at & 1));
            var (context, flip) = Contexts.Sign(Math.Clamp(Of(2) + Of(4), -1, 1), Math.Clamp(Of(0) + Of(6), -1, 1));
            table[i] = (byte)(MqState.Size * context | flip);
        }
        return table;
    }
}
