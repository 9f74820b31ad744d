using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;

namespace Isocenter.Archive;

/// <summary>Names a stored file: a UUID of version 7 (RFC 9562 §5.7), milliseconds and a counter in front. Ids of one
/// archive are strictly increasing in <see cref="High"/>, so that the order of names is the order of arrival.</summary>
/// <param name="High">Milliseconds since 1970 (48 bits) | version 7 (4) | counter (12).</param>
/// <param name="Low">Variant 10 | random (62).</param>
internal readonly record struct ObjectId(long High, ulong Low) : IComparable<ObjectId>
{
    public const int NameLength = 32;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>When the object began to arrive, by the clock of the archive.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(High >>> 16);

    public int CompareTo(ObjectId other) => High != other.High ? High.CompareTo(other.High) : Low.CompareTo(other.Low);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    /// <summary>Reads what <see cref="ToString"/> writes and nothing else.</summary>
    public static bool TryParse(ReadOnlySpan<char> name, out ObjectId id)
    {
        id = default;
        if (name.Length != NameLength || name.ContainsAnyExcept(Digits)) return false;
        long high = long.Parse(name[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        ulong low = ulong.Parse(name[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        if (high < 0 || (high >> 12 & 0xF) != 7 || low >> 62 != 2) return false;
        // Dates that no calendar has (the year 10000 and later) cannot be ours.
        if (high >>> 16 > 253_402_300_799_999) return false;
        id = new ObjectId(high, low);
        return true;
    }
}

/// <summary>Gives out ids, and knows which of them are still being worked on. Safe from many threads.</summary>
/// <remarks>A clock that jumps back does not bring ids back: they go on from the last one.</remarks>
internal sealed class ObjectIdSource(TimeProvider time, long last)
{
    private readonly Lock _lock = new();
    private readonly HashSet<long> _open = [];
    private long _last = Sequence(last);

    /// <summary>A new id; it counts as open until <see cref="Close"/>.</summary>
    public ObjectId Next()
    {
        long now = time.GetUtcNow().ToUnixTimeMilliseconds() << 12;
        lock (_lock)
        {
            _last = Math.Max(now, _last + 1);
            long high = _last >> 12 << 16 | 0x7000 | _last & 0xFFF;
            _open.Add(high);
            Span<byte> random = stackalloc byte[8];
            RandomNumberGenerator.Fill(random);
            ulong low = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(random);
            return new ObjectId(high, low >> 2 | 1UL << 63);
        }
    }

    /// <summary>The object is indexed, or its file is gone.</summary>
    public void Close(ObjectId id)
    {
        lock (_lock) _open.Remove(id.High);
    }

    /// <summary>Every id below has been closed, and none below will be given out.</summary>
    public long Watermark()
    {
        lock (_lock)
        {
            long next = _last + 1;
            long watermark = next >> 12 << 16 | 0x7000 | next & 0xFFF;
            foreach (long open in _open) watermark = Math.Min(watermark, open);
            return watermark;
        }
    }

    /// <summary>Milliseconds and counter without the version between them.</summary>
    private static long Sequence(long high) => high >>> 16 << 12 | high & 0xFFF;
}
