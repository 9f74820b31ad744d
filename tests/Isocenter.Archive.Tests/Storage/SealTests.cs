namespace Isocenter.Archive.Tests.Storage;

public sealed class SealTests
{
    private static readonly ObjectId Id = new(0x0190_0000_0000_7001, 0x8000_0000_0000_0005);

    [Fact]
    public void A_seal_reads_as_it_was_written()
    {
        var seal = new Seal(400, 1L << 40, 0x1122_3344_5566_7788, new ContentHash(1, 2), Id);
        Span<byte> bytes = stackalloc byte[Seal.Length];
        seal.Write(bytes);
        Assert.True(Seal.TryRead(bytes, out var read));
        Assert.Equal(seal, read);
    }

    [Fact]
    public void A_changed_bit_anywhere_breaks_the_seal()
    {
        var bytes = new byte[Seal.Length];
        new Seal(400, 5000, 3, new ContentHash(4, 5), Id).Write(bytes);
        for (int bit = 0; bit < 8 * Seal.Length; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
            Assert.False(Seal.TryRead(bytes, out _));
            bytes[bit / 8] ^= (byte)(1 << bit % 8);
        }
        Assert.False(Seal.TryRead(new byte[Seal.Length], out _));
        Assert.False(Seal.TryRead(bytes.AsSpan(0, 100), out _));
    }

    [Fact]
    public void Ids_go_on_when_the_clock_jumps_back()
    {
        var clock = new SetClock { Now = DateTimeOffset.UnixEpoch.AddYears(50) };
        var ids = new ObjectIdSource(clock, 0);
        var first = ids.Next();
        clock.Now = clock.Now.AddHours(-5);
        var second = ids.Next();
        Assert.True(second.CompareTo(first) > 0);
        Assert.Equal(first.Time, second.Time);
    }

    [Fact]
    public void Ids_are_unique_and_in_order_within_a_millisecond()
    {
        var ids = new ObjectIdSource(new SetClock { Now = DateTimeOffset.UnixEpoch.AddYears(50) }, 0);
        var all = Enumerable.Range(0, 10_000).Select(_ => ids.Next()).ToList();
        Assert.Equal(all, all.Order());
        Assert.Equal(all.Count, all.Select(id => id.High).Distinct().Count());
        Assert.All(all, id => Assert.True(ObjectId.TryParse(id.ToString(), out var read) && read == id));
    }

    [Fact]
    public void The_watermark_stays_below_what_is_open()
    {
        var ids = new ObjectIdSource(new SetClock { Now = DateTimeOffset.UnixEpoch.AddYears(50) }, 0);
        var open = ids.Next();
        var done = ids.Next();
        ids.Close(done);
        Assert.Equal(open.High, ids.Watermark());
        ids.Close(open);
        Assert.True(ids.Watermark() > done.High);
        Assert.True(ids.Next().High >= ids.Watermark() - 1);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../../../../../../../../etc/passwd")]
    [InlineData("0190000000007001800000000000000g")]
    [InlineData("01900000000070018000000000000005x")]
    [InlineData("01900000000060018000000000000005")]
    [InlineData("01900000000070010000000000000005")]
    [InlineData("0190000000007001800000000000000A")]
    [InlineData("ff900000000070018000000000000005")]
    public void Only_our_own_names_are_ids(string name) => Assert.False(ObjectId.TryParse(name, out _));

    private sealed class SetClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; }
        public override DateTimeOffset GetUtcNow() => Now;
    }
}

public sealed class ObjectStoreTests
{
    [Theory]
    [InlineData("2024-01-01T00:00:00Z")]
    [InlineData("2024-12-31T23:59:59Z")]
    [InlineData("2025-01-01T00:30:00Z")]
    [InlineData("2025-01-31T10:00:00Z")]
    [InlineData("2025-02-01T09:00:00Z")]
    [InlineData("2026-01-01T00:00:00Z")]
    public void Files_are_listed_from_any_moment_on_in_order(string from)
    {
        using var folder = new Isocenter.Testing.TemporaryFolder();
        var store = new ObjectStore(folder.Path);
        var all = new List<ObjectId>();
        var random = new Random(5);
        for (var time = new DateTimeOffset(2024, 12, 29, 0, 0, 0, TimeSpan.Zero); time.Year < 2025 || time.Month < 3; time = time.AddHours(7))
        {
            var id = new ObjectId(time.ToUnixTimeMilliseconds() << 16 | 0x7000, (ulong)random.NextInt64() & 0x3FFF_FFFF_FFFF_FFFF | 1UL << 63);
            store.Create(id).Dispose();
            all.Add(id);
        }
        long high = DateTimeOffset.Parse(from, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeMilliseconds() << 16 | 0x7000;
        Assert.Equal(all.Where(id => id.High >= high), store.From(high));
        Assert.Equal(all, store.From(0));
    }

    [Fact]
    public void A_folder_that_was_tidied_away_is_made_again()
    {
        using var folder = new Isocenter.Testing.TemporaryFolder();
        var store = new ObjectStore(folder.Path);
        var ids = new ObjectIdSource(TimeProvider.System, 0);
        store.Create(ids.Next()).Dispose();
        Directory.Delete(store.Root, recursive: true);
        var next = ids.Next();
        store.Create(next).Dispose();
        Assert.Equal([next], store.From(0));
    }
}
