using System.Text;

namespace Isocenter.Cli.Tests;

/// <summary>What the program said and how it ended.</summary>
internal sealed record CliResult(int ExitCode, string Output, string Error)
{
    public override string ToString() => $"exit code {ExitCode}\n--- output\n{Output}\n--- error\n{Error}";
}

/// <summary>Runs command lines within the test process.</summary>
internal static class Cli
{
    public static Task<CliResult> RunAsync(params string[] args) => RunAsync(args, hasColour: false);

    public static async Task<CliResult> RunAsync(string[] args, bool hasColour, CancellationToken cancel = default)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        using var terminal = new Terminal(output, error) { HasColour = hasColour };
        int exitCode = await Program.RunAsync(args, terminal, cancel);
        return new CliResult(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>As the middle of a pipe: with standard input, to the bytes of standard output.</summary>
    public static async Task<(CliResult Result, byte[] Output)> PipeAsync(byte[] input, params string[] args)
    {
        using var output = new MemoryStream();
        var error = new StringWriter();
        using var terminal = new Terminal(output, error) { OpenInput = () => new MemoryStream(input) };
        int exitCode = await Program.RunAsync(args, terminal, CancellationToken.None);
        return (new CliResult(exitCode, Encoding.UTF8.GetString(output.ToArray()), error.ToString()), output.ToArray());
    }
}
