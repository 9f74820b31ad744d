using System.Diagnostics.Metrics;

namespace Isocenter.Archive;

/// <summary>What the archive measures of itself, for whoever listens to the meter <see cref="Name"/>; without a listener it costs
/// next to nothing. No patient data.</summary>
internal sealed class ArchiveMetrics : IDisposable
{
    public const string Name = "Isocenter.Archive";

    private readonly Counter<long> _objects;
    private readonly Counter<long> _bytes;
    private readonly Histogram<double> _commit;
    private readonly Histogram<double> _search;
    private readonly Counter<long> _scrubbed;

    /// <summary>Its instruments; of this archive alone.</summary>
    public Meter Meter { get; } = new(Name);

    public ArchiveMetrics()
    {
        _objects = Meter.CreateCounter<long>("isocenter.archive.ingested", "{object}", "Objects that came, by what became of them");
        _bytes = Meter.CreateCounter<long>("isocenter.archive.ingested.size", "By", "Bytes of the data sets that were stored");
        _commit = Meter.CreateHistogram<double>("isocenter.archive.commit.duration", "s", "From the last byte of an object to its answer: seal, sync, index");
        _search = Meter.CreateHistogram<double>("isocenter.archive.search.duration", "s", "Time in the index for a query or a part of its answers");
        _scrubbed = Meter.CreateCounter<long>("isocenter.archive.scrubbed", "{object}", "Stored objects that were read again and compared with their checksums, by what was found");
    }

    public void Ingested(IngestStatus status, long bytes, TimeSpan commit)
    {
        var outcome = new KeyValuePair<string, object?>("outcome", status.ToString());
        _objects.Add(1, outcome);
        _commit.Record(commit.TotalSeconds, outcome);
        if (status is IngestStatus.Stored or IngestStatus.StoredAsVersion) _bytes.Add(bytes);
    }

    public void Searched(TimeSpan time) => _search.Record(time.TotalSeconds);

    public void Scrubbed(VerifyResult result) => _scrubbed.Add(1, new KeyValuePair<string, object?>("result", result.ToString()));

    public void Dispose() => Meter.Dispose();
}
