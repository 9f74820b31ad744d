using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Isocenter.Cli.Sending;

/// <summary>Collects what became of each object and tells it: as it happens, and in sum.</summary>
internal sealed class SendReport(Terminal terminal, bool json, bool verbose, FailedList? failed = null)
{
    private readonly List<SendOutcome> _outcomes = [];
    private readonly long _start = terminal.Time.GetTimestamp();

    /// <summary>Nothing failed.</summary>
    public bool IsClean => _outcomes.TrueForAll(outcome => outcome.Result != SendResult.Failed);

    /// <summary>Where lines go while the progress bar stands; null: straight out.</summary>
    public Action<string>? WriteLine { get; set; }

    public void Add(SendOutcome outcome)
    {
        _outcomes.Add(outcome);
        failed?.Note(outcome);
        if (json || outcome.Result == SendResult.Stored && !verbose) return;
        string word = outcome.Result switch
        {
            SendResult.Stored => "stored",
            SendResult.Warning => "stored with a warning",
            SendResult.Skipped => "skipped",
            _ => "failed",
        };
        string line = outcome.Message is null && outcome.Sent is { SentAs: { } syntax, Item: var item } ? $"{outcome.Name}: {word}{(syntax.Equals(item.TransferSyntax) ? "" : $" as {syntax.Name}")}"
            : outcome.Message is null ? $"{outcome.Name}: {word}" : $"{outcome.Name}: {word}: {outcome.Message}";
        if (WriteLine is { } write)
        {
            write(line);
            return;
        }
        terminal.Output.Flush();
        terminal.Error.WriteLine(line);
    }

    /// <summary>Writes the sum, or the JSON.</summary>
    /// <returns>The exit code.</returns>
    public int Finish()
    {
        var elapsed = terminal.Time.GetElapsedTime(_start);
        failed?.Write();
        int Of(SendResult result) => _outcomes.Count(outcome => outcome.Result == result);
        long bytes = _outcomes.Where(o => o.Result is SendResult.Stored or SendResult.Warning).Sum(o => o.Sent?.Item.Length ?? 0);
        int stored = Of(SendResult.Stored) + Of(SendResult.Warning);
        if (json) WriteJson(stored, Of(SendResult.Failed), Of(SendResult.Skipped), bytes, elapsed);
        else
        {
            var text = CultureInfo.InvariantCulture;
            string others = (Of(SendResult.Warning) > 0 ? string.Create(text, $", {Of(SendResult.Warning)} of them with a warning") : "")
                + (Of(SendResult.Failed) > 0 ? string.Create(text, $", {Of(SendResult.Failed)} failed") : "")
                + (Of(SendResult.Skipped) > 0 ? string.Create(text, $", {Of(SendResult.Skipped)} skipped") : "");
            terminal.Output.WriteLine(string.Create(text,
                $"{stored} stored{others}; {bytes / 1e6:0.0} MB in {elapsed.TotalSeconds:0.0} s ({bytes / 1e6 / Math.Max(elapsed.TotalSeconds, 1e-6):0} MB/s)"));
        }
        return IsClean ? ExitCode.Done : ExitCode.Failed;
    }

    private void WriteJson(int stored, int failed, int skipped, long bytes, TimeSpan elapsed)
    {
        terminal.Output.Flush();
        using var writer = new Utf8JsonWriter(terminal.OutputStream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        writer.WriteStartObject();
        writer.WriteNumber("stored", stored);
        writer.WriteNumber("failed", failed);
        writer.WriteNumber("skipped", skipped);
        writer.WriteNumber("bytes", bytes);
        writer.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
        writer.WriteStartArray("objects");
        foreach (var outcome in _outcomes)
        {
            writer.WriteStartObject();
            writer.WriteString("name", outcome.Name);
            writer.WriteString("result", outcome.Result.ToString().ToLowerInvariant());
            if (outcome.Sent is { Item: var item } sent)
            {
                writer.WriteString("sopClassUid", item.SopClassUid.Value);
                writer.WriteString("sopInstanceUid", item.SopInstanceUid.Value);
                writer.WriteString("transferSyntax", item.TransferSyntax.Uid.Value);
                if (sent.SentAs is { } sentAs && !sentAs.Equals(item.TransferSyntax)) writer.WriteString("sentAs", sentAs.Uid.Value);
                if (sent.Attempts > 1) writer.WriteNumber("attempts", sent.Attempts);
            }
            if (outcome.Sent?.Status is { } status) writer.WriteString("status", status.Code.ToString("X4", CultureInfo.InvariantCulture));
            if (outcome.Message is { } message) writer.WriteString("message", message);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
        terminal.OutputStream.Write("\n"u8);
    }
}
