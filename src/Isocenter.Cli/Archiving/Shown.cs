using System.Globalization;
using System.Text.Json;

namespace Isocenter.Cli.Archiving;

/// <summary>What an archive or a server answered, on its way to the terminal.</summary>
internal static class Shown
{
    /// <summary>A text; empty: there is none.</summary>
    public static string Text(this JsonElement from, string name) => from.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    public static long Number(this JsonElement from, string name) => from.GetProperty(name).GetInt64();

    /// <summary>A time, to the second; empty: there is none.</summary>
    public static string Time(this JsonElement from, string name = "at") =>
        from.TryGetProperty(name, out var time) && time.ValueKind == JsonValueKind.String ? time.GetDateTimeOffset().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture) : "";
}
