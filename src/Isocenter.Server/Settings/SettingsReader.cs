using System.Collections;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Isocenter.Archive;

namespace Isocenter.Server.Settings;

/// <summary>Reads the settings: <c>isocenter.json</c>, then environment variables (<c>ISOCENTER__DICOM__PORT</c>), then the
/// command line; the later wins. Every name is known, or it is refused: a misspelt setting is not ignored.</summary>
public static class SettingsReader
{
    /// <summary>The file that is looked for in the current folder when none is named.</summary>
    public const string DefaultFile = "isocenter.json";

    private const string EnvironmentPrefix = "ISOCENTER__";

    /// <summary>Every setting with what it is, but for the list of nodes.</summary>
    private static readonly Dictionary<string, string> Names = new(TlsSettings.Names.Concat(IndexSettings.Names), StringComparer.OrdinalIgnoreCase)
    {
        ["aet"] = "our AE title",
        ["data"] = "the data folder",
        ["dicom:address"] = "address DIMSE listens on",
        ["dicom:port"] = "port DIMSE listens on",
        ["dicom:acceptAnyCalledAet"] = "accept another called AE title than ours",
        ["dicom:onlyKnownNodes"] = "only nodes that are known may come in over DIMSE: by AE title, and by address where the node has one",
        ["dicom:storeUnknownSopClasses"] = "store objects of SOP classes we do not know",
        ["dicom:users"] = "file of the users who may come in over DIMSE, see 'isocenter user'",
        ["dicom:userRequired"] = "who names no user is refused too",
        ["dicom:maxAssociations"] = "most associations at a time",
        ["dicom:maxAssociationsPerPeer"] = "most associations at a time from one address",
        ["http:address"] = "address HTTP listens on",
        ["http:port"] = "port HTTP listens on",
        ["http:pathBase"] = "what comes before every path, as /pacs",
        ["http:corsOrigins"] = "origins whose pages may use the web services, separated by commas",
        ["http:trustedProxies"] = "reverse proxies besides this machine, as 10.0.0.7 or 10.0.0.0/24, separated by commas",
        ["duplicates"] = "refuse or keep",
        ["unknownSopClasses"] = "accept, refuse or quarantine objects of SOP classes that are not in the standard",
        ["unindexable"] = "quarantine or refuse objects that cannot be indexed or end too early; their senders are told either way",
        ["conflicts"] = "record or refuse objects that contradict what is known of their patient",
        ["maxObjectLength"] = "bytes",
        ["minFreeSpace"] = "bytes",
        ["quarantineSpace"] = "bytes that refused files take in quarantine at most; what would be beyond is not kept",
        ["metadataSpace"] = "bytes that metadata kept ready for viewers take at most; 0 for none",
        ["studyQuietTime"] = "seconds after which a study is complete",
        ["scrubDays"] = "days in which every stored object is read again and compared with its checksums; 0 for never",
        ["linkedPatients"] = "C-FIND for a patient also finds patients who are linked to that one",
        ["coldFolder"] = "a folder on a slower disk, where retention rules move old studies to",
        ["retention:time"] = "time of day at which the retention rules are carried out",
        ["retention:maxStudies"] = "most studies that are deleted in one night",
        ["retention:maxBytes"] = "most bytes that are deleted in one night; 0 for any number",
        ["retention:purgeDays"] = "days after which the files of what was deleted are removed for good; 0 for never",
        ["telemetry:otlp"] = "address of an OpenTelemetry collector for measurements and traces",
        ["telemetry:protocol"] = "grpc or http",
        ["telemetry:interval"] = "seconds between two sendings of measurements",
        ["insecure"] = "listen beyond loopback without access control",
    };

    /// <summary>Reads and validates.</summary>
    /// <param name="configFile">A file that must exist; null: <see cref="DefaultFile"/> when it is there.</param>
    /// <param name="environment">Environment variables; null: those of the process.</param>
    /// <param name="commandLine">Settings by name, null values left out.</param>
    /// <exception cref="SettingsException">A setting is unknown or wrong.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ServerSettings Read(string? configFile = null, IDictionary? environment = null,
        IEnumerable<KeyValuePair<string, string?>>? commandLine = null)
    {
        var values = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var nodes = new List<Node>();
        var webhooks = new List<Events.Webhook>();
        var rules = new List<RetentionRule>();
        string? file = configFile ?? (File.Exists(DefaultFile) ? DefaultFile : null);
        if (file is not null) ReadFile(file, values, nodes, webhooks, rules);
        var fromFile = nodes.ToArray();
        var sources = values.Keys.ToDictionary(name => name, _ => "file", StringComparer.OrdinalIgnoreCase);
        var fromEnvironment = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        ReadEnvironment(environment ?? Environment.GetEnvironmentVariables(), fromEnvironment, nodes);
        foreach (var (name, value) in fromEnvironment) (values[name], sources[name]) = (value, "environment");
        foreach (var (name, value) in commandLine ?? [])
        {
            if (value is not null) (values[name], sources[name]) = (value, "command line");
        }
        return Validate(values, nodes, rules, Path.GetFullPath(file ?? DefaultFile)) with
        {
            NodesFromElsewhere = [.. nodes.Except(fromFile)],
            Webhooks = webhooks,
            Facts = Facts(values.ToDictionary(pair => pair.Key, pair => (pair.Value, sources[pair.Key]), StringComparer.OrdinalIgnoreCase)),
        };
    }

    /// <summary>Every setting as a person wants to see it.</summary>
    internal static IReadOnlyList<SettingFact> Facts(IReadOnlyDictionary<string, (string Value, string Source)> given) =>
        [.. Names.Select(name =>
        {
            string otherwise = SettingFact.DefaultOf(name.Key);
            var (value, source) = given.TryGetValue(name.Key, out var found) ? found : (otherwise, "default");
            return new SettingFact(name.Key, value, otherwise, source, name.Value);
        })];

    /// <summary>The nodes of a configuration file; none when there is no file.</summary>
    public static IReadOnlyList<Node> ReadNodes(string file)
    {
        var nodes = new List<Node>();
        if (File.Exists(file)) ReadFile(file, [], nodes, [], []);
        return nodes;
    }

    /// <summary>Checks the parts of a node.</summary>
    /// <exception cref="SettingsException">One of them cannot be.</exception>
    public static Node CheckedNode(string setting, string aeTitle, string host, int port)
    {
        CheckAETitle(setting + ":aet", aeTitle);
        if (host.Length is 0 or > 255 || host.AsSpan().ContainsAny(" /\\:@".AsSpan()) && !IPAddress.TryParse(host, out _))
            throw new SettingsException(setting + ":host", $"'{host}' is neither a host name nor an address");
        if (port is < 1 or > 65535) throw new SettingsException(setting + ":port", $"{port} is not between 1 and 65535");
        return new Node(aeTitle, host, port);
    }

    private static void ReadFile(string file, Dictionary<string, string> values, List<Node> nodes, List<Events.Webhook> webhooks, List<RetentionRule> rules)
    {
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(File.ReadAllText(file), documentOptions: new JsonDocumentOptions
            {
                CommentHandling = JsonCommentHandling.Skip,
                AllowTrailingCommas = true,
            });
        }
        catch (JsonException e)
        {
            throw new SettingsException(file, $"not JSON: line {e.LineNumber + 1}, position {e.BytePositionInLine + 1}");
        }
        if (root is not JsonObject settings) throw new SettingsException(file, "a JSON object is expected");
        foreach (var (name, value) in settings)
        {
            if (name.Equals("nodes", StringComparison.OrdinalIgnoreCase)) ReadNodes(value, nodes);
            else if (name.Equals("webhooks", StringComparison.OrdinalIgnoreCase)) ReadWebhooks(value, webhooks);
            else if (name.Equals("retention", StringComparison.OrdinalIgnoreCase) && value is JsonObject retention)
            {
                foreach (var (inner, innerValue) in retention)
                {
                    if (inner.Equals("rules", StringComparison.OrdinalIgnoreCase)) rules.AddRange(RetentionSettings.ReadRules(innerValue));
                    else PutAll(values, $"retention:{inner}", innerValue);
                }
            }
            else PutAll(values, name, value);
        }
    }

    /// <summary>A group of settings is an object; its name and a colon stand before theirs.</summary>
    private static void PutAll(Dictionary<string, string> values, string name, JsonNode? value)
    {
        if (value is not JsonObject group || !Names.Keys.Any(known => known.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)))
        {
            Put(values, name, value);
            return;
        }
        foreach (var (inner, innerValue) in group) PutAll(values, $"{name}:{inner}", innerValue);
    }

    private static void Put(Dictionary<string, string> values, string name, JsonNode? value)
    {
        if (!Names.ContainsKey(name)) throw new SettingsException(name, $"is unknown; there are {string.Join(", ", Names.Keys)}, retention:rules, nodes, webhooks");
        // A list may be written as one.
        if (value is JsonArray list && list.All(one => one is JsonValue)) value = string.Join(',', list.Select(one => one!.ToString()));
        if (value is not JsonValue) throw new SettingsException(name, "a single value is expected");
        values[name] = value.ToString();
    }

    private static void ReadNodes(JsonNode? value, List<Node> nodes)
    {
        if (value is not JsonArray list) throw new SettingsException("nodes", "a list is expected");
        for (int i = 0; i < list.Count; i++)
        {
            string setting = string.Create(CultureInfo.InvariantCulture, $"nodes:{i}");
            if (list[i] is not JsonObject node) throw new SettingsException(setting, """expected { "aet": "…", "host": "…", "port": 11112 }""");
            foreach (var (name, _) in node)
            {
                if (name is not ("aet" or "host" or "port")) throw new SettingsException($"{setting}:{name}", "is unknown; a node has aet, host, port");
            }
            AddNode(nodes, setting, node["aet"]?.ToString() ?? "", node["host"]?.ToString() ?? "", node["port"]?.ToString() ?? "");
        }
    }

    private static void ReadWebhooks(JsonNode? value, List<Events.Webhook> webhooks)
    {
        if (value is not JsonArray list) throw new SettingsException("webhooks", "a list is expected");
        for (int i = 0; i < list.Count; i++)
        {
            string setting = string.Create(CultureInfo.InvariantCulture, $"webhooks:{i}");
            if (list[i] is not JsonObject hook) throw new SettingsException(setting, """expected { "name": "…", "url": "https://…", "secret": "…", "events": "study.complete" }""");
            foreach (var (name, _) in hook)
            {
                if (name is not ("name" or "url" or "secret" or "events")) throw new SettingsException($"{setting}:{name}", "is unknown; a webhook has name, url, secret, events");
            }
            var read = Events.Webhook.Checked(setting, hook["name"]?.ToString() ?? "", hook["url"]?.ToString() ?? "", hook["secret"]?.ToString(), hook["events"]?.ToString() ?? "");
            if (webhooks.Exists(known => known.Name == read.Name)) throw new SettingsException(setting + ":name", $"'{read.Name}' is there twice");
            webhooks.Add(read);
        }
    }

    private static void AddNode(List<Node> nodes, string setting, string aeTitle, string host, string port)
    {
        nodes.RemoveAll(node => node.AETitle == aeTitle);
        nodes.Add(CheckedNode(setting, aeTitle, host, Number(setting + ":port", port, 1, 65535)));
    }

    private static void ReadEnvironment(IDictionary environment, Dictionary<string, string> values, List<Node> nodes)
    {
        var nodeParts = new SortedDictionary<string, Dictionary<string, string>>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in environment)
        {
            string key = (string)variable.Key, value = variable.Value as string ?? "";
            if (!key.StartsWith(EnvironmentPrefix, StringComparison.OrdinalIgnoreCase)) continue;
            string name = key[EnvironmentPrefix.Length..].Replace("__", ":", StringComparison.Ordinal);
            string[] parts = name.Split(':');
            if (parts.Length == 3 && parts[0].Equals("nodes", StringComparison.OrdinalIgnoreCase))
            {
                if (!nodeParts.TryGetValue(parts[1], out var node)) nodeParts[parts[1]] = node = new(StringComparer.OrdinalIgnoreCase);
                node[parts[2]] = value;
                continue;
            }
            if (!Names.ContainsKey(name)) throw new SettingsException(key, $"is unknown; there are {string.Join(", ", Names.Keys)}, retention:rules, nodes, webhooks");
            values[name] = value;
        }
        foreach (var (index, node) in nodeParts)
            AddNode(nodes, "nodes:" + index, node.GetValueOrDefault("aet", ""), node.GetValueOrDefault("host", ""), node.GetValueOrDefault("port", ""));
    }

    private static ServerSettings Validate(Dictionary<string, string> values, List<Node> nodes, List<RetentionRule> rules, string file)
    {
        string Value(string name, string otherwise) => values.GetValueOrDefault(name, otherwise);
        var defaults = new ServerSettings();
        string aet = Value("aet", defaults.AETitle);
        CheckAETitle("aet", aet);
        string data = Value("data", defaults.DataFolder);
        if (data.Length == 0) throw new SettingsException("data", "a folder is expected");
        var settings = new ServerSettings
        {
            AETitle = aet,
            DataFolder = Path.GetFullPath(data),
            Dicom = EndPoint("dicom", values, defaults.Dicom),
            Http = EndPoint("http", values, defaults.Http),
            PathBase = PathBase(Value("http:pathBase", "")),
            CorsOrigins = Origins(Value("http:corsOrigins", "")),
            TrustedProxies = Networks(Value("http:trustedProxies", "")),
            DicomTls = TlsSettings.Read(values, defaults.Dicom.Address),
            AcceptAnyCalledAETitle = Flag("dicom:acceptAnyCalledAet", values, defaults.AcceptAnyCalledAETitle),
            OnlyKnownNodes = Flag("dicom:onlyKnownNodes", values, defaults.OnlyKnownNodes),
            DicomUsers = Users(values),
            StoreUnknownSopClasses = Flag("dicom:storeUnknownSopClasses", values, defaults.StoreUnknownSopClasses),
            Duplicates = Value("duplicates", "refuse").ToLowerInvariant() switch
            {
                "refuse" => DuplicatePolicy.Refuse,
                "keep" => DuplicatePolicy.Keep,
                var other => throw new SettingsException("duplicates", $"'{other}' is neither refuse nor keep"),
            },
            Conflicts = Value("conflicts", "record").ToLowerInvariant() switch
            {
                "record" => ConflictPolicy.Record,
                "refuse" => ConflictPolicy.Refuse,
                var other => throw new SettingsException("conflicts", $"'{other}' is neither record nor refuse"),
            },
            ExtraAttributes = IndexSettings.Read(values),
            UnknownSopClasses = Value("unknownSopClasses", "accept").ToLowerInvariant() switch
            {
                "accept" => UnknownClassPolicy.Accept,
                "refuse" => UnknownClassPolicy.Refuse,
                "quarantine" => UnknownClassPolicy.Quarantine,
                var other => throw new SettingsException("unknownSopClasses", $"'{other}' is neither accept, refuse nor quarantine"),
            },
            KeepsUnindexable = Value("unindexable", "quarantine").ToLowerInvariant() switch
            {
                "quarantine" => true,
                "refuse" => false,
                var other => throw new SettingsException("unindexable", $"'{other}' is neither quarantine nor refuse"),
            },
            MaxAssociations = Number("dicom:maxAssociations", Value("dicom:maxAssociations", "200"), 1, 100_000),
            MaxAssociationsPerPeer = values.ContainsKey("dicom:maxAssociationsPerPeer")
                ? Number("dicom:maxAssociationsPerPeer", Value("dicom:maxAssociationsPerPeer", ""), 1, 100_000) : null,
            MaxObjectLength = LongNumber("maxObjectLength", values, defaults.MaxObjectLength),
            MinFreeSpace = LongNumber("minFreeSpace", values, defaults.MinFreeSpace),
            QuarantineSpace = LongNumber("quarantineSpace", values, defaults.QuarantineSpace),
            MetadataSpace = LongNumber("metadataSpace", values, defaults.MetadataSpace),
            StudyQuietTime = TimeSpan.FromSeconds(Number("studyQuietTime", Value("studyQuietTime", "60"), 1, 86_400)),
            ScrubDays = Number("scrubDays", Value("scrubDays", "30"), 0, 3650),
            ColdFolder = Value("coldFolder", "") is { Length: > 0 } cold ? Path.GetFullPath(cold) : null,
            LinkedPatients = Flag("linkedPatients", values, false),
            Retention = new RetentionSettings
            {
                Rules = rules,
                Time = TimeOnly.TryParseExact(Value("retention:time", "02:30"), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time
                    : throw new SettingsException("retention:time", $"'{Value("retention:time", "")}' is no time of day such as 02:30"),
                MaxStudies = Number("retention:maxStudies", Value("retention:maxStudies", "1000"), 1, int.MaxValue),
                MaxBytes = LongNumber("retention:maxBytes", values, 0),
                PurgeDays = Number("retention:purgeDays", Value("retention:purgeDays", "0"), 0, 100_000),
            },
            Telemetry = TelemetrySettings.Read(Value("telemetry:otlp", ""), Value("telemetry:protocol", "grpc"), Number("telemetry:interval", Value("telemetry:interval", "60"), 1, 3600)),
            Insecure = Flag("insecure", values, false),
            ConfigFile = file,
            Nodes = nodes,
        };
        if (settings.ColdFolder is null && rules.Find(rule => rule.Action == RetentionAction.Move) is { } mover)
            throw new SettingsException("coldFolder", $"the rule '{mover.Name}' moves studies, and there is no folder to move them to");
        CheckExposure("dicom:address", settings.Dicom, settings.Insecure);
        // Mutual authentication is an access control: who holds no certificate of that authority does not get in. So is a pass
        // code that nobody on the way can read.
        if (settings.DicomTls is { Options.RequireClientCertificate: false } tls && settings.DicomUsers is not { IsRequired: true }) CheckExposure("dicom:tls:address", tls.EndPoint, settings.Insecure);
        CheckExposure("http:address", settings.Http, settings.Insecure);
        return settings;
    }

    /// <summary>Safe by default: whoever reaches us may read everything, so only this machine may reach us.</summary>
    private static void CheckExposure(string setting, IPEndPoint endPoint, bool insecure)
    {
        if (insecure || IPAddress.IsLoopback(endPoint.Address)) return;
        throw new SettingsException(setting, $"{endPoint.Address} can be reached from other machines, and no access control is configured: "
            + "anyone there could read and store patients' images. Listen on 127.0.0.1, or give --insecure if the network itself is protected");
    }

    private static Network.UserList? Users(Dictionary<string, string> values)
    {
        bool required = Flag("dicom:userRequired", values, false);
        if (!values.TryGetValue("dicom:users", out string? file))
            return required ? throw new SettingsException("dicom:users", "is needed to require a user") : null;
        try
        {
            return Network.UserList.FromFile(Path.GetFullPath(file), required);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw new SettingsException("dicom:users", e.Message);
        }
    }

    private static void CheckAETitle(string setting, string title)
    {
        if (title.Trim().Length is 0 or > 16 || title.AsSpan().ContainsAnyExceptInRange(' ', '~') || title.Contains('\\'))
            throw new SettingsException(setting, $"'{title}' is not an AE title: 1 to 16 ASCII characters without backslash (PS3.5 §6.2)");
    }

    private static IPEndPoint EndPoint(string group, Dictionary<string, string> values, IPEndPoint otherwise)
    {
        string text = values.GetValueOrDefault(group + ":address", otherwise.Address.ToString());
        if (text.Equals("localhost", StringComparison.OrdinalIgnoreCase)) text = "127.0.0.1";
        if (text == "*") text = "0.0.0.0";
        if (!IPAddress.TryParse(text, out var address)) throw new SettingsException(group + ":address", $"'{text}' is not an IP address");
        string port = values.GetValueOrDefault(group + ":port", otherwise.Port.ToString(CultureInfo.InvariantCulture));
        return new IPEndPoint(address, Number(group + ":port", port, 0, 65535));
    }

    private static string PathBase(string text)
    {
        if (text.Length == 0) return text;
        return text[0] == '/' && !text.EndsWith('/') && Uri.IsWellFormedUriString(text, UriKind.Relative) && !text.Contains('?') && !text.Contains('#') ? text
            : throw new SettingsException("http:pathBase", $"'{text}' is no path that begins with a slash and ends without one");
    }

    private static string[] Origins(string text)
    {
        string[] origins = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (string origin in origins)
        {
            if (origin != "*" && (!Uri.TryCreate(origin, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin))
                throw new SettingsException("http:corsOrigins", $"'{origin}' is no origin such as https://viewer.example");
        }
        return origins;
    }

    private static IPNetwork[] Networks(string text) =>
    [
        .. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(one =>
            IPAddress.TryParse(one, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
            : IPNetwork.TryParse(one, out var network) ? network
            : throw new SettingsException("http:trustedProxies", $"'{one}' is neither an address nor a network such as 10.0.0.0/24")),
    ];

    private static int Number(string setting, string text, int min, int max) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= min && number <= max
            ? number
            : throw new SettingsException(setting, $"'{text}' is not a whole number from {min} to {max}");

    private static long LongNumber(string setting, Dictionary<string, string> values, long otherwise)
    {
        if (!values.TryGetValue(setting, out string? text)) return otherwise;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw new SettingsException(setting, $"'{text}' is not a number of bytes");
    }

    private static bool Flag(string setting, Dictionary<string, string> values, bool otherwise)
    {
        if (!values.TryGetValue(setting, out string? text)) return otherwise;
        return bool.TryParse(text, out bool flag) ? flag : throw new SettingsException(setting, $"'{text}' is neither true nor false");
    }
}
