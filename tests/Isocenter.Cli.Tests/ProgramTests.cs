using Isocenter.Testing;

namespace Isocenter.Cli.Tests;

public sealed class ProgramTests
{
    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("dump")]
    [InlineData("dump --nonsense file")]
    [InlineData("dump --tag NoSuchKeyword file")]
    [InlineData("dump --json --tag PatientID file")]
    [InlineData("demo")]
    [InlineData("demo --send nowhere")]
    [InlineData("echo localhost")]
    [InlineData("echo localhost 0")]
    [InlineData("echo localhost 70000")]
    [InlineData("echo localhost x")]
    [InlineData("echo localhost 11112 --called ThisTitleIsTooLong")]
    [InlineData("echo localhost 11112 --timeout -1")]
    [InlineData("send localhost 11112")]
    [InlineData("find localhost 11112 --level FRAME")]
    [InlineData("find localhost 11112 NoSuchKeyword=1")]
    [InlineData("find localhost 11112 Rows=many")]
    [InlineData("find localhost 11112 --limit 0")]
    [InlineData("get localhost 11112")]
    [InlineData("get localhost 11112 --study x")]
    [InlineData("get localhost 11112 --series 1.2")]
    [InlineData("move localhost 11112 --study 1.2")]
    public async Task Wrong_usage_ends_with_2_and_one_sentence(string line)
    {
        var result = await Cli.RunAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Equal("", result.Output);
        Assert.StartsWith("isocenter: ", result.Error);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("sned", "did you mean 'send'?")]
    [InlineData("dmup", "did you mean 'dump'?")]
    [InlineData("from-jsno", "did you mean 'from-json'?")]
    public async Task A_slip_of_the_finger_is_told_the_command_that_was_meant(string typed, string answer)
    {
        var result = await Cli.RunAsync(typed);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(answer, result.Error);
    }

    [Fact]
    public async Task The_overview_has_a_line_for_each_command()
    {
        var result = await Cli.RunAsync("--help");
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.StartsWith("  serve ", StringComparison.Ordinal) && line.EndsWith("Run the archive: receive, keep, find, give back, show", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.True(line.Length < 130, line));
    }

    [Fact]
    public async Task After_two_dashes_a_file_may_be_called_like_an_option()
    {
        var result = await Cli.RunAsync("dump", "--", "--nonsense");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("isocenter: --nonsense: there is no such file", result.Error.Trim());
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("serve --help")]
    [InlineData("node --help")]
    [InlineData("dump --help")]
    [InlineData("json --help")]
    [InlineData("diff --help")]
    [InlineData("set --help")]
    [InlineData("insert --help")]
    [InlineData("remove --help")]
    [InlineData("convert --help")]
    [InlineData("demo -h")]
    [InlineData("echo --help")]
    [InlineData("send --help")]
    [InlineData("find --help")]
    [InlineData("get --help")]
    [InlineData("move --help")]
    public async Task Help_ends_with_0(string line)
    {
        var result = await Cli.RunAsync(line.Split(' '));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Usage:", result.Output);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task The_help_of_the_program_lists_all_commands()
    {
        var result = await Cli.RunAsync("--help");
        foreach (string command in new[] { "serve", "node", "dump", "json", "diff", "set", "insert", "remove", "convert", "demo", "echo", "send", "find", "get", "move" })
            Assert.Contains($"\n  {command}", result.Output);
    }

    [Fact]
    public async Task A_cancelled_command_says_so_and_ends_with_1()
    {
        using var cancel = new CancellationTokenSource();
        await cancel.CancelAsync();
        using var folder = new TemporaryFolder();
        var result = await Cli.RunAsync(["demo", "--out", folder.Path], hasColour: false, cancel.Token);
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("isocenter: interrupted", result.Error.Trim());
    }

    [Fact]
    public async Task The_process_ends_with_the_same_codes()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllBytesAsync(folder["ct.dcm"], SampleObject.ToFile(SampleObject.Create()));
        string program = typeof(Program).Assembly.Location;
        var done = await ForeignTool.RunAsync("dotnet", [program, "dump", folder["ct.dcm"]]);
        Assert.True(done.ExitCode == 0, done.ToString());
        Assert.Contains("Müller^Jürgen", done.Output);
        Assert.DoesNotContain("\e[", done.Output);
        var failed = await ForeignTool.RunAsync("dotnet", [program, "dump", folder["none.dcm"]]);
        Assert.True(failed is { ExitCode: 1, Output: "" }, failed.ToString());
        Assert.Equal($"isocenter: {folder["none.dcm"]}: there is no such file", failed.Error.Trim());
        var wrong = await ForeignTool.RunAsync("dotnet", [program, "dump"]);
        Assert.True(wrong.ExitCode == 2, wrong.ToString());
    }
}
