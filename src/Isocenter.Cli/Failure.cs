using System.Net.Sockets;
using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Server.Settings;

namespace Isocenter.Cli;

/// <summary>The command line makes no sense in a way that its parser cannot see. Exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);

/// <summary>The operation failed for a reason that the message says whole. Exit code 1.</summary>
internal sealed class CommandException(string message, Exception? innerException = null) : Exception(message, innerException);

/// <summary>The one place where exceptions become sentences.</summary>
internal static class Failure
{
    /// <summary>The sentence for an error that a user can cause; null for one that is a fault of ours, which shows its
    /// stack trace.</summary>
    public static string? Describe(Exception error) => error switch
    {
        UsageException or CommandException or DicomFormatException or ArchiveException or SettingsException => error.Message,
        FileNotFoundException missing => missing.FileName is { } name && IsUnspeakable(name)
            ? "its name is not UTF-8, so that it cannot be opened by it; give its content as -, which is stdin" : "there is no such file",
        IOException or UnauthorizedAccessException => error.Message,
        SocketException or TimeoutException or InvalidDataException => error.Message,
        AssociationException association => Advice.Of(association),
        NoPresentationContextException or PixelDataException or CodecException => error.Message,
        StatusException refusal => $"the peer answers {Advice.Of(refusal.Status)}",
        OperationCanceledException => "interrupted",
        _ => null,
    };

    /// <summary>The name of the file has bytes that are not UTF-8; .NET reads them as U+FFFD and finds no such file.</summary>
    public static bool IsUnspeakable(string path) => path.Contains('\uFFFD', StringComparison.Ordinal) && !File.Exists(path) && !Directory.Exists(path);

    /// <summary>Does <paramref name="work"/> for one of several files.</summary>
    /// <returns>Null, or the sentence that says why the file could not be dealt with.</returns>
    public static string? Try(Action work)
    {
        try
        {
            work();
            return null;
        }
        catch (Exception e) when (e is not OperationCanceledException and not UsageException && Describe(e) is not null)
        {
            return Describe(e);
        }
    }
}
