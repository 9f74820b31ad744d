using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg;

/// <summary>Writes the segments of a code stream (T.81 Annex B).</summary>
internal readonly struct JpegWriter(IBufferWriter<byte> output)
{
    public void Start() => output.Write((ReadOnlySpan<byte>)[0xFF, JpegMarker.Soi]);

    public void End() => output.Write((ReadOnlySpan<byte>)[0xFF, JpegMarker.Eoi]);

    /// <summary>The JFIF segment: one component is grey, three are YCbCr.</summary>
    public void Jfif() => Segment(JpegMarker.App0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);

    /// <summary>The Adobe segment: three components are RGB.</summary>
    public void AdobeRgb() => Segment(JpegMarker.App14, [.. "Adobe"u8, 0, 100, 0, 0, 0, 0, 0]);

    /// <summary>A quantisation table, given in zig-zag order.</summary>
    public void Quantisation(int index, ReadOnlySpan<ushort> table)
    {
        bool isWide = table.ContainsAnyExceptInRange((ushort)0, (ushort)255);
        var content = new byte[1 + (isWide ? 128 : 64)];
        content[0] = (byte)((isWide ? 0x10 : 0) | index);
        for (int k = 0; k < 64; k++)
        {
            if (isWide) BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(1 + 2 * k), table[k]);
            else content[1 + k] = (byte)table[k];
        }
        Segment(JpegMarker.Dqt, content);
    }

    /// <summary>A Huffman table; of class 0 for DC and lossless, 1 for AC.</summary>
    public void Huffman(int tableClass, int index, HuffmanCodes codes) =>
        Segment(JpegMarker.Dht, [(byte)(tableClass << 4 | index), .. codes.Counts, .. codes.Symbols]);

    public void RestartInterval(int interval) => Segment(JpegMarker.Dri, [(byte)(interval >> 8), (byte)interval]);

    /// <summary>The frame header; components are numbered from 1.</summary>
    public void Frame(JpegFrame frame)
    {
        var content = new byte[6 + 3 * frame.Components.Length];
        content[0] = (byte)frame.Precision;
        BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(1), (ushort)frame.Rows);
        BinaryPrimitives.WriteUInt16BigEndian(content.AsSpan(3), (ushort)frame.Columns);
        content[5] = (byte)frame.Components.Length;
        foreach (var component in frame.Components)
        {
            int at = 6 + 3 * component.Index;
            content[at] = component.Id;
            content[at + 1] = (byte)(component.Horizontal << 4 | component.Vertical);
            content[at + 2] = (byte)component.QuantisationTable;
        }
        Segment(frame.Marker, content);
    }

    /// <summary>A scan header of all components; their entropy tables have the numbers of their quantisation tables.</summary>
    public void Scan(JpegFrame frame, int spectralStart, int spectralEnd, int lowBit)
    {
        var content = new byte[4 + 2 * frame.Components.Length];
        content[0] = (byte)frame.Components.Length;
        foreach (var component in frame.Components)
        {
            content[1 + 2 * component.Index] = component.Id;
            content[2 + 2 * component.Index] = (byte)(component.QuantisationTable << 4 | (frame.IsLossless ? 0 : component.QuantisationTable));
        }
        content[^3] = (byte)spectralStart;
        content[^2] = (byte)spectralEnd;
        content[^1] = (byte)lowBit;
        Segment(JpegMarker.Sos, content);
    }

    private void Segment(byte marker, ReadOnlySpan<byte> content)
    {
        var target = output.GetSpan(content.Length + 4);
        target[0] = 0xFF;
        target[1] = marker;
        BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)(content.Length + 2));
        content.CopyTo(target[4..]);
        output.Advance(content.Length + 4);
    }
}
