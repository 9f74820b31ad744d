using System.Net;
using Isocenter.Archive;

namespace Isocenter.Server.Settings;

/// <summary>Another application entity that we know: a destination of C-MOVE, for one.</summary>
/// <param name="AETitle">Its AE title.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port.</param>
public sealed record Node(string AETitle, string Host, int Port);

/// <summary>Everything that can be set, validated. <see cref="SettingsReader"/> makes it of a file, the environment and
/// the command line.</summary>
public sealed record ServerSettings
{
    /// <summary>Our AE title, 1 to 16 characters.</summary>
    public string AETitle { get; init; } = "ISOCENTER";

    /// <summary>Where objects and index are kept.</summary>
    public string DataFolder { get; init; } = "data";

    /// <summary>Where DIMSE listens. Port 0 takes a free one.</summary>
    public IPEndPoint Dicom { get; init; } = new(IPAddress.Loopback, 11112);

    /// <summary>DIMSE over TLS, besides <see cref="Dicom"/>; null: none.</summary>
    public TlsSettings? DicomTls { get; init; }

    /// <summary>Where HTTP listens. Port 0 takes a free one.</summary>
    public IPEndPoint Http { get; init; } = new(IPAddress.Loopback, 8080);

    /// <summary>What comes before every path, as /pacs; empty: nothing.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>Origins whose pages may use the web services from a browser, as https://viewer.example; * is any.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>Reverse proxies whose word on the address of the client's request is taken, besides those on this machine.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Associations may use another called AE title than ours.</summary>
    public bool AcceptAnyCalledAETitle { get; init; } = true;

    /// <summary>Only nodes that are known may come in over DIMSE: by AE title, and by address where the node has one.</summary>
    public bool OnlyKnownNodes { get; init; }

    /// <summary>The users who may come in over DIMSE; null: anyone, and user identities are not looked at.</summary>
    public Network.UserList? DicomUsers { get; init; }

    /// <summary>Objects of SOP classes that are not in PS3.4 Annex B are accepted too.</summary>
    public bool StoreUnknownSopClasses { get; init; } = true;

    /// <summary>Another object under a SOP Instance UID that is taken.</summary>
    public DuplicatePolicy Duplicates { get; init; }

    /// <summary>An object that contradicts what is known of its patient or study.</summary>
    public ConflictPolicy Conflicts { get; init; }

    /// <summary>Objects of SOP classes that are not in the standard, over both protocols.</summary>
    public UnknownClassPolicy UnknownSopClasses { get; init; }

    /// <summary>Objects that cannot be indexed are kept in quarantine.</summary>
    public bool KeepsUnindexable { get; init; } = true;

    /// <summary>Bytes that refused files take in quarantine at most.</summary>
    public long QuarantineSpace { get; init; } = 10L << 30;

    /// <summary>Bytes that metadata kept ready for viewers take at most; 0: none are kept.</summary>
    public long MetadataSpace { get; init; } = 1L << 30;

    /// <summary>Attributes that the index keeps beside the usual ones; null: those that it kept.</summary>
    public IReadOnlyList<ExtraAttribute>? ExtraAttributes { get; init; }

    /// <summary>Most associations at a time.</summary>
    public int MaxAssociations { get; init; } = 200;

    /// <summary>Most associations at a time from one address; null: as many as in all.</summary>
    public int? MaxAssociationsPerPeer { get; init; }

    /// <summary>Longest object that is accepted, in bytes.</summary>
    public long MaxObjectLength { get; init; } = 16L << 30;

    /// <summary>Objects are refused while the disk has fewer free bytes.</summary>
    public long MinFreeSpace { get; init; } = 256L << 20;

    /// <summary>A study is complete when nothing came for it for so long.</summary>
    public TimeSpan StudyQuietTime { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Who is told of changes.</summary>
    public IReadOnlyList<Events.Webhook> Webhooks { get; init; } = [];

    /// <summary>Where measurements and traces go; null: nowhere.</summary>
    public TelemetrySettings? Telemetry { get; init; }

    /// <summary>Every stored object is read again and compared with its checksums in so many days; 0: never by itself.</summary>
    public int ScrubDays { get; init; } = 30;

    /// <summary>What is deleted by rule.</summary>
    public RetentionSettings Retention { get; init; } = new();

    /// <summary>A folder on a slower disk, where retention rules move old studies to; null: there is none.</summary>
    public string? ColdFolder { get; init; }

    /// <summary>C-FIND for a patient also finds the patients who are linked to that one.</summary>
    public bool LinkedPatients { get; init; }

    /// <summary>Listens on other addresses than loopback although nothing controls who may come.</summary>
    public bool Insecure { get; init; }

    /// <summary>The file the settings came from, which is looked at again for nodes; null when there is none.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Every setting with where it comes from; empty when they were not read by <see cref="SettingsReader"/>.</summary>
    public IReadOnlyList<SettingFact> Facts { get; init; } = [];

    /// <summary>Known peers.</summary>
    public IReadOnlyList<Node> Nodes { get; init; } = [];

    /// <summary>Those of them that do not come from the file, and stay when it changes.</summary>
    public IReadOnlyList<Node> NodesFromElsewhere { get; init; } = [];

    /// <summary>What of it is the archive's: the server and every command that opens the folder see it the same way.</summary>
    public ArchiveOptions Archive => new()
    {
        DataFolder = DataFolder,
        DuplicatePolicy = Duplicates,
        ConflictPolicy = Conflicts,
        IsSameObject = Recoding.IsSame,
        MaxObjectLength = MaxObjectLength,
        MinFreeBytes = MinFreeSpace,
        StudyQuietTime = StudyQuietTime,
        ScrubPeriod = TimeSpan.FromDays(ScrubDays),
        ColdFolder = ColdFolder,
        ExtraAttributes = ExtraAttributes,
        UnknownClassPolicy = UnknownSopClasses,
        KeepsUnindexable = KeepsUnindexable,
        MaxQuarantineBytes = QuarantineSpace,
    };
}

/// <summary>A setting is wrong. The message names it.</summary>
public sealed class SettingsException(string setting, string problem) : Exception($"setting '{setting}': {problem}")
{
    /// <summary>Its name, as it stands in the file.</summary>
    public string Setting { get; } = setting;
}
