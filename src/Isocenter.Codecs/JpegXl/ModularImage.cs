namespace Isocenter.Codecs.JpegXl;

/// <summary>Channels of integers that are coded together (ISO/IEC 18181-1 Annex H): those of a frame, or what of them lies in a
/// group.</summary>
internal sealed class ModularImage
{
    public const int MaxChannels = 1 << 16;

    /// <summary>What palettes may add to the samples.</summary>
    private const long MaxMoreSamples = 1 << 20;

    private List<ModularTransform> _transforms = [];

    /// <param name="channels">As they shall be in the end.</param>
    /// <param name="bits">Of a sample.</param>
    public ModularImage(List<ModularChannel> channels, int bits)
    {
        Channels = channels;
        Bits = bits;
    }

    /// <summary>As the transforms left them, until <see cref="Undo"/>.</summary>
    public List<ModularChannel> Channels { get; }

    /// <summary>How many of them, at the beginning, are palettes.</summary>
    public int MetaCount { get; set; }

    public int Bits { get; }

    /// <summary>What the stream says of the weighted predictor.</summary>
    public WeightedParameters Weights { get; private set; }

    private long SampleCount => Channels.Sum(channel => (long)channel.Width * channel.Height);

    /// <summary>The first channel whose sides do not fit a group; such are coded group by group.</summary>
    public int FirstLarge(int groupSide)
    {
        int first = MetaCount;
        while (first < Channels.Count && Channels[first].Width <= groupSide && Channels[first].Height <= groupSide) first++;
        return first;
    }

    /// <summary>Reads a stream: its header, and all channels that fit a group.</summary>
    /// <param name="bits">At the first bit of it.</param>
    /// <param name="shared">The tree of the frame; null when there is none.</param>
    /// <param name="stream">Number of the stream in its frame, property 1 of the tree.</param>
    /// <param name="groupSide">Most columns and rows of a channel that is coded here.</param>
    /// <param name="cancel">Ends the work between rows.</param>
    public void Decode(ref BitReader bits, MaTree? shared, int stream, int groupSide, CancellationToken cancel)
    {
        if (Channels.Count == 0) return;
        bool isShared = bits.Flag();
        long most = 2 * SampleCount + MaxMoreSamples;
        Weights = WeightedParameters.Read(ref bits);
        _transforms = ModularTransform.ReadAll(ref bits, this);
        if (SampleCount > most) throw bits.Invalid($"transforms make {SampleCount} samples");
        int count = FirstLarge(groupSide);
        if (isShared && shared is null) throw bits.Invalid("the tree of the frame is asked for, and there is none");
        long samples = 0;
        int width = 0;
        for (int i = 0; i < count; i++)
        {
            samples += (long)Channels[i].Width * Channels[i].Height;
            if (i >= MetaCount) width = Math.Max(width, Channels[i].Width);
        }
        var tree = isShared ? shared! : MaTree.Read(ref bits, 1024 + samples);
        using var decoder = new EntropyDecoder(tree.Code, ref bits);
        for (int i = 0; i < count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            if (!Channels[i].IsEmpty) new ModularChannelDecoder(this, i, tree.For(i, stream)).Decode(ref bits, decoder, width, cancel);
        }
        decoder.End(ref bits);
    }

    /// <summary>Takes the transforms back.</summary>
    public void Undo(CancellationToken cancel)
    {
        for (int i = _transforms.Count - 1; i >= 0; i--) _transforms[i].Undo(this, cancel);
        _transforms.Clear();
    }
}
