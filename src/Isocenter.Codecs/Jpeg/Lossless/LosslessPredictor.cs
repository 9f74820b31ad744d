using System.Numerics;

namespace Isocenter.Codecs.Jpeg.Lossless;

/// <summary>Turns differences into samples and back (T.81 §H.1.2.1, Table H.1). All modulo 2^16.</summary>
/// <remarks>A row holds the samples of all components of the scan by pixel; <c>step</c> is how many. Ra is the sample to the
/// left, Rb the one above, Rc the one above that to the left.</remarks>
internal static class LosslessPredictor
{
    /// <summary>Differences become samples, in place.</summary>
    /// <remarks>The first row of a scan or restart interval is predicted from the left only, its first sample as
    /// <paramref name="initial"/>; <paramref name="above"/> is not read then.</remarks>
    public static void Undo(
        Span<ushort> row, ReadOnlySpan<ushort> above, int step, int selection, bool isFirst, ushort initial)
    {
        above = isFirst ? row : above[..row.Length];
        for (int i = 0; i < step; i++) row[i] += isFirst ? initial : above[i];
        if (isFirst || selection == 1)
        {
            if (step == 1) Left(row);
            else if (step == 3) LeftOfThree(row);
            else for (int i = step; i < row.Length; i++) row[i] += row[i - step];
            return;
        }
        switch (selection)
        {
            case 2:
                Add(row[step..], above[step..]);
                break;
            case 3:
                Add(row[step..], above[..^step]);
                break;
            case 4:
            case 4 + Overflow:
                // In 16 bits an overflow does no harm here.
                for (int i = step; i < row.Length; i++)
                    row[i] += (ushort)(row[i - step] + above[i] - above[i - step]);
                break;
            case 5:
                for (int i = step; i < row.Length; i++)
                    row[i] += (ushort)(row[i - step] + ((above[i] - above[i - step]) >> 1));
                break;
            case 6:
                for (int i = step; i < row.Length; i++)
                    row[i] += (ushort)(above[i] + ((row[i - step] - above[i - step]) >> 1));
                break;
            case 7:
                for (int i = step; i < row.Length; i++)
                    row[i] += (ushort)((row[i - step] + above[i]) >> 1);
                break;
            case 5 + Overflow:
                for (int i = step; i < row.Length; i++)
                    row[i] += (ushort)((short)row[i - step] + (((short)above[i] - (short)above[i - step]) >> 1));
                break;
            case 6 + Overflow:
                for (int i = step; i < row.Length; i++)
                    row[i] += (ushort)((short)above[i] + (((short)row[i - step] - (short)above[i - step]) >> 1));
                break;
            case 7 + Overflow:
                for (int i = step; i < row.Length; i++)
                    row[i] += (ushort)(((short)row[i - step] + (short)above[i]) >> 1);
                break;
        }
    }

    /// <summary>Added to the selection value of an encoder that overflows.</summary>
    public const int Overflow = 8;

    /// <summary>Samples become differences.</summary>
    public static void Do(ReadOnlySpan<ushort> row, ReadOnlySpan<ushort> above, Span<ushort> differences, int step, int selection,
        bool isFirst, ushort initial)
    {
        above = isFirst ? row : above[..row.Length];
        differences = differences[..row.Length];
        for (int i = 0; i < step; i++) differences[i] = (ushort)(row[i] - (isFirst ? initial : above[i]));
        switch (isFirst ? 1 : selection)
        {
            case 1:
                Subtract(row[step..], row[..^step], differences[step..]);
                break;
            case 2:
                Subtract(row[step..], above[step..], differences[step..]);
                break;
            case 3:
                Subtract(row[step..], above[..^step], differences[step..]);
                break;
            case 4:
                for (int i = step; i < row.Length; i++)
                    differences[i] = (ushort)(row[i] - row[i - step] - above[i] + above[i - step]);
                break;
            case 5:
                for (int i = step; i < row.Length; i++)
                    differences[i] = (ushort)(row[i] - row[i - step] - ((above[i] - above[i - step]) >> 1));
                break;
            case 6:
                for (int i = step; i < row.Length; i++)
                    differences[i] = (ushort)(row[i] - above[i] - ((row[i - step] - above[i - step]) >> 1));
                break;
            case 7:
                for (int i = step; i < row.Length; i++)
                    differences[i] = (ushort)(row[i] - ((row[i - step] + above[i]) >> 1));
                break;
        }
    }

    private static void Left(Span<ushort> row)
    {
        int left = row[0];
        for (int i = 1; i < row.Length; i++)
        {
            left += row[i];
            row[i] = (ushort)left;
        }
    }

    private static void LeftOfThree(Span<ushort> row)
    {
        int a = row[0], b = row[1], c = row[2];
        for (int i = 3; i + 2 < row.Length; i += 3)
        {
            a += row[i];
            b += row[i + 1];
            c += row[i + 2];
            row[i] = (ushort)a;
            row[i + 1] = (ushort)b;
            row[i + 2] = (ushort)c;
        }
    }

    private static void Add(Span<ushort> row, ReadOnlySpan<ushort> other)
    {
        int i = 0;
        for (; i <= row.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
            (new Vector<ushort>(row[i..]) + new Vector<ushort>(other[i..])).CopyTo(row[i..]);
        for (; i < row.Length; i++) row[i] += other[i];
    }

    private static void Subtract(ReadOnlySpan<ushort> row, ReadOnlySpan<ushort> other, Span<ushort> differences)
    {
        int i = 0;
        for (; i <= row.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
            (new Vector<ushort>(row[i..]) - new Vector<ushort>(other[i..])).CopyTo(differences[i..]);
        for (; i < row.Length; i++) differences[i] = (ushort)(row[i] - other[i]);
    }
}
