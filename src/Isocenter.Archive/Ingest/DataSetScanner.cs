using System.Buffers;
using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>Walks a data set while its bytes pass (PS3.5 §7): is it whole, and what do the attributes for the index say?
/// Keeps the elements that are wanted and nothing else, whatever the length of the object.</summary>
/// <remarks>Knows the regular encodings only and says so when it meets another (<see cref="IsCertain"/>): then
/// <see cref="DicomFile"/>, which is lenient and the slow twin of this, has the word.</remarks>
internal sealed class DataSetScanner(TransferSyntax syntax, Func<Tag, bool> wanted)
{
    private const uint Undefined = 0xFFFF_FFFF;
    private const uint Item = 0xFFFE_E000;
    private const uint ItemDelimiter = 0xFFFE_E00D;
    private const uint SequenceDelimiter = 0xFFFE_E0DD;
    private const uint PixelData = 0x7FE0_0010;
    private const int MaxDepth = 64;
    private const int MaxKept = 1 << 20;

    /// <summary>What is open around the place we are. Anything of defined length is skipped as a whole.</summary>
    private enum Level : byte
    {
        Sequence,
        Item,
        Fragments,
    }

    private readonly bool _explicitVR = syntax.IsExplicitVR;
    private readonly bool _bigEndian = syntax.IsBigEndian;
    private readonly Stack<Level> _open = new();
    private readonly ArrayBufferWriter<byte> _kept = new(2048);
    private readonly byte[] _carry = new byte[12];
    private int _carried;
    private long _skip;
    private bool _keeping;

    /// <summary>False once something irregular was met; then nothing else here means anything.</summary>
    public bool IsCertain { get; private set; } = true;

    /// <summary>The data set ends where an element ends.</summary>
    public bool IsWhole => _open.Count == 0 && _skip == 0
        && !_carry.AsSpan(0, _carried).ContainsAnyExcept((byte)0, (byte)' ');

    /// <summary>Offset of the next byte, from the start of the data set.</summary>
    public long Offset { get; private set; }

    /// <summary>The wanted elements as they came, in the encoding of the data set.</summary>
    public ReadOnlyMemory<byte> Kept => _kept.WrittenMemory;

    /// <summary>Takes the next bytes of the data set, any number.</summary>
    public void Push(ReadOnlySpan<byte> bytes)
    {
        while (IsCertain && !bytes.IsEmpty)
        {
            if (_skip > 0)
            {
                int n = (int)Math.Min(_skip, bytes.Length);
                if (_keeping) Keep(bytes[..n]);
                bytes = bytes[n..];
                Offset += n;
                _skip -= n;
                if (_skip == 0 && _open.Count == 0) _keeping = false;
                continue;
            }
            if (_carried == 0 && bytes.Length >= 12)
            {
                int length = HeaderLength(bytes);
                Enter(bytes[..length]);
                bytes = bytes[length..];
                continue;
            }
            // A header that is cut between two pieces.
            int needed = _carried < 8 ? 8 : HeaderLength(_carry);
            int take = Math.Min(needed - _carried, bytes.Length);
            bytes[..take].CopyTo(_carry.AsSpan(_carried));
            _carried += take;
            bytes = bytes[take..];
            if (_carried < 8 || _carried < HeaderLength(_carry)) continue;
            Enter(_carry.AsSpan(0, _carried));
            _carried = 0;
        }
    }

    /// <summary>8 or 12 (PS3.5 §7.1.2), from the first eight bytes.</summary>
    private int HeaderLength(ReadOnlySpan<byte> header)
    {
        if (!_explicitVR || _open.TryPeek(out var level) && level != Level.Item) return 8;
        return ReadTag(header) < 0xFFFE_0000 && ((VR)(header[4] << 8 | header[5])).HasLongLength() ? 12 : 8;
    }

    private void Enter(ReadOnlySpan<byte> header)
    {
        Offset += header.Length;
        uint tag = ReadTag(header);
        if (_open.TryPeek(out var level) && level != Level.Item)
        {
            EnterItem(tag, header, level);
            return;
        }
        if (tag >= 0xFFFE_0000)
        {
            if (tag == ItemDelimiter && _open.Count > 0) Close(header);
            else IsCertain = false;
            return;
        }
        if (_open.Count == 0) _keeping = wanted(new Tag(tag));
        if (_keeping) Keep(header);

        uint length;
        var vr = VR.None;
        if (_explicitVR)
        {
            vr = (VR)(header[4] << 8 | header[5]);
            if (!vr.IsKnown())
            {
                IsCertain = false;
                return;
            }
            length = header.Length == 12 ? ReadUInt32(header[8..]) : ReadUInt16(header[6..]);
        }
        else
            length = ReadUInt32(header[4..]);

        if (length != Undefined)
        {
            _skip = length;
            if (length == 0 && _open.Count == 0) _keeping = false;
            return;
        }
        bool isSequence = _explicitVR ? vr == VR.SQ : tag != PixelData;
        bool isFragments = _explicitVR ? vr is VR.OB or VR.OW : tag == PixelData;
        if (isSequence) Open(Level.Sequence);
        else if (isFragments) Open(Level.Fragments);
        else IsCertain = false;
    }

    private void EnterItem(uint tag, ReadOnlySpan<byte> header, Level level)
    {
        uint length = ReadUInt32(header[4..]);
        switch (tag)
        {
            case SequenceDelimiter:
                Close(header);
                break;
            case Item when length != Undefined:
                if (_keeping) Keep(header);
                _skip = length;
                break;
            case Item when level == Level.Sequence:
                if (_keeping) Keep(header);
                Open(Level.Item);
                break;
            default:
                IsCertain = false;
                break;
        }
    }

    private void Open(Level level)
    {
        if (_open.Count < MaxDepth) _open.Push(level);
        else IsCertain = false;
    }

    private void Close(ReadOnlySpan<byte> header)
    {
        if (_keeping) Keep(header);
        _open.Pop();
        if (_open.Count == 0) _keeping = false;
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_kept.WrittenCount + bytes.Length <= MaxKept) _kept.Write(bytes);
        else IsCertain = false;
    }

    private uint ReadTag(ReadOnlySpan<byte> header)
    {
        uint raw = BinaryPrimitives.ReadUInt32LittleEndian(header);
        return _bigEndian ? BinaryPrimitives.ReverseEndianness(raw) : raw << 16 | raw >> 16;
    }

    private uint ReadUInt32(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private ushort ReadUInt16(ReadOnlySpan<byte> bytes) =>
        _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
}
