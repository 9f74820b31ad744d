using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.Jpeg;

/// <summary>Writes entropy-coded data, with the 0 behind each 0xFF (T.81 §B.1.1.5).</summary>
internal ref struct HuffmanWriter
{
    private const int Chunk = 1 << 16;

    private readonly IBufferWriter<byte> _output;
    private Span<byte> _buffer;
    private int _position;
    private ulong _bits;
    private int _free;

    public HuffmanWriter(IBufferWriter<byte> output)
    {
        _output = output;
        _buffer = output.GetSpan(Chunk);
        _free = 64;
    }

    /// <summary>Makes sure that <paramref name="bytes"/> fit, those stuffed counted twice. To be called before what follows
    /// needs them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Reserve(int bytes)
    {
        if (_buffer.Length - _position < bytes) Renew(bytes);
    }

    /// <summary>Writes a block of the sequential processes (T.81 §F.1.2).</summary>
    /// <param name="block">Its coefficients in <see cref="Dct.ForwardOrder"/>.</param>
    /// <param name="difference">Of its DC coefficient to the one before.</param>
    /// <param name="dc">Codes of <see cref="HuffmanCodes.ForDifferences"/>.</param>
    /// <param name="ac">Codes of <see cref="HuffmanCodes.ForCoefficients"/>.</param>
    public void Block(ReadOnlySpan<short> block, int difference, ReadOnlySpan<ulong> dc, ReadOnlySpan<ulong> ac)
    {
        // 64 values of at most 16 + 15 bits, all stuffed.
        Reserve(512);
        var buffer = _buffer;
        ulong bits = _bits;
        int free = _free, position = _position, k = 1;
        ac = ac[..(HuffmanCodes.EndOfBlock + 1)];
        block = block[..64];

        Put(buffer, ref position, ref bits, ref free, dc, 0, difference);
        ulong rest = Dct.ForwardOrder.NonZero(block) >> 1;
        while (rest != 0)
        {
            int run = BitOperations.TrailingZeroCount(rest);
            rest = rest >> run >> 1;
            k += run;
            int value = block[Dct.ForwardOrder.FromZigZag[k++]];
            for (; run > 15; run -= 16) Put(buffer, ref position, ref bits, ref free, ac[HuffmanCodes.RunOf16]);
            Put(buffer, ref position, ref bits, ref free, ac, 32 * run, value);
        }
        if (k < 64) Put(buffer, ref position, ref bits, ref free, ac[HuffmanCodes.EndOfBlock]);
        (_bits, _free, _position) = (bits, free, position);
    }

    /// <summary>Writes differences of the lossless process (T.81 §H.1.2.2) with codes of
    /// <see cref="HuffmanCodes.ForDifferences"/>.</summary>
    public void Differences(ReadOnlySpan<ushort> differences, ReadOnlySpan<ulong> codes)
    {
        codes = codes[..33];
        while (!differences.IsEmpty)
        {
            int count = Math.Min(differences.Length, Chunk / 16);
            Reserve(8 * count + 16);
            var buffer = _buffer;
            ulong bits = _bits;
            int free = _free, position = _position;
            foreach (ushort difference in differences[..count])
                Put(buffer, ref position, ref bits, ref free, codes, 0, (short)difference);
            (_bits, _free, _position) = (bits, free, position);
            differences = differences[count..];
        }
    }

    /// <summary>Bits of the magnitude of a value (T.81 Table F.1).</summary>
    public static int Size(int value) => 32 - LeadingZeros(value);

    /// <summary>Completes the last byte with ones (§F.1.2.3) and hands all over to the output.</summary>
    public void Flush()
    {
        Reserve(32);
        int pad = _free & 7;
        _bits = _bits << pad | ((1u << pad) - 1);
        _free -= pad;
        for (int used = 64 - _free; used > 0; used -= 8)
        {
            byte value = (byte)(_bits >> (used - 8));
            _buffer[_position++] = value;
            if (value == 0xFF) _buffer[_position++] = 0;
        }
        _bits = 0;
        _free = 64;
        Hand();
    }

    /// <summary>Writes a marker; only after <see cref="Flush"/>.</summary>
    public void Marker(byte marker)
    {
        Reserve(2);
        _buffer[_position++] = 0xFF;
        _buffer[_position++] = marker;
    }

    private void Hand()
    {
        _output.Advance(_position);
        _position = 0;
        _buffer = _output.GetSpan(Chunk);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Renew(int bytes)
    {
        _output.Advance(_position);
        _position = 0;
        _buffer = _output.GetSpan(Math.Max(bytes, Chunk));
    }

    /// <summary>Leading zeros of the magnitude of a value. Without a branch: signs are as good as random.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int LeadingZeros(int value)
    {
        int sign = value >> 31;
        return BitOperations.LeadingZeroCount((uint)((value ^ sign) - sign));
    }

    /// <summary>Appends the code of a value and its bits, less one when it is negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(
        Span<byte> buffer, ref int position, ref ulong bits, ref int free, ReadOnlySpan<ulong> codes, int index, int value)
    {
        int zeros = LeadingZeros(value);
        uint low = (uint)(value + (value >> 31)) & (uint)(0xFFFF_FFFFUL >> zeros);
        Put(buffer, ref position, ref bits, ref free, codes[index + zeros] + low);
    }

    /// <summary>Appends the low half, as many bits as the high half says.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Span<byte> buffer, ref int position, ref ulong bits, ref int free, ulong packed)
    {
        ulong code = (uint)packed;
        int length = (int)(packed >> 32), left = free - length;
        if (left >= 0)
        {
            bits = bits << length | code;
            free = left;
            return;
        }
        // The word is full: the upper bits of the code complete it, the lower ones start the next. What is above those
        // is shifted out later.
        Write(buffer, ref position, bits << free | code >> -left);
        bits = code;
        free = 64 + left;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Write(Span<byte> buffer, ref int position, ulong word)
    {
        // A byte of 0xFF loses its top bit when 1 is added, others that have it keep it; a carry can only alarm falsely.
        if ((word & ~(word + 0x0101_0101_0101_0101) & 0x8080_8080_8080_8080) != 0)
        {
            position += WriteStuffed(buffer[position..], word);
            return;
        }
        BinaryPrimitives.WriteUInt64BigEndian(buffer[position..], word);
        position += 8;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int WriteStuffed(Span<byte> buffer, ulong word)
    {
        int position = 0;
        for (int shift = 56; shift >= 0; shift -= 8)
        {
            byte value = (byte)(word >> shift);
            buffer[position++] = value;
            if (value == 0xFF) buffer[position++] = 0;
        }
        return position;
    }
}
