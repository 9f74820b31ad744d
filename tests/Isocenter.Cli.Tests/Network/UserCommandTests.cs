using Isocenter.Testing;

namespace Isocenter.Cli.Tests.Network;

/// <summary><c>isocenter user</c>: the file of who may come in over DIMSE.</summary>
public sealed class UserCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Users_are_added_listed_and_removed()
    {
        string file = _folder["users"];
        Assert.Equal(0, (await Cli.RunAsync("user", "add", "scanner", "--no-passcode", "--file", file)).ExitCode);
        Assert.Equal("scanner (no pass code)\n", (await Cli.RunAsync("user", "list", "--file", file)).Output);
        Assert.Equal("[{\"name\":\"scanner\",\"passcode\":false}]\n", (await Cli.RunAsync("user", "list", "--json", "--file", file)).Output);
        Assert.Equal(2, (await Cli.RunAsync("user", "add", "a:b", "--no-passcode", "--file", file)).ExitCode);
        Assert.Equal(0, (await Cli.RunAsync("user", "remove", "scanner", "--file", file)).ExitCode);
        Assert.Contains("there is no user 'scanner'", (await Cli.RunAsync("user", "remove", "scanner", "--file", file)).Error);

        File.WriteAllText(file, "nonsense");
        var damaged = await Cli.RunAsync("user", "list", "--file", file);
        Assert.Equal(1, damaged.ExitCode);
        Assert.Contains("line 1", damaged.Error);
    }
}
