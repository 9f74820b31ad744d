using System.Text;

namespace Isocenter.Cli;

/// <summary>Where a command writes to, and what it may do there.</summary>
internal sealed class Terminal : IDisposable
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Makes one that writes to the given places. The output is flushed when the command ends.</summary>
    public Terminal(Stream output, TextWriter error)
    {
        OutputStream = output;
        Output = new StreamWriter(output, Utf8, bufferSize: 16 * 1024) { AutoFlush = false };
        Error = error;
    }

    /// <summary>Results. Buffered.</summary>
    public TextWriter Output { get; }

    /// <summary>Errors and findings. Not buffered.</summary>
    public TextWriter Error { get; }

    /// <summary>The bytes below <see cref="Output"/>, for what writes its own UTF-8. Flush <see cref="Output"/> before
    /// writing here.</summary>
    public Stream OutputStream { get; }

    /// <summary>Opens what a command reads where <c>-</c> is given for a file.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Colour codes are welcome in <see cref="Output"/>.</summary>
    public bool HasColour { get; init; }

    /// <summary>A person watches <see cref="Error"/>: progress bars are welcome there.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Standard output and standard error of this process.</summary>
    public static Terminal OfProcess() =>
        new(Console.OpenStandardOutput(), new StreamWriter(Console.OpenStandardError(), Utf8, bufferSize: 512) { AutoFlush = true })
        {
            // https://no-color.org: set and not empty means no colour
            HasColour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            IsInteractive = !Console.IsErrorRedirected,
        };

    /// <summary>Writes one sentence about what went wrong.</summary>
    public void Complain(string sentence)
    {
        Output.Flush();
        Error.WriteLine(Dump.Printable.Of($"isocenter: {sentence}"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
    }
}
