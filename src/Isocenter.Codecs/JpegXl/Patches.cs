namespace Isocenter.Codecs.JpegXl;

/// <summary>Pieces of other frames that lie on a frame, as letters do (ISO/IEC 18181-1 §K.3.1).</summary>
internal sealed class Patches
{
    private const int Contexts = 10, CountContext = 0, FrameContext = 1, SizeContext = 2, SourceContext = 3, PlaceContext = 4, ModeContext = 5,
        StepContext = 6, RepeatsContext = 7;

    private const uint None = 0, Replace = 1, Add = 2;

    private readonly List<Patch> _patches = [];

    /// <param name="Source">The frame it is from.</param>
    /// <param name="FromX">Column in that.</param>
    /// <param name="FromY">Row in that.</param>
    /// <param name="Columns">Its width.</param>
    /// <param name="Rows">Its height.</param>
    /// <param name="X">Column in the frame.</param>
    /// <param name="Y">Row in the frame.</param>
    /// <param name="Modes">How it lies on the colours, and on each of the extra channels.</param>
    private sealed record Patch(ModularImage Source, int FromX, int FromY, int Columns, int Rows, int X, int Y, uint[] Modes);

    /// <summary>Reads the list of a frame.</summary>
    /// <param name="bits">At its first bit.</param>
    /// <param name="others">Frames that pieces are taken from.</param>
    /// <param name="frame">The frame they lie on.</param>
    /// <param name="header">What the code stream begins with.</param>
    public static Patches Read(ref BitReader bits, ModularImage?[] others, FrameHeader frame, ImageHeader header)
    {
        var patches = new Patches();
        var code = EntropyCode.Read(ref bits, Contexts);
        using var decoder = new EntropyDecoder(code, ref bits);
        // Each sample may be covered a few times, not for ever.
        long area = 16L * Math.Max(1 << 16, (long)frame.Columns * frame.Rows);
        for (uint count = decoder.Read(ref bits, CountContext, 0); count > 0; count--)
        {
            uint number = decoder.Read(ref bits, FrameContext, 0);
            if (number >= others.Length || others[number] is not { } source) throw bits.Invalid($"patches are from frame {number}, which is not there");
            uint fromX = decoder.Read(ref bits, SourceContext, 0), fromY = decoder.Read(ref bits, SourceContext, 0);
            long columns = decoder.Read(ref bits, SizeContext, 0) + 1L, rows = decoder.Read(ref bits, SizeContext, 0) + 1L;
            if (fromX + columns > source.Channels[0].Width || fromY + rows > source.Channels[0].Height) throw bits.Invalid("a patch is from outside its frame");
            long x = 0, y = 0, repeats = decoder.Read(ref bits, RepeatsContext, 0) + 1L;
            for (long i = 0; i < repeats; i++)
            {
                x = i == 0 ? decoder.Read(ref bits, PlaceContext, 0) : x + MaTree.Signed(decoder.Read(ref bits, StepContext, 0));
                y = i == 0 ? decoder.Read(ref bits, PlaceContext, 0) : y + MaTree.Signed(decoder.Read(ref bits, StepContext, 0));
                if (x < 0 || y < 0 || x + columns > frame.Columns || y + rows > frame.Rows) throw bits.Invalid("a patch lies outside the image");
                area -= columns * rows;
                if (area < 0) throw bits.Invalid("patches cover the image too often");
                var modes = ReadModes(ref bits, decoder, 1 + header.ExtraChannels);
                patches._patches.Add(new Patch(source, (int)fromX, (int)fromY, (int)columns, (int)rows, (int)x, (int)y, modes));
            }
        }
        decoder.End(ref bits);
        return patches;
    }

    /// <summary>Lays them on.</summary>
    public void Apply(ModularImage image, CancellationToken cancel)
    {
        foreach (var patch in _patches)
        {
            cancel.ThrowIfCancellationRequested();
            int colours = image.Channels.Count - patch.Modes.Length + 1;
            for (int c = 0; c < image.Channels.Count; c++)
            {
                uint mode = patch.Modes[Math.Max(0, c - colours + 1)];
                for (int row = 0; row < patch.Rows && mode != None; row++)
                {
                    var from = patch.Source.Channels[c].Row(patch.FromY + row).Slice(patch.FromX, patch.Columns);
                    var to = image.Channels[c].Row(patch.Y + row).Slice(patch.X, patch.Columns);
                    if (mode == Replace) from.CopyTo(to);
                    else for (int i = 0; i < to.Length; i++) to[i] = unchecked(to[i] + from[i]);
                }
            }
        }
    }

    private static uint[] ReadModes(ref BitReader bits, EntropyDecoder decoder, int count)
    {
        var modes = new uint[count];
        for (int i = 0; i < count; i++)
        {
            modes[i] = decoder.Read(ref bits, ModeContext, 0);
            if (modes[i] > Add) throw new CodecException(JpegXlDecoder.Codec, "blending of patches is not decoded", bits.Offset, "ISO/IEC 18181-1 §K.3.1");
        }
        return modes;
    }
}
