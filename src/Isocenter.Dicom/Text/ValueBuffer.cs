using System.Buffers;

namespace Isocenter.Dicom;

/// <summary>Gathers the undecoded values of data sets that are read from text, one after the other.</summary>
/// <remarks>Room comes from the pool for short texts. It grows by how much of the text made how many bytes so far, and ends
/// as exactly what is needed.</remarks>
internal struct ValueBuffer
{
    private const int LongestRented = 1 << 18;

    /// <summary>Numbers in an array that get an array of their own. They may take four times their text; all others take less
    /// than their text.</summary>
    private const int OwnNumbers = 64;

    private readonly int _textLength;
    private byte[] _bytes;
    private byte[]? _rented;
    private byte[]? _outer;
    private int _outerLength;

    /// <param name="textLength">Bytes of text that will be read.</param>
    public ValueBuffer(int textLength)
    {
        _textLength = textLength;
        int expected = Math.Max(64, textLength / 2);
        _bytes = expected <= LongestRented ? _rented = ArrayPool<byte>.Shared.Rent(expected) : GC.AllocateUninitializedArray<byte>(expected);
    }

    /// <summary>Bytes gathered so far. May be set back.</summary>
    public int Length { get; set; }

    /// <summary>How much of the text was read: tells how much room the rest will need.</summary>
    public int TextPosition { get; set; }

    /// <summary>What was gathered from <paramref name="start"/> on.</summary>
    public readonly ReadOnlySpan<byte> From(int start) => _bytes.AsSpan(start, Length - start);

    /// <summary>Room for so many bytes at the end. <see cref="Length"/> says how many were used.</summary>
    /// <exception cref="DicomFormatException">The values need more than 2 GiB.</exception>
    public Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count) Grow(count);
        return _bytes.AsSpan(Length);
    }

    public void Append(byte value)
    {
        Reserve(1)[0] = value;
        Length++;
    }

    public void Append(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length));
        Length += bytes.Length;
    }

    /// <summary>Makes the value that began at <paramref name="start"/> even (PS3.5 §6.2).</summary>
    public void Pad(int start, VR vr)
    {
        if ((Length - start & 1) != 0) Append(vr.IsText() && vr != VR.UI ? (byte)' ' : (byte)0);
    }

    /// <summary>From now on bytes go into an array of their own, if many numbers follow.</summary>
    /// <param name="text">What follows, numbers between commas.</param>
    /// <param name="size">Bytes of a number.</param>
    public bool BeginOwn(ReadOnlySpan<byte> text, int size)
    {
        if (text[..Math.Min(text.Length, OwnNumbers)].Contains((byte)']')) return false;
        int end = text.IndexOf((byte)']');
        int count = (end < 0 ? 0 : text[..end].Count((byte)',')) + 1;
        if (count < OwnNumbers) return false;
        (_outer, _outerLength) = (_bytes, Length);
        // A number is written as eight bytes whatever its size.
        _bytes = GC.AllocateUninitializedArray<byte>(checked((count - 1) * size + 8));
        Length = 0;
        return true;
    }

    /// <summary>Ends what <see cref="BeginOwn"/> began.</summary>
    public byte[] EndOwn()
    {
        Array.Resize(ref _bytes, Length);
        byte[] own = _bytes;
        (_bytes, Length, _outer) = (_outer!, _outerLength, null);
        return own;
    }

    /// <summary>The bytes, all values of the text having been read.</summary>
    public byte[] ToArray()
    {
        if (_rented is null && Length > _bytes.Length - _bytes.Length / 8) return _bytes;
        byte[] bytes = _bytes.AsSpan(0, Length).ToArray();
        if (_rented is not null) ArrayPool<byte>.Shared.Return(_rented);
        (_rented, _bytes) = (null, bytes);
        return bytes;
    }

    private void Grow(int count)
    {
        long needed = (long)Length + count;
        if (needed > Array.MaxLength) throw new DicomFormatException("the values need more than 2 GiB, the limit of a data set in memory");
        // As if the text went on as it began, but not less than a quarter and not more than twice.
        double expected = _outer is null && TextPosition > 0 ? 1.05 * Length / TextPosition * _textLength : 0;
        long size = Math.Max(needed, (long)Math.Clamp(expected, 1.25 * _bytes.Length, 2.0 * _bytes.Length));
        Array.Resize(ref _bytes, (int)Math.Min(size, Array.MaxLength));
    }
}
