namespace Isocenter.Server.DicomWeb;

/// <summary>Warning 299, as PS3.18 §8.3.4 wants it: what is not quite as it was asked for.</summary>
internal static class WarningHeader
{
    private const int MaxLength = 1000;

    /// <summary>Adds one to the answer. What came from the client or stands in an object may be in the text: only what a quoted string of
    /// a header can hold is shown (RFC 9110 §5.6.4).</summary>
    public static void Add(HttpContext http, string text)
    {
        string shown = string.Concat(text.Take(MaxLength).Select(c => c switch
        {
            '"' or '\\' => '\'',
            '×' => 'x',
            >= ' ' and <= '~' => c,
            _ => '?',
        }));
        http.Response.Headers.Append("Warning", $"299 {Addresses.Root(http.Request)} \"{shown}\"");
    }
}
