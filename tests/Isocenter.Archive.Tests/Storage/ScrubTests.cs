namespace Isocenter.Archive.Tests.Storage;

public sealed class ScrubTests
{
    [Fact]
    public async Task What_is_stored_is_read_again_in_turn_and_damage_is_told()
    {
        var told = new List<string>();
        await using var test = await TestArchive.OpenAsync(change: options => options with { OnScrubbedBad = (instance, result) => told.Add($"{instance.SopInstanceUid} {result}") });
        for (int i = 1; i <= 5; i++) await test.StoreAsync(TestObjects.Ct64(instance: i));
        Damage(test.Files()[3]);
        File.Delete(test.Files()[1]);

        Assert.Equal(1, await test.Archive.ScrubAsync(3, TestContext.Current.CancellationToken));
        Assert.Equal(["1.2.3.1.1.1.2 Missing"], told);
        await test.ReopenAsync();
        Assert.Equal(1, await test.Archive.ScrubAsync(3, TestContext.Current.CancellationToken));
        Assert.Equal("1.2.3.1.1.1.4 Damaged", told[1]);
        // The round was whole: the next begins with the first.
        Assert.Equal(1, await test.Archive.ScrubAsync(2, TestContext.Current.CancellationToken));
        Assert.Equal("1.2.3.1.1.1.2 Missing", told[2]);
    }

    private static void Damage(string path)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.Position = file.Length - 1;
        int last = file.ReadByte();
        file.Position = file.Length - 1;
        file.WriteByte((byte)~last);
    }
}
