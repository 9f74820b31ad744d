using System.Buffers.Binary;

namespace Isocenter.Codecs.Jpeg;

/// <summary>The tables a code stream defines as it goes (T.81 §B.2.4): each stays until it is defined anew.</summary>
internal sealed class JpegTables
{
    private readonly short[]?[] _quantisation = new short[]?[4];
    private readonly HuffmanTable?[] _dc = new HuffmanTable?[4];
    private readonly HuffmanTable?[] _ac = new HuffmanTable?[4];

    /// <summary>MCUs of a restart interval; 0 for none.</summary>
    public int RestartInterval { get; set; }

    /// <summary>For each DC table of arithmetic coding its lower bound L and upper bound U (§F.1.4.4.1.4).</summary>
    public (int Lower, int Upper)[] DcConditioning { get; } = [(0, 1), (0, 1), (0, 1), (0, 1)];

    /// <summary>For each AC table of arithmetic coding its Kx (§F.1.4.4.2).</summary>
    public int[] AcConditioning { get; } = [5, 5, 5, 5];

    /// <summary>A quantisation table in the order of <see cref="BlockOrder"/>; null when it was not defined. Values above
    /// 32767 wrap, as in every product with a coefficient of 16 bits.</summary>
    public short[]? Quantisation(int index) => index < 4 ? _quantisation[index] : null;

    /// <summary>The DC table of a scan. A stream without one is an abbreviated one as in Motion JPEG: the tables of
    /// Annex K stand in, as elsewhere.</summary>
    public HuffmanTable Dc(int index, int offset) => index switch
    {
        < 4 when _dc[index] is { } table => table,
        0 => StandardHuffman.LuminanceDc,
        1 => StandardHuffman.ChrominanceDc,
        _ => throw JpegError.At(offset, $"the scan uses DC table {index}, which is not defined", "§B.2.4.2"),
    };

    /// <summary>The AC table of a scan, as <see cref="Dc"/>.</summary>
    public HuffmanTable Ac(int index, int offset) => index switch
    {
        < 4 when _ac[index] is { } table => table,
        0 => StandardHuffman.LuminanceAc,
        1 => StandardHuffman.ChrominanceAc,
        _ => throw JpegError.At(offset, $"the scan uses AC table {index}, which is not defined", "§B.2.4.2"),
    };

    /// <summary>Takes a DQT segment (§B.2.4.1).</summary>
    /// <param name="content">The segment after its length.</param>
    /// <param name="offset">Where the content starts in the code stream.</param>
    public void ReadQuantisation(ReadOnlySpan<byte> content, int offset)
    {
        int start = 0;
        while (start < content.Length)
        {
            int precision = content[start] >> 4, index = content[start] & 15;
            int length = precision == 0 ? 64 : 128;
            if (precision > 1 || index > 3)
                throw JpegError.At(offset + start, $"0x{content[start]:X2} is no precision and number of a quantisation table", "§B.2.4.1");
            if (content.Length - start - 1 < length)
                throw JpegError.At(offset + start, $"a quantisation table of {length} bytes has {content.Length - start - 1}", "§B.2.4.1");
            var values = content.Slice(start + 1, length);
            var table = new short[64];
            for (int k = 0; k < 64; k++)
                table[BlockOrder.FromZigZag[k]] =
                    precision == 0 ? values[k] : (short)BinaryPrimitives.ReadUInt16BigEndian(values[(2 * k)..]);
            _quantisation[index] = table;
            start += 1 + length;
        }
    }

    /// <summary>Takes a DHT segment (§B.2.4.2).</summary>
    public void ReadHuffman(ReadOnlySpan<byte> content, int offset)
    {
        int start = 0;
        while (start < content.Length)
        {
            int kind = content[start] >> 4, index = content[start] & 15;
            if (kind > 1 || index > 3)
                throw JpegError.At(offset + start, $"0x{content[start]:X2} is no class and number of a Huffman table", "§B.2.4.2");
            if (content.Length - start < 17)
                throw JpegError.At(offset + start, "a Huffman table ends within its 16 counts", "§B.2.4.2");
            var counts = content.Slice(start + 1, 16);
            int sum = 0;
            foreach (byte count in counts) sum += count;
            if (sum > 256 || content.Length - start - 17 < sum)
                throw JpegError.At(offset + start, $"a Huffman table of {sum} symbols has {content.Length - start - 17} bytes for them", "§B.2.4.2");
            var symbols = content.Slice(start + 17, sum);
            var table = StandardHuffman.Find(counts, symbols) ?? HuffmanTable.Read(counts, symbols, offset + start);
            (kind == 0 ? _dc : _ac)[index] = table;
            start += 17 + sum;
        }
    }

    /// <summary>Takes a DAC segment (§B.2.4.3).</summary>
    public void ReadArithmetic(ReadOnlySpan<byte> content, int offset)
    {
        for (int i = 0; i + 1 < content.Length; i += 2)
        {
            int kind = content[i] >> 4, index = content[i] & 15, value = content[i + 1];
            bool isLegal = kind switch
            {
                0 => index < 4 && (value & 15) <= value >> 4,
                1 => index < 4 && value is >= 1 and <= 63,
                _ => false,
            };
            if (!isLegal) throw JpegError.At(offset + i, $"0x{content[i]:X2}{value:X2} is no arithmetic conditioning", "§B.2.4.3");
            if (kind == 0) DcConditioning[index] = (value & 15, value >> 4);
            else AcConditioning[index] = value;
        }
    }

    /// <summary>Takes a DRI segment (§B.2.4.4).</summary>
    public void ReadRestartInterval(ReadOnlySpan<byte> content, int offset)
    {
        if (content.Length < 2) throw JpegError.At(offset, "the restart interval is missing", "§B.2.4.4");
        RestartInterval = BinaryPrimitives.ReadUInt16BigEndian(content);
    }
}
