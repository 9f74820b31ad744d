using System.Buffers;

namespace Isocenter.Codecs.Jpeg2000.HighThroughput;

/// <summary>What an encoder decides before it sees a sample, written down as the main header; and, read back from there as a
/// decoder would, the geometry of the only tile.</summary>
internal sealed class HtEncodePlan
{
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
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MainHeaderWriter(buffer);
        var components = new ComponentSize[layout.SamplesPerPixel];
        Array.Fill(components, new ComponentSize(layout.BitsStored, layout.IsSigned, 1, 1));
        writer.BeginImage(ImageSize.Make(layout.Columns, layout.Rows, layout.Columns, layout.Rows, components), 0x4000);   // CAP follows

        // Part 15: HT code-blocks only, one HT set, no region of interest, the same everywhere; B of Table A.3.
        ushort[] steps = QuantizationSteps.Make(layout.BitsStored, Levels, IsReversible, TransformsColour, options.Step);
        int planes = steps.Max(step => step >> 11) + QuantizationSteps.GuardBits - 1;
        int magnitudes = planes <= 8 ? 0 : planes < 28 ? planes - 8 : planes < 48 ? 13 + (planes >> 2) : 31;
        writer.HighThroughput(magnitudes | (IsReversible ? 0 : 0x20));
        var coding = CodingStyle.Make(Levels, 6, 6, CodeBlockStyle.HighThroughput, IsReversible, precincts: null);
        var quantization = Quantization.Make(steps, IsReversible, QuantizationSteps.GuardBits);
        writer.Parameters(
            new TileParameters(components.Length, coding, quantization, ProgressionOrder.Rpcl, 1, TransformsColour), writesSop: false, writesEph: false);
        return buffer.WrittenSpan.ToArray();
    }
}
