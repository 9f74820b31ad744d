using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>What an encoder decides before it sees a sample, written down as the main header; and, read back from there as a
/// decoder would, the geometry of the only tile.</summary>
internal sealed class HtEncodePlan
{
    private const int GuardBits = 2;

    /// <summary>L2 norms of the synthesis of one coefficient by the 9-7 transform, with the scaling of part 1: LL, then HL and
    /// LH, then HH, by decomposition level from 1. They double from one level to the next where the table ends.</summary>
    private static readonly double[][] Norms =
    [
        [1.965, 4.177, 8.403, 16.90, 33.84, 67.69],
        [1.011, 1.9945, 4.1775, 8.520, 17.135, 34.315],
        [0.520, 0.96625, 2.07675, 4.295, 8.6775, 17.3975],
    ];

    private readonly FrameLayout layout;
    private readonly HighThroughputEncodeOptions options;

    /// <summary>Decides.</summary>
    internal HtEncodePlan(in FrameLayout layout, HighThroughputEncodeOptions options)
    {
        this.layout = layout;
        this.options = options;
        IsReversible = options.IsReversible;
        TransformsColour = options.TransformsColour && layout.SamplesPerPixel == 3;
        int most = 0;
        while (Math.Max(layout.Rows, layout.Columns) >> most > 1) most++;
        Levels = Math.Min(options.Levels, most);
        if (options.HasResolutionIndex)
        {
            Levels = 0;
            while ((Math.Max(layout.Rows, layout.Columns) - 1 >> Levels) + 1 > 64) Levels++;
            Levels = Math.Max(Levels, Math.Min(options.Levels, most));
        }

        Header = WriteHeader();
        var size = Jpeg2000Header.Read(Header);
        Tile = new Tile(size.Size, 0, size.Main, new WorkingMemory(long.MaxValue));
        Size = size.Size;
    }

    /// <summary>Decomposition levels.</summary>
    internal int Levels { get; }

    /// <summary>5-3 or 9-7.</summary>
    internal bool IsReversible { get; }

    /// <summary>RCT or ICT.</summary>
    internal bool TransformsColour { get; }

    /// <summary>A tile-part for each resolution, and TLM.</summary>
    internal bool HasResolutionIndex => options.HasResolutionIndex;

    /// <summary>SOC to QCD.</summary>
    internal byte[] Header { get; }

    /// <summary>The image.</summary>
    internal ImageSize Size { get; }

    /// <summary>The tile.</summary>
    internal Tile Tile { get; }

    private byte[] WriteHeader()
    {
        var writer = new ArrayBufferWriter<byte>(256);
        int components = layout.SamplesPerPixel;
        U16(writer, Marker.Soc);

        U16(writer, Marker.Siz);
        U16(writer, 38 + 3 * components);
        U16(writer, 0x4000);   // CAP follows
        U32(writer, layout.Columns);
        U32(writer, layout.Rows);
        U32(writer, 0);
        U32(writer, 0);
        U32(writer, layout.Columns);
        U32(writer, layout.Rows);
        U32(writer, 0);
        U32(writer, 0);
        U16(writer, components);
        for (int i = 0; i < components; i++)
        {
            U8(writer, layout.BitsStored - 1 | (layout.IsSigned ? 0x80 : 0));
            U8(writer, 1);
            U8(writer, 1);
        }

        // Part 15: HT code-blocks only, one HT set, no region of interest, the same everywhere; B of Table A.3.
        var steps = Steps();
        int planes = steps.Max(step => step.Exponent) + GuardBits - 1;
        int magnitudes = planes <= 8 ? 0 : planes < 28 ? planes - 8 : planes < 48 ? 13 + (planes >> 2) : 31;
        U16(writer, Marker.Cap);
        U16(writer, 8);
        U32(writer, 0x0002_0000);
        U16(writer, magnitudes | (IsReversible ? 0 : 0x20));

        U16(writer, Marker.Cod);
        U16(writer, 12);
        U8(writer, 0);
        U8(writer, (int)ProgressionOrder.Rpcl);
        U16(writer, 1);
        U8(writer, TransformsColour ? 1 : 0);
        U8(writer, Levels);
        U8(writer, 4);   // code-blocks of 64 × 64
        U8(writer, 4);
        U8(writer, (int)CodeBlockStyle.HighThroughput);
        U8(writer, IsReversible ? 1 : 0);

        U16(writer, Marker.Qcd);
        U16(writer, 3 + steps.Length * (IsReversible ? 1 : 2));
        U8(writer, GuardBits << 5 | (IsReversible ? 0 : 2));
        foreach (var (exponent, mantissa) in steps)
        {
            if (IsReversible) U8(writer, exponent << 3);
            else U16(writer, exponent << 11 | mantissa);
        }

        return writer.WrittenSpan.ToArray();
    }

    /// <summary>Exponent and mantissa of each sub-band: LL, then HL, LH, HH from the lowest resolution up (§A.6.4).</summary>
    private (int Exponent, int Mantissa)[] Steps()
    {
        var steps = new (int, int)[3 * Levels + 1];
        for (int i = 0; i < steps.Length; i++)
        {
            int kind = i == 0 ? 0 : (i - 1) % 3 == 2 ? 2 : 1;
            int level = i == 0 ? Levels : Levels - (i - 1) / 3;

            // Colour differences of the reversible transform have one bit more.
            int range = layout.BitsStored + kind;
            if (IsReversible)
            {
                steps[i] = (range + (TransformsColour ? 1 : 0), 0);
                continue;
            }

            double norm = level == 0 ? 1 : Norms[kind][Math.Min(level, 6) - 1] * Math.Pow(2, Math.Max(0, level - 6));
            double step = options.Step / norm;
            int exponent = range - (int)Math.Floor(Math.Log2(step));
            exponent = Math.Clamp(exponent, 0, 28);
            double scale = Math.Pow(2, range - exponent);
            steps[i] = (exponent, (int)Math.Clamp(Math.Round((step / scale - 1) * 2048), 0, 2047));
        }

        return steps;
    }

    private static void U8(ArrayBufferWriter<byte> writer, int value)
    {
        writer.GetSpan(1)[0] = (byte)value;
        writer.Advance(1);
    }

    private static void U16(ArrayBufferWriter<byte> writer, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(writer.GetSpan(2), (ushort)value);
        writer.Advance(2);
    }

    private static void U32(ArrayBufferWriter<byte> writer, int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(writer.GetSpan(4), value);
        writer.Advance(4);
    }
}
