using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Server.Http;
using Isocenter.Server.Settings;

namespace Isocenter.Cli.Archiving;

/// <summary>The options of commands that work on a data folder, and what they make of them.</summary>
internal sealed class DataFolder
{
    private readonly Option<string?> _data = new("--data") { Description = "Folder of objects and index (default: as in the settings)", HelpName = "DIR" };
    private readonly Option<string?> _config = new("--config") { Description = "Settings file (default: ./isocenter.json if it is there)", HelpName = "FILE" };
    private readonly Option<bool> _json = new("--json") { Description = "The outcome as JSON" };

    public void AddTo(Command command)
    {
        command.Add(_data);
        command.Add(_config);
        command.Add(_json);
    }

    public bool IsJson(ParseResult parsed) => parsed.GetValue(_json);

    public ServerSettings Settings(ParseResult parsed, bool mustExist = true)
    {
        var settings = SettingsReader.Read(parsed.GetValue(_config), environment: null, [new("data", parsed.GetValue(_data))]);
        if (mustExist && !Directory.Exists(settings.DataFolder)) throw new CommandException($"there is no folder {settings.DataFolder}");
        return settings;
    }

    /// <summary>Opens the archive; a server on the same folder is an error that says so.</summary>
    /// <param name="settings">Where it is.</param>
    /// <param name="instead">What can be done while a server runs, as the end of a sentence.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<ImageArchive> OpenAsync(ServerSettings settings, string instead, CancellationToken cancel)
    {
        try
        {
            return await ImageArchive.OpenAsync(settings.Archive, cancel);
        }
        catch (ArchiveException e) when (e.Problem == ArchiveProblem.FolderInUse && RunningAddress.Read(settings.DataFolder) is { } address)
        {
            throw new CommandException($"a server works in {settings.DataFolder} and answers at {address}; stop it first, {instead}", e);
        }
    }

    /// <summary>Asks the archive in the folder or, when a server works in it, that server.</summary>
    public static async Task<JsonElement> AskAsync(ServerSettings settings, Func<ImageArchive, Task<JsonElement>> archive, Func<RunningServer, Task<JsonElement>> server, CancellationToken cancel)
    {
        ImageArchive opened;
        try
        {
            opened = await ImageArchive.OpenAsync(settings.Archive, cancel);
        }
        catch (ArchiveException e) when (e.Problem == ArchiveProblem.FolderInUse)
        {
            // Read once: the server may end meanwhile.
            if (RunningAddress.Read(settings.DataFolder) is not { } address) throw;
            using var running = new RunningServer(address);
            return await server(running);
        }
        await using (opened) return await archive(opened);
    }

    /// <summary>What is written, to be read again.</summary>
    public static JsonElement Json(Action<Utf8JsonWriter> write)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer)) write(json);
        using var document = JsonDocument.Parse(buffer.WrittenMemory);
        return document.RootElement.Clone();
    }

    public static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    public static string Size(long bytes) => bytes switch
    {
        < 10_000 => Count(bytes) + " bytes",
        < 10_000_000 => (bytes / 1e3).ToString("F0", CultureInfo.InvariantCulture) + " kB",
        < 10_000_000_000 => (bytes / 1e6).ToString("F0", CultureInfo.InvariantCulture) + " MB",
        < 1_000_000_000_000 => (bytes / 1e9).ToString("F1", CultureInfo.InvariantCulture) + " GB",
        _ => (bytes / 1e12).ToString("F1", CultureInfo.InvariantCulture) + " TB",
    };
}
