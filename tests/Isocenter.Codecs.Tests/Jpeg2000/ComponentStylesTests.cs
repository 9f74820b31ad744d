using System.Buffers.Binary;
using Isocenter.Codecs.Jpeg2000;

namespace Isocenter.Codecs.Tests.Jpeg2000;

/// <summary>Components with coding styles and quantization of their own (COC, QCC), which our encoder does not write: code streams
/// of one component each, put together.</summary>
public sealed class ComponentStylesTests
{
    [Theory]
    [InlineData(2, false)]
    [InlineData(5, false)]
    [InlineData(5, true)]
    [InlineData(257, false)]   // components have two bytes from 257 on (Table A.22)
    [InlineData(257, true)]
    public void Each_component_may_have_its_own_style_in_the_main_header_or_in_that_of_the_tile(int components, bool inTile)
    {
        var random = new Random(components);
        int rows = random.Next(20, 70), columns = random.Next(20, 70);
        byte[][] samples = new byte[components][], streams = new byte[components][];
        for (int c = 0; c < components; c++)
        {
            if (c >= 5)
            {
                (samples[c], streams[c]) = (samples[c % 5], streams[c % 5]);
                continue;
            }
            var one = Frames.Layout(rows, columns, 1, random.Next(9, 17));
            samples[c] = Frames.Make(one, random);
            streams[c] = Frames.Encode(samples[c], one, Frames.RandomOptions(random) with
            {
                TileWidth = 0,
                TileHeight = 0,
                Progression = ProgressionOrder.Cprl,
                Ratios = [],
                WritesSop = false,
                WritesEph = false,
                WritesTlm = false,
            });
        }

        byte[] decoded = Frames.Decode(Join(streams, inTile), Frames.Layout(rows, columns, components, 16, isPlanar: true));

        for (int c = 0; c < components; c++) Assert.Equal(samples[c], decoded.AsSpan(c * samples[c].Length, samples[c].Length).ToArray());
    }

    // In the order CPRL all packets of a component follow each other.
    private static byte[] Join(byte[][] streams, bool inTile)
    {
        var parts = streams.Select(Take).ToArray();
        byte[] size = [.. parts[0].Segments[Marker.Siz].AsSpan(0, 34), (byte)(parts.Length >> 8), (byte)parts.Length,
            .. parts.SelectMany(part => part.Segments[Marker.Siz][36..])];
        byte[] Index(int c) => parts.Length < 257 ? [(byte)c] : [(byte)(c >> 8), (byte)c];
        byte[] styles = [.. parts.Skip(1).SelectMany((part, i) => Frames.Segment(Marker.Coc, [.. Index(i + 1), (byte)(part.Segments[Marker.Cod][0] & 1), .. part.Segments[Marker.Cod][5..]])
            .Concat(Frames.Segment(Marker.Qcc, [.. Index(i + 1), .. part.Segments[Marker.Qcd]])))];
        byte[] body = [.. parts.SelectMany(part => part.Body)], tileHeader = inTile ? styles : [];
        byte[] tilePart = [0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, .. tileHeader, 0xFF, 0x93, .. body];
        BinaryPrimitives.WriteInt32BigEndian(tilePart.AsSpan(6), tilePart.Length);
        return [0xFF, 0x4F, .. Frames.Segment(Marker.Siz, size), .. Frames.Segment(Marker.Cod, parts[0].Segments[Marker.Cod]),
            .. Frames.Segment(Marker.Qcd, parts[0].Segments[Marker.Qcd]), .. inTile ? [] : styles, .. tilePart, 0xFF, 0xD9];
    }

    private static (Dictionary<ushort, byte[]> Segments, byte[] Body) Take(byte[] stream)
    {
        var segments = new Dictionary<ushort, byte[]>();
        int at = 2;
        while (Jpeg2000Header.TryNextSegment(stream, ref at, out ushort marker, out var segment)) segments[marker] = segment.Take(segment.Remaining).ToArray();
        int end = at + BinaryPrimitives.ReadInt32BigEndian(stream.AsSpan(at + 6));
        at += 12;
        Assert.Equal(Marker.Sod, BinaryPrimitives.ReadUInt16BigEndian(stream.AsSpan(at)));
        return (segments, stream[(at + 2)..end]);
    }
}
