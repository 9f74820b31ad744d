using System.Text;

namespace Isocenter.Cli;

/// <summary>Where a command writes to, and what it may do there.</summary>
internal sealed class Terminal : IDisposable
{
    /// <summary>Makes one that writes to the given writers. The output is flushed when the command ends.</summary>
    public Terminal(TextWriter output, TextWriter error)
    {
        Output = output;
        Error = error;
    }

    /// <summary>Results. Buffered.</summary>
    public TextWriter Output { get; }

    /// <summary>Errors and findings. Not buffered.</summary>
    public TextWriter Error { get; }

    /// <summary>The bytes below <see cref="Output"/>, for what is not text or writes its own UTF-8; null when there are
    /// none. Flush <see cref="Output"/> before writing here.</summary>
    public Stream? OutputStream { get; init; }

    /// <summary>Colour codes are welcome in <see cref="Output"/>.</summary>
    public bool HasColour { get; init; }

    /// <summary>A person watches <see cref="Error"/>: progress bars are welcome there.</summary>
    public bool IsInteractive { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Standard output and standard error of this process.</summary>
    public static Terminal OfProcess()
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var stream = Console.OpenStandardOutput();
        return new Terminal(
            new StreamWriter(stream, utf8, bufferSize: 16 * 1024) { AutoFlush = false },
            new StreamWriter(Console.OpenStandardError(), utf8, bufferSize: 512) { AutoFlush = true })
        {
            OutputStream = stream,
            // https://no-color.org: set and not empty means no colour
            HasColour = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            IsInteractive = !Console.IsErrorRedirected,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Output.Dispose();
        Error.Dispose();
    }
}
