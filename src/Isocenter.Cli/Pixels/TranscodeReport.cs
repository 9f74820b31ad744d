using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>What became of one file.</summary>
/// <param name="Name">Its path.</param>
/// <param name="Target">The file that was written; null when there is none.</param>
/// <param name="Result">What became of it; null when nothing was written.</param>
/// <param name="Problem">Why nothing was written.</param>
/// <param name="IsSkipped">It was met in a folder and is nothing that can be transcoded.</param>
internal sealed record TranscodeOutcome(string Name, string? Target, TranscodeResult? Result, string? Problem = null, bool IsSkipped = false);

/// <summary>Collects what became of each file and tells it: as it happens, and in sum. From any thread.</summary>
internal sealed class TranscodeReport(Terminal terminal, bool json, bool quiet)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();
    private readonly List<TranscodeOutcome> _outcomes = [];
    private readonly long _start = terminal.Time.GetTimestamp();

    /// <summary>Where lines go while the progress bar stands; null: straight out.</summary>
    public Action<string>? WriteLine { get; set; }

    public void Add(TranscodeOutcome outcome)
    {
        lock (_lock)
        {
            _outcomes.Add(outcome);
            if (json || quiet && outcome.Problem is null) return;
            string line = $"{outcome.Name}: {Describe(outcome)}";
            if (WriteLine is { } write)
            {
                write(line);
                return;
            }
            terminal.Output.Flush();
            terminal.Error.WriteLine(line);
            foreach (var finding in outcome.Result?.Findings ?? []) terminal.Error.WriteLine($"{outcome.Name}: {finding}");
        }
    }

    /// <summary>Writes the sum, or the JSON.</summary>
    /// <returns>The exit code.</returns>
    public int Finish()
    {
        int written = _outcomes.Count(outcome => outcome.Result is not null), skipped = _outcomes.Count(outcome => outcome.IsSkipped);
        int failed = _outcomes.Count - written - skipped;
        long before = _outcomes.Sum(outcome => outcome.Result?.LengthBefore ?? 0), after = _outcomes.Sum(outcome => outcome.Result?.LengthAfter ?? 0);
        double seconds = terminal.Time.GetElapsedTime(_start).TotalSeconds;
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(new
            {
                written,
                failed,
                skipped,
                seconds = Math.Round(seconds, 3),
                files = _outcomes.Select(outcome => new
                {
                    name = outcome.Name,
                    target = outcome.Target,
                    sopInstanceUid = outcome.Result?.SopInstanceUid,
                    frames = outcome.Result?.Frames,
                    lengthBefore = outcome.Result?.LengthBefore,
                    lengthAfter = outcome.Result?.LengthAfter,
                    lossy = outcome.Result?.IsLossy,
                    problem = outcome.Problem,
                }),
            }, Indented));
        }
        else
        {
            string others = (failed > 0 ? Text($", {failed} failed") : "") + (skipped > 0 ? Text($", {skipped} skipped") : "");
            terminal.Output.WriteLine(Text($"{written} written{others}; pixel data {before / 1e6:0.0} MB before, {after / 1e6:0.0} MB now, {seconds:0.0} s"));
        }
        return failed > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private static string Describe(TranscodeOutcome outcome)
    {
        if (outcome.Result is not { } result) return $"{(outcome.IsSkipped ? "skipped" : "failed")}: {outcome.Problem}";
        if (result.Frames == 0) return "written, no pixel data";
        string change = result.IsReencoded ? Text($"{result.LengthBefore} bytes became {result.LengthAfter}") : Text($"{result.LengthAfter} bytes, taken over as they are");
        return Text($"written, {result.Frames} frame{(result.Frames == 1 ? "" : "s")}, {change}{(result.IsLossy ? ", lossy, new SOP Instance UID " + result.SopInstanceUid : "")}");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
