using System.Buffers.Binary;

namespace Isocenter.Codecs.Tests.Jpeg;

/// <summary>The slow obvious twin: ITU-T T.81 as it is printed, a bit at a time, the inverse DCT as a sum of cosines. For
/// sequential and lossless streams with Huffman coding in one scan, without subsampling.</summary>
internal sealed class SlowDecoder
{
    private static readonly int[] ZigZag =
    [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    private readonly byte[] _data;
    private readonly int[][] _quantisation = new int[4][];
    private readonly Dictionary<(int Length, int Code), int>[] _huffman = new Dictionary<(int, int), int>[32];
    private int _position = 2;
    private int _bit;
    private int _restart;
    private int _marker, _precision, _rows, _columns;
    private (int Quantisation, int Dc, int Ac)[] _components = [];

    private SlowDecoder(byte[] data) => _data = data;

    /// <summary>Decodes to values by pixel.</summary>
    public static int[] Decode(byte[] data) => new SlowDecoder(data).Run();

    private int[] Run()
    {
        while (true)
        {
            int marker = _data[_position + 1], length = BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(_position + 2));
            var content = _data.AsSpan(_position + 4, length - 2);
            _position += 2 + length;
            if (marker == 0xDB) ReadQuantisation(content);
            if (marker == 0xC4) ReadHuffman(content);
            if (marker == 0xDD) _restart = content[0] << 8 | content[1];
            if (marker is 0xC0 or 0xC1 or 0xC3)
            {
                (_marker, _precision) = (marker, content[0]);
                (_rows, _columns) = (content[1] << 8 | content[2], content[3] << 8 | content[4]);
                _components = new (int, int, int)[content[5]];
                for (int i = 0; i < _components.Length; i++)
                {
                    Assert.Equal(0x11, content[7 + 3 * i]);
                    _components[i].Quantisation = content[8 + 3 * i];
                }
            }
            if (marker != 0xDA) continue;
            for (int i = 0; i < _components.Length; i++)
                (_components[i].Dc, _components[i].Ac) = (content[2 + 2 * i] >> 4, content[2 + 2 * i] & 15);
            return _marker == 0xC3 ? Lossless(content[^3], content[^1] & 15) : Sequential();
        }
    }

    private int[] Sequential()
    {
        int across = (_columns + 7) / 8, down = (_rows + 7) / 8, count = _components.Length;
        var samples = new int[_rows * _columns * count];
        var predictors = new int[count];
        for (int mcu = 0; mcu < across * down; mcu++)
        {
            if (_restart > 0 && mcu > 0 && mcu % _restart == 0)
            {
                Restart();
                predictors.AsSpan().Clear();
            }
            for (int c = 0; c < count; c++)
            {
                var coefficients = new int[64];
                predictors[c] += Value(Symbol(_components[c].Dc));
                coefficients[0] = predictors[c];
                for (int k = 1; k < 64; k++)
                {
                    int symbol = Symbol(16 + _components[c].Ac);
                    if (symbol == 0) break;
                    k += symbol >> 4;
                    coefficients[ZigZag[k]] = Value(symbol & 15);
                }
                for (int k = 0; k < 64; k++) coefficients[ZigZag[k]] *= _quantisation[_components[c].Quantisation][k];
                for (int y = 0; y < 8; y++)
                {
                    for (int x = 0; x < 8; x++)
                    {
                        int row = mcu / across * 8 + y, column = mcu % across * 8 + x;
                        if (row >= _rows || column >= _columns) continue;
                        double value = InverseDct(coefficients, x, y) + (1 << (_precision - 1));
                        samples[(row * _columns + column) * count + c] = (int)Math.Clamp(Math.Round(value), 0, (1 << _precision) - 1);
                    }
                }
            }
        }
        return samples;
    }

    /// <summary>T.81 §A.3.3.</summary>
    public static double InverseDct(int[] coefficients, int x, int y)
    {
        double sum = 0;
        for (int v = 0; v < 8; v++)
        {
            for (int u = 0; u < 8; u++)
            {
                double scale = (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1);
                sum += scale * coefficients[8 * v + u] * Math.Cos((2 * x + 1) * u * Math.PI / 16) * Math.Cos((2 * y + 1) * v * Math.PI / 16);
            }
        }
        return sum / 4;
    }

    /// <summary>T.81 §H.1, Table H.1.</summary>
    private int[] Lossless(int selection, int pointTransform)
    {
        int count = _components.Length;
        var samples = new int[_rows * _columns * count];
        int Sample(int row, int column, int c) => samples[(row * _columns + column) * count + c];
        int firstRow = 0;
        for (int y = 0; y < _rows; y++)
        {
            if (_restart > 0 && y > 0 && y * _columns % _restart == 0)
            {
                Restart();
                firstRow = y;
            }
            for (int x = 0; x < _columns; x++)
            {
                for (int c = 0; c < count; c++)
                {
                    int prediction;
                    if (y == firstRow) prediction = x == 0 ? 1 << (_precision - pointTransform - 1) : Sample(y, x - 1, c);
                    else if (x == 0) prediction = Sample(y - 1, x, c);
                    else
                    {
                        int a = Sample(y, x - 1, c), b = Sample(y - 1, x, c), d = Sample(y - 1, x - 1, c);
                        prediction = selection switch
                        {
                            1 => a,
                            2 => b,
                            3 => d,
                            4 => a + b - d,
                            5 => a + ((b - d) >> 1),
                            6 => b + ((a - d) >> 1),
                            _ => (a + b) >> 1,
                        };
                    }
                    int size = Symbol(_components[c].Dc);
                    int difference = size == 16 ? 32768 : Value(size);
                    samples[(y * _columns + x) * count + c] = (prediction + difference) & 0xFFFF;
                }
            }
        }
        for (int i = 0; i < samples.Length; i++) samples[i] <<= pointTransform;
        return samples;
    }

    private void ReadQuantisation(ReadOnlySpan<byte> content)
    {
        for (int at = 0; at < content.Length;)
        {
            int wide = content[at] >> 4, index = content[at++] & 15;
            _quantisation[index] = new int[64];
            for (int k = 0; k < 64; k++, at += 1 + wide)
                _quantisation[index][k] = wide == 0 ? content[at] : content[at] << 8 | content[at + 1];
        }
    }

    private void ReadHuffman(ReadOnlySpan<byte> content)
    {
        for (int at = 0; at < content.Length;)
        {
            int index = (content[at] >> 4) * 16 + (content[at] & 15), code = 0, symbol = at + 17;
            _huffman[index] = [];
            for (int length = 1; length <= 16; length++, code <<= 1)
                for (int n = content[at + length]; n > 0; n--) _huffman[index][(length, code++)] = content[symbol++];
            at = symbol;
        }
    }

    private int Symbol(int table)
    {
        int code = 0;
        for (int length = 1; ; length++)
        {
            code = code << 1 | Bit();
            if (_huffman[table].TryGetValue((length, code), out int symbol)) return symbol;
        }
    }

    private int Value(int size)
    {
        int value = 0;
        for (int i = 0; i < size; i++) value = value << 1 | Bit();
        return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    }

    private int Bit()
    {
        int bit = _data[_position] >> (7 - _bit) & 1;
        if (++_bit == 8) NextByte();
        return bit;
    }

    private void NextByte()
    {
        _bit = 0;
        _position += _data[_position] == 0xFF ? 2 : 1;
    }

    private void Restart()
    {
        if (_bit > 0) NextByte();
        Assert.InRange(_data[_position + 1], 0xD0, 0xD7);
        _position += 2;
    }
}
