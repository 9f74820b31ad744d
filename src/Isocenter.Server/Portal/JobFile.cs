using System.Text.Json;
using Isocenter.Dicom;

namespace Isocenter.Server.Portal;

/// <summary>What is kept of a job: no more than its list shows, and which objects are still to be sent.</summary>
internal sealed record JobRecord(long Number, DateTimeOffset At, Uid Study, string Node, string State, string? Problem, int Total, int Stored, IReadOnlyList<string> Left);

/// <summary>The jobs in a file of the data folder (<c>jobs.json</c>), written anew whenever one begins or ends, so that they outlive the
/// server.</summary>
internal sealed class JobFile(string dataFolder, ILogger logger)
{
    private readonly string _path = Path.Combine(dataFolder, "jobs.json");
    private readonly Lock _writing = new();

    /// <summary>Those of the last run, newest first; none when there is no file, or no usable one.</summary>
    public IReadOnlyList<JobRecord> Read()
    {
        try
        {
            if (!File.Exists(_path)) return [];
            using var document = JsonDocument.Parse(File.ReadAllBytes(_path));
            return [.. document.RootElement.GetProperty("jobs").EnumerateArray().Select(Of)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            Log.Failed(logger, e, "reading jobs.json");
            return [];
        }
    }

    /// <param name="take">Tells the jobs as they are now: called when it is this caller's turn to write.</param>
    public void Write(Func<IReadOnlyList<JobRecord>> take)
    {
        lock (_writing)
        {
            try
            {
                string fresh = _path + ".new";
                using (var file = File.Create(fresh))
                using (var json = new Utf8JsonWriter(file))
                {
                    json.WriteStartObject();
                    json.WriteStartArray("jobs");
                    foreach (var job in take()) Write(json, job);
                    json.WriteEndArray();
                    json.WriteEndObject();
                }
                File.Move(fresh, _path, overwrite: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // The jobs go on; they are only forgotten when the server ends.
                Log.Failed(logger, e, "writing jobs.json");
            }
        }
    }

    private static void Write(Utf8JsonWriter json, JobRecord job)
    {
        json.WriteStartObject();
        json.WriteNumber("number", job.Number);
        json.WriteString("at", job.At);
        json.WriteString("study", job.Study.Value);
        json.WriteString("node", job.Node);
        json.WriteString("state", job.State);
        json.WriteString("problem", job.Problem);
        json.WriteNumber("total", job.Total);
        json.WriteNumber("stored", job.Stored);
        json.WriteStartArray("left");
        foreach (string instance in job.Left) json.WriteStringValue(instance);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static JobRecord Of(JsonElement job)
    {
        if (!Uid.TryParseLenient(job.GetProperty("study").GetString(), out var study)) throw new FormatException("a job has no study");
        return new JobRecord(job.GetProperty("number").GetInt64(), job.GetProperty("at").GetDateTimeOffset(), study, job.GetProperty("node").GetString() ?? "",
            job.GetProperty("state").GetString() ?? "", job.GetProperty("problem").GetString(), job.GetProperty("total").GetInt32(), job.GetProperty("stored").GetInt32(),
            [.. job.GetProperty("left").EnumerateArray().Select(one => one.GetString() ?? "")]);
    }
}
