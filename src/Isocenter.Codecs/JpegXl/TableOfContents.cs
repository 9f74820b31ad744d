namespace Isocenter.Codecs.JpegXl;

/// <summary>Where the sections of a frame lie (ISO/IEC 18181-1 §F.4).</summary>
internal static class TableOfContents
{
    private const int Contexts = 8;

    /// <summary>Reads it.</summary>
    /// <param name="bits">At its first bit; behind it afterwards, at the first section.</param>
    /// <param name="count">Sections there are.</param>
    /// <returns>Of each section, in the order in which they are meant: its first byte behind the table, and its length.</returns>
    public static (long Start, int Length)[] Read(ref BitReader bits, int count)
    {
        int[]? order = bits.Flag() ? ReadOrder(ref bits, count) : null;
        bits.Align();
        var lying = new (long Start, int Length)[count];
        long start = 0;
        for (int i = 0; i < count; i++)
        {
            int length = (int)bits.Choose(0, 10, 1024, 14, 17408, 22, 4211712, 30);
            lying[i] = (start, length);
            start += length;
        }
        bits.Align();
        if (order is null) return lying;
        var meant = new (long Start, int Length)[count];
        for (int i = 0; i < count; i++) meant[i] = lying[order[i]];
        return meant;
    }

    /// <summary>A permutation as its Lehmer code: which of those that are left.</summary>
    private static int[] ReadOrder(ref BitReader bits, int count)
    {
        var code = EntropyCode.Read(ref bits, Contexts);
        using var decoder = new EntropyDecoder(code, ref bits);
        var order = new int[count];
        uint coded = decoder.Read(ref bits, Context((uint)count), 0), previous = 0;
        if (coded > count) throw bits.Invalid("an order of sections has more of them than there are");
        var left = Enumerable.Range(0, count).ToList();
        for (int i = 0; i < count; i++)
        {
            uint at = i < coded ? decoder.Read(ref bits, Context(previous), 0) : 0;
            if (at >= left.Count) throw bits.Invalid("an order of sections names one that is not left");
            order[i] = left[(int)at];
            left.RemoveAt((int)at);
            previous = at;
        }
        decoder.End(ref bits);
        return order;
    }

    private static int Context(uint number) => Math.Min(7, number == 0 ? 0 : System.Numerics.BitOperations.Log2(number) + 1);
}
