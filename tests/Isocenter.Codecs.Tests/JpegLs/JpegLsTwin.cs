namespace Isocenter.Codecs.Tests.JpegLs;

/// <summary>The slow obvious twin: JPEG-LS as printed in ISO/IEC 14495-1 Annex A, one sample and one bit at a time, in the
/// standard's own variable names. Encoder and decoder walk the same path; only where bits pass do they differ.</summary>
/// <remarks>Works on one scan of components of equal size. It knows no marker segment.</remarks>
internal sealed class JpegLsTwin
{
    private static readonly int[] J =
        [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15];

    private readonly int MAXVAL, NEAR, T1, T2, T3, RESET, RANGE, qbpp, LIMIT;
    private readonly int[] A = new int[367], B = new int[367], C = new int[367], N = new int[367], Nn = new int[367];
    private readonly int _width, _height, _interleave, _restart;
    private readonly int[][,] _image;                           // reconstructed, when decoding; to be coded, when encoding
    private readonly int[] RUNindex;
    private readonly List<bool>? _written;
    private readonly List<byte> _bytes = [];
    private readonly byte[]? _data;
    private int _position, _bit;
    private int _top;                                           // first line of the restart interval

    private JpegLsTwin(
        int[][,] image, (int MaxVal, int T1, int T2, int T3, int Reset) preset, int near, int interleave, int restart, byte[]? data)
    {
        _image = image;
        _height = image[0].GetLength(0);
        _width = image[0].GetLength(1);
        _interleave = interleave;
        _restart = restart == 0 ? _height : restart;
        _data = data;
        _written = data is null ? [] : null;
        (MAXVAL, T1, T2, T3, RESET) = preset;
        NEAR = near;
        RANGE = (MAXVAL + 2 * NEAR) / (2 * NEAR + 1) + 1;
        qbpp = Log2(RANGE);
        int bpp = Math.Max(2, Log2(MAXVAL + 1));
        LIMIT = 2 * (bpp + Math.Max(8, bpp));
        RUNindex = new int[image.Length];
    }

    /// <summary>Encodes one scan; the image becomes what a decoder will make of it.</summary>
    /// <returns>The entropy coded data with its restart markers.</returns>
    public static byte[] Encode(
        int[][,] image, (int MaxVal, int T1, int T2, int T3, int Reset) preset, int near, int interleave, int restart)
    {
        var twin = new JpegLsTwin(image, preset, near, interleave, restart, null);
        twin.Scan();
        return [.. twin._bytes];
    }

    /// <summary>Decodes one scan into the image.</summary>
    public static void Decode(
        byte[] data, int[][,] image, (int MaxVal, int T1, int T2, int T3, int Reset) preset, int near, int interleave, int restart) =>
        new JpegLsTwin(image, preset, near, interleave, restart, data).Scan();

    private bool Decodes => _data is not null;

    private void Scan()
    {
        for (int y = 0; y < _height; y++)
        {
            if (y % _restart == 0)
            {
                if (y > 0) Restart(y);
                _top = y;
                Initialise();
            }
            if (_interleave == 2) Line(y, [.. Enumerable.Range(0, _image.Length)]);
            else
                for (int c = 0; c < _image.Length; c++) Line(y, [c]);
        }
        if (!Decodes) Flush();
    }

    private void Initialise()
    {
        Array.Fill(A, Math.Max(2, (RANGE + 32) / 64));
        Array.Fill(N, 1);
        Array.Clear(B);
        Array.Clear(C);
        Array.Clear(Nn);
        Array.Clear(RUNindex);
    }

    private int Rec(int c, int x, int y)
    {
        if (x < 0) return y - 1 < _top ? 0 : Rec(c, 0, y - 1);
        if (y < _top) return 0;
        return x >= _width ? Rec(c, _width - 1, y) : _image[c][y, x];
    }

    private (int Ra, int Rb, int Rc, int Rd) Neighbours(int c, int x, int y) =>
        (Rec(c, x - 1, y), Rec(c, x, y - 1), x == 0 ? Rec(c, -1, y - 1) : Rec(c, x - 1, y - 1), Rec(c, x + 1, y - 1));

    private void Line(int y, int[] components)
    {
        for (int x = 0; x < _width; x++)
        {
            bool run = true;
            foreach (int c in components)
            {
                var (ra, rb, rc, rd) = Neighbours(c, x, y);
                run &= Math.Abs(rd - rb) <= NEAR && Math.Abs(rb - rc) <= NEAR && Math.Abs(rc - ra) <= NEAR;
            }
            if (run) x = Run(x, y, components);
            else
                foreach (int c in components) Regular(c, x, y);
        }
    }

    private void Regular(int c, int x, int y)
    {
        var (ra, rb, rc, rd) = Neighbours(c, x, y);
        int q1 = Quantise(rd - rb), q2 = Quantise(rb - rc), q3 = Quantise(rc - ra), sign = 1;
        if (q1 < 0 || q1 == 0 && (q2 < 0 || q2 == 0 && q3 < 0)) (sign, q1, q2, q3) = (-1, -q1, -q2, -q3);
        int q = 81 * q1 + 9 * q2 + q3;

        int px = rc >= Math.Max(ra, rb) ? Math.Min(ra, rb) : rc <= Math.Min(ra, rb) ? Math.Max(ra, rb) : ra + rb - rc;
        px = Math.Clamp(px + sign * C[q], 0, MAXVAL);

        int k = 0;
        while (N[q] << k < A[q]) k++;
        bool mirrored = NEAR == 0 && k == 0 && 2 * B[q] <= -N[q];
        int errval;
        if (Decodes)
        {
            int merrval = ReadGolomb(k, LIMIT);
            if (mirrored) errval = merrval % 2 == 1 ? (merrval - 1) / 2 : -merrval / 2 - 1;
            else errval = merrval % 2 == 0 ? merrval / 2 : -(merrval + 1) / 2;
            _image[c][y, x] = Reconstruct(px, sign * errval);
        }
        else
        {
            errval = Error(c, x, y, px, sign);
            int merrval = mirrored
                ? errval >= 0 ? 2 * errval + 1 : -2 * (errval + 1)
                : errval >= 0 ? 2 * errval : -2 * errval - 1;
            WriteGolomb(k, LIMIT, merrval);
        }

        B[q] += errval * (2 * NEAR + 1);
        A[q] += Math.Abs(errval);
        if (N[q] == RESET)
        {
            A[q] >>= 1;
            B[q] = B[q] >= 0 ? B[q] >> 1 : -((1 - B[q]) >> 1);
            N[q] >>= 1;
        }
        N[q]++;
        if (B[q] <= -N[q])
        {
            B[q] += N[q];
            if (C[q] > -128) C[q]--;
            if (B[q] <= -N[q]) B[q] = -N[q] + 1;
        }
        else if (B[q] > 0)
        {
            B[q] -= N[q];
            if (C[q] < 127) C[q]++;
            if (B[q] > 0) B[q] = 0;
        }
    }

    /// <returns>The last sample coded.</returns>
    private int Run(int x, int y, int[] components)
    {
        ref int index = ref RUNindex[components[0]];
        int start = x;
        if (Decodes)
        {
            while (true)
            {
                if (ReadBit() == 1)
                {
                    int n = 0;
                    for (; n < 1 << J[index] && x < _width; n++, x++)
                        foreach (int c in components) _image[c][y, x] = Rec(c, x - 1, y);
                    if (n == 1 << J[index] && index < 31) index++;
                    if (x == _width) return x;
                }
                else
                {
                    int n = 0;
                    for (int i = 0; i < J[index]; i++) n = 2 * n + ReadBit();
                    for (; n > 0; n--, x++)
                        foreach (int c in components) _image[c][y, x] = Rec(c, x - 1, y);
                    break;
                }
            }
        }
        else
        {
            while (x < _width && components.All(c => Math.Abs(_image[c][y, x] - Rec(c, x - 1, y)) <= NEAR))
            {
                foreach (int c in components) _image[c][y, x] = Rec(c, x - 1, y);
                x++;
            }
            int count = x - start;
            while (count >= 1 << J[index])
            {
                WriteBits(1, 1);
                count -= 1 << J[index];
                if (index < 31) index++;
            }
            if (x == _width)
            {
                if (count > 0) WriteBits(1, 1);
                return x;
            }
            WriteBits(0, 1);
            WriteBits(count, J[index]);
        }

        foreach (int c in components) Interruption(c, x, y, index, components.Length > 1);
        if (index > 0) index--;
        return x;
    }

    private void Interruption(int c, int x, int y, int index, bool bySample)
    {
        var (ra, rb, _, _) = Neighbours(c, x, y);
        int ritype = !bySample && Math.Abs(ra - rb) <= NEAR ? 1 : 0;
        int px = ritype == 1 ? ra : rb;
        int sign = ritype == 0 && ra > rb ? -1 : 1;
        int q = 365 + ritype;
        int temp = ritype == 0 ? A[365] : A[366] + (N[366] >> 1);
        int k = 0;
        while (N[q] << k < temp) k++;
        int glimit = LIMIT - J[index] - 1;
        int errval, emerrval;
        if (Decodes)
        {
            emerrval = ReadGolomb(k, glimit);
            // The only error that maps to the code read.
            int size = (emerrval + ritype + 1) / 2;
            errval = 2 * size - ritype - Map(q, k, size) == emerrval ? size : -size;
            _image[c][y, x] = Reconstruct(px, sign * errval);
        }
        else
        {
            errval = Error(c, x, y, px, sign);
            emerrval = 2 * Math.Abs(errval) - ritype - Map(q, k, errval);
            WriteGolomb(k, glimit, emerrval);
        }
        if (errval < 0) Nn[q]++;
        A[q] += (emerrval + 1 - ritype) >> 1;
        if (N[q] == RESET)
        {
            A[q] >>= 1;
            N[q] >>= 1;
            Nn[q] >>= 1;
        }
        N[q]++;
    }

    private int Map(int q, int k, int errval)
    {
        if (k == 0 && errval > 0 && 2 * Nn[q] < N[q]) return 1;
        if (errval < 0 && 2 * Nn[q] >= N[q]) return 1;
        return errval < 0 && k != 0 ? 1 : 0;
    }

    /// <summary>The error of a sample, quantised and modulo RANGE; the sample becomes what it is reconstructed to.</summary>
    private int Error(int c, int x, int y, int px, int sign)
    {
        int errval = sign * (_image[c][y, x] - px);
        errval = errval > 0 ? (errval + NEAR) / (2 * NEAR + 1) : -((NEAR - errval) / (2 * NEAR + 1));
        _image[c][y, x] = Math.Clamp(px + sign * errval * (2 * NEAR + 1), 0, MAXVAL);
        if (errval < 0) errval += RANGE;
        if (errval >= (RANGE + 1) / 2) errval -= RANGE;
        return errval;
    }

    private int Reconstruct(int px, int error)
    {
        int rx = px + error * (2 * NEAR + 1);
        if (rx < -NEAR) rx += RANGE * (2 * NEAR + 1);
        else if (rx > MAXVAL + NEAR) rx -= RANGE * (2 * NEAR + 1);
        return Math.Clamp(rx, 0, MAXVAL);
    }

    private int Quantise(int d) =>
        d <= -T3 ? -4 : d <= -T2 ? -3 : d <= -T1 ? -2 : d < -NEAR ? -1 : d <= NEAR ? 0 : d < T1 ? 1 : d < T2 ? 2 : d < T3 ? 3 : 4;

    private int ReadGolomb(int k, int limit)
    {
        int zeros = 0, value = 0;
        while (ReadBit() == 0) zeros++;
        int bits = zeros < limit - qbpp - 1 ? k : qbpp;
        for (int i = 0; i < bits; i++) value = 2 * value + ReadBit();
        return zeros < limit - qbpp - 1 ? (zeros << k) + value : value + 1;
    }

    private void WriteGolomb(int k, int limit, int value)
    {
        if (value >> k < limit - qbpp - 1)
        {
            WriteBits(0, value >> k);
            WriteBits(1, 1);
            WriteBits(value & ((1 << k) - 1), k);
        }
        else
        {
            WriteBits(0, limit - qbpp - 1);
            WriteBits(1, 1);
            WriteBits(value - 1, qbpp);
        }
    }

    private void WriteBits(int value, int count)
    {
        for (int i = count - 1; i >= 0; i--) _written!.Add(i < 31 && (value >> i & 1) == 1);
    }

    private int ReadBit()
    {
        int bit = _data![_position] >> (7 - _bit) & 1;
        if (++_bit == 8)
        {
            _bit = _data[_position] == 0xFF ? 1 : 0;
            _position++;
        }
        return bit;
    }

    private void Restart(int y)
    {
        int marker = 0xD0 + (y / _restart - 1) % 8;
        if (Decodes)
        {
            if (_bit > 0) _position++;
            _bit = 0;
            Assert.Equal([0xFF, (byte)marker], _data![_position..(_position + 2)]);
            _position += 2;
        }
        else
        {
            Flush();
            _bytes.AddRange([0xFF, (byte)marker]);
        }
    }

    private void Flush()
    {
        int current = 0, room = 8;
        foreach (bool bit in _written!)
        {
            current = 2 * current + (bit ? 1 : 0);
            if (--room > 0) continue;
            _bytes.Add((byte)current);
            room = current == 0xFF ? 7 : 8;
            current = 0;
        }
        if (room < 8) _bytes.Add((byte)(current << room));
        _written.Clear();
    }

    private static int Log2(int value)
    {
        int log = 0;
        while (1 << log < value) log++;
        return log;
    }
}
