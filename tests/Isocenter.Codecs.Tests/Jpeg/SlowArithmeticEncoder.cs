namespace Isocenter.Codecs.Tests.Jpeg;

/// <summary>The arithmetic encoder of ITU-T T.81 §D.1, figure by figure, to make streams for the decoder.</summary>
internal sealed class SlowArithmeticEncoder
{
    private readonly List<byte> _bytes = [];
    private readonly Dictionary<string, (int Index, int Symbol)> _states = [];
    private uint _a = 0x10000;
    private uint _c;
    private int _ct = 11;
    private int _stacked;

    // Table D.3.
    private static readonly Dictionary<int, (uint Qe, int Less, int More, bool Switch)> Table = new()
    {
        [0] = (0x5A1D, 1, 1, true),
        [1] = (0x2586, 14, 2, false),
        [2] = (0x1114, 16, 3, false),
        [3] = (0x80B, 18, 4, false),
        [4] = (0x3D8, 20, 5, false),
        [5] = (0x1DA, 23, 6, false),
        [6] = (0xE5, 25, 7, false),
        [7] = (0x6F, 28, 8, false),
        [8] = (0x36, 30, 9, false),
        [9] = (0x1A, 33, 10, false),
        [10] = (0xD, 35, 11, false),
        [11] = (0x6, 9, 12, false),
        [12] = (0x3, 10, 13, false),
        [13] = (0x1, 12, 13, false),
        [14] = (0x5A7F, 15, 15, true),
        [15] = (0x3F25, 36, 16, false),
        [16] = (0x2CF2, 38, 17, false),
        [17] = (0x207C, 39, 18, false),
        [18] = (0x17B9, 40, 19, false),
        [19] = (0x1182, 42, 20, false),
        [20] = (0xCEF, 43, 21, false),
        [21] = (0x9A1, 45, 22, false),
        [22] = (0x72F, 46, 23, false),
        [23] = (0x55C, 48, 24, false),
        [24] = (0x406, 49, 25, false),
        [25] = (0x303, 51, 26, false),
        [26] = (0x240, 52, 27, false),
        [27] = (0x1B1, 54, 28, false),
        [28] = (0x144, 56, 29, false),
        [29] = (0xF5, 57, 30, false),
        [30] = (0xB7, 59, 31, false),
        [31] = (0x8A, 60, 32, false),
        [32] = (0x68, 62, 33, false),
        [33] = (0x4E, 63, 34, false),
        [34] = (0x3B, 32, 35, false),
        [35] = (0x2C, 33, 9, false),
        [36] = (0x5AE1, 37, 37, true),
        [37] = (0x484C, 64, 38, false),
        [38] = (0x3A0D, 65, 39, false),
        [39] = (0x2EF1, 67, 40, false),
        [40] = (0x261F, 68, 41, false),
        [41] = (0x1F33, 69, 42, false),
        [42] = (0x19A8, 70, 43, false),
        [43] = (0x1518, 72, 44, false),
        [44] = (0x1177, 73, 45, false),
        [45] = (0xE74, 74, 46, false),
        [46] = (0xBFB, 75, 47, false),
        [47] = (0x9F8, 77, 48, false),
        [48] = (0x861, 78, 49, false),
        [49] = (0x706, 79, 50, false),
        [50] = (0x5CD, 48, 51, false),
        [51] = (0x4DE, 50, 52, false),
        [52] = (0x40F, 50, 53, false),
        [53] = (0x363, 51, 54, false),
        [54] = (0x2D4, 52, 55, false),
        [55] = (0x25C, 53, 56, false),
        [56] = (0x1F8, 54, 57, false),
        [57] = (0x1A4, 55, 58, false),
        [58] = (0x160, 56, 59, false),
        [59] = (0x125, 57, 60, false),
        [60] = (0xF6, 58, 61, false),
        [61] = (0xCB, 59, 62, false),
        [62] = (0xAB, 61, 63, false),
        [63] = (0x8F, 61, 32, false),
        [64] = (0x5B12, 65, 65, true),
        [65] = (0x4D04, 80, 66, false),
        [66] = (0x412C, 81, 67, false),
        [67] = (0x37D8, 82, 68, false),
        [68] = (0x2FE8, 83, 69, false),
        [69] = (0x293C, 84, 70, false),
        [70] = (0x2379, 86, 71, false),
        [71] = (0x1EDF, 87, 72, false),
        [72] = (0x1AA9, 87, 73, false),
        [73] = (0x174E, 72, 74, false),
        [74] = (0x1424, 72, 75, false),
        [75] = (0x119C, 74, 76, false),
        [76] = (0xF6B, 74, 77, false),
        [77] = (0xD51, 75, 78, false),
        [78] = (0xBB6, 77, 79, false),
        [79] = (0xA40, 77, 48, false),
        [80] = (0x5832, 80, 81, true),
        [81] = (0x4D1C, 88, 82, false),
        [82] = (0x438E, 89, 83, false),
        [83] = (0x3BDD, 90, 84, false),
        [84] = (0x34EE, 91, 85, false),
        [85] = (0x2EAE, 92, 86, false),
        [86] = (0x299A, 93, 87, false),
        [87] = (0x2516, 86, 71, false),
        [88] = (0x5570, 88, 89, true),
        [89] = (0x4CA9, 95, 90, false),
        [90] = (0x44D9, 96, 91, false),
        [91] = (0x3E22, 97, 92, false),
        [92] = (0x3824, 99, 93, false),
        [93] = (0x32B4, 99, 94, false),
        [94] = (0x2E17, 93, 86, false),
        [95] = (0x56A8, 95, 96, true),
        [96] = (0x4F46, 101, 97, false),
        [97] = (0x47E5, 102, 98, false),
        [98] = (0x41CF, 103, 99, false),
        [99] = (0x3C3D, 104, 100, false),
        [100] = (0x375E, 99, 93, false),
        [101] = (0x5231, 105, 102, false),
        [102] = (0x4C0F, 106, 103, false),
        [103] = (0x4639, 107, 104, false),
        [104] = (0x415E, 103, 99, false),
        [105] = (0x5627, 105, 106, true),
        [106] = (0x50E7, 108, 107, false),
        [107] = (0x4B85, 109, 103, false),
        [108] = (0x5597, 110, 109, false),
        [109] = (0x504F, 111, 107, false),
        [110] = (0x5A10, 110, 111, true),
        [111] = (0x5522, 112, 109, false),
        [112] = (0x59EB, 112, 111, true),
    };

    /// <summary>Figures D.1 to D.6.</summary>
    public void Encode(string state, bool decision)
    {
        var (index, symbol) = _states.GetValueOrDefault(state);
        var (qe, less, more, isSwitched) = Table[index];
        _a -= qe;
        if (decision == (symbol == 1))
        {
            if (_a >= 0x8000) return;
            if (_a < qe)
            {
                _c += _a;
                _a = qe;
            }
            _states[state] = (more, symbol);
        }
        else
        {
            if (_a >= qe)
            {
                _c += _a;
                _a = qe;
            }
            _states[state] = (less, isSwitched ? 1 - symbol : symbol);
        }
        do
        {
            _a <<= 1;
            _c <<= 1;
            if (--_ct == 0)
            {
                ByteOut();
                _ct = 8;
            }
        }
        while (_a < 0x8000);
    }

    /// <summary>Figures D.12 and D.13, without the step that leaves zeros out.</summary>
    public byte[] Flush()
    {
        uint top = (_c + _a - 1) & 0xFFFF0000;
        _c = top < _c ? top + 0x8000 : top;
        _c <<= _ct;
        ByteOut();
        _c <<= 8;
        ByteOut();
        while (_stacked-- > 0) _bytes.AddRange([0xFF, 0]);
        return [.. _bytes];
    }

    /// <summary>Figures D.8 to D.11.</summary>
    private void ByteOut()
    {
        uint t = _c >> 19;
        if (t > 0xFF)
        {
            _bytes[^1]++;
            if (_bytes[^1] == 0xFF) _bytes.Add(0);
            for (; _stacked > 0; _stacked--) _bytes.Add(0);
            _bytes.Add((byte)t);
        }
        else if (t == 0xFF)
        {
            _stacked++;
        }
        else
        {
            for (; _stacked > 0; _stacked--) _bytes.AddRange([0xFF, 0]);
            _bytes.Add((byte)t);
        }
        _c &= 0x7FFFF;
    }
}
