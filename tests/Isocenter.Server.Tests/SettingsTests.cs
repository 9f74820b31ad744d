using System.Collections;
using System.Net;
using Isocenter.Archive;
using Isocenter.Server.Settings;
using Isocenter.Testing;

namespace Isocenter.Server.Tests;

public sealed class SettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_anything_the_server_listens_on_loopback_and_its_usual_ports()
    {
        var settings = Read("{}");

        Assert.Equal("ISOCENTER", settings.AETitle);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 11112), settings.Dicom);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8080), settings.Http);
    }

    [Fact]
    public void Attributes_for_the_index_are_read_by_level()
    {
        var given = Read("""{ "index": { "series": "ContrastBolusAgent, KVP", "study": ["AdmittingDate", "00321070"], "patient": "" } }""").Archive.ExtraAttributes;

        Assert.Equal([new(Dicom.Tags.AdmittingDate, QueryLevel.Study), new(Dicom.Tags.RequestedContrastAgent, QueryLevel.Study), new(Dicom.Tags.ContrastBolusAgent, QueryLevel.Series),
            new ExtraAttribute(Dicom.Tags.KVP, QueryLevel.Series)], given);
        Assert.Null(Read("{}").Archive.ExtraAttributes);
        Assert.Empty(Read("""{ "index": { "study": "" } }""").Archive.ExtraAttributes!);
    }

    [Theory]
    [InlineData("""{ "index": { "study": "Nonsense" } }""")]
    [InlineData("""{ "index": { "study": "PatientName" } }""")]
    [InlineData("""{ "index": { "study": "PixelData" } }""")]
    [InlineData("""{ "index": { "study": "KVP", "series": "KVP" } }""")]
    [InlineData("""{ "index": { "image": "KVP" } }""")]
    public void An_attribute_that_the_index_cannot_keep_stops_the_start(string json) => Assert.Throws<SettingsException>(() => Read(json));

    [Fact]
    public void Retention_rules_are_read_with_all_that_they_say()
    {
        var retention = Read("""
            { "retention": { "time": "03:15", "maxStudies": 10, "purgeDays": 90, "rules": [
                { "name": "breasts", "action": "keep", "modality": "MG" },
                { "name": "old", "action": "delete", "days": 3650, "of": "received", "modality": "CT, MR", "source": "CT*", "description": "*PHANTOM*" } ] } }
            """).Retention;

        Assert.Equal((new TimeOnly(3, 15), 10, 90, 2), (retention.Time, retention.MaxStudies, retention.PurgeDays, retention.Rules.Count));
        var rule = retention.Rules[1];
        Assert.Equal(("old", RetentionAction.Delete, 3650, RetentionAge.Received, "*PHANTOM*"), (rule.Name, rule.Action, rule.Days, rule.AgeOf, rule.Description));
        Assert.Equal(["CT", "MR"], rule.Modalities);
        Assert.Equal(["CT*"], rule.Sources);
    }

    [Fact]
    public void The_environment_wins_over_the_file_and_the_command_line_over_both()
    {
        var environment = new Hashtable { ["ISOCENTER__AET"] = "FROM_ENV", ["ISOCENTER__DICOM__PORT"] = "105", ["PATH"] = "/usr/bin" };

        var settings = Read("""{ "aet": "FROM_FILE", "dicom": { "port": 104 }, "http": { "port": 81 } }""", environment,
            new("aet", "FROM_LINE"), new("data", null));

        Assert.Equal("FROM_LINE", settings.AETitle);
        Assert.Equal(105, settings.Dicom.Port);
        Assert.Equal(81, settings.Http.Port);
    }

    [Theory]
    [InlineData("""{ "aett": "X" }""", "aett")]
    [InlineData("""{ "dicom": { "prot": 104 } }""", "dicom:prot")]
    [InlineData("""{ "dicom": { "port": 70000 } }""", "dicom:port")]
    [InlineData("""{ "dicom": { "port": "many" } }""", "dicom:port")]
    [InlineData("""{ "aet": "SEVENTEEN LETTERS" }""", "aet")]
    [InlineData("""{ "aet": "BACK\\SLASH" }""", "aet")]
    [InlineData("""{ "http": { "address": "example.invalid" } }""", "http:address")]
    [InlineData("""{ "dicom": { "tls": { "port": 2762 } } }""", "dicom:tls:certificate")]
    [InlineData("""{ "dicom": { "tls": { "certificate": "/nowhere.pem" } } }""", "dicom:tls:certificate")]
    [InlineData("""{ "dicom": { "tls": { "certificate": "a.pem", "requireClientCertificate": true } } }""", "dicom:tls:clientCa")]
    [InlineData("""{ "dicom": { "tls": { "certificat": "a.pem" } } }""", "dicom:tls:certificat")]
    [InlineData("""{ "dicom": { "users": "/nowhere" } }""", "dicom:users")]
    [InlineData("""{ "dicom": { "userRequired": true } }""", "dicom:users")]
    [InlineData("""{ "duplicates": "overwrite" }""", "duplicates")]
    [InlineData("""{ "conflicts": "merge" }""", "conflicts")]
    [InlineData("""{ "insecure": "perhaps" }""", "insecure")]
    [InlineData("""{ "maxObjectLength": -1 }""", "maxObjectLength")]
    [InlineData("""{ "nodes": { "aet": "A" } }""", "nodes")]
    [InlineData("""{ "nodes": [ { "aet": "A", "host": "h" } ] }""", "nodes:0:port")]
    [InlineData("""{ "nodes": [ { "aet": "A", "host": "a b", "port": 104 } ] }""", "nodes:0:host")]
    [InlineData("""{ "nodes": [ { "aet": "A", "host": "h", "port": 104, "tls": true } ] }""", "nodes:0:tls")]
    [InlineData("""{ "retention": { "time": "25:00" } }""", "retention:time")]
    [InlineData("""{ "retention": { "rule": [] } }""", "retention:rule")]
    [InlineData("""{ "retention": { "rules": [ { "name": "a", "action": "delete" } ] } }""", "retention:rules:0:days")]
    [InlineData("""{ "retention": { "rules": [ { "name": "a", "action": "shred", "days": 1 } ] } }""", "retention:rules:0:action")]
    [InlineData("""{ "retention": { "rules": [ { "name": "a", "action": "keep", "modalities": "CT" } ] } }""", "retention:rules:0:modalities")]
    [InlineData("""{ "retention": { "rules": [ { "name": "a", "action": "move", "days": 9 } ] } }""", "coldFolder")]
    [InlineData("""{ "retention": { "rules": [ { "name": "a", "action": "keep", "of": "birth" } ] } }""", "retention:rules:0:of")]
    public void A_wrong_setting_is_refused_by_its_name(string json, string name)
    {
        var error = Assert.Throws<SettingsException>(() => Read(json));

        Assert.Equal(name, error.Setting);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_environment_variable_is_refused_by_its_name()
    {
        var error = Assert.Throws<SettingsException>(() => Read("{}", new Hashtable { ["ISOCENTER__DICOM__PROT"] = "104" }));

        Assert.Equal("ISOCENTER__DICOM__PROT", error.Setting);
    }

    [Fact]
    public void A_file_that_is_no_json_is_refused_with_the_line()
    {
        var error = Assert.Throws<SettingsException>(() => Read("{\n  \"aet\": \n}"));

        Assert.Contains("line 3", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dicom:address", "0.0.0.0")]
    [InlineData("http:address", "*")]
    [InlineData("http:address", "::")]
    [InlineData("dicom:address", "192.0.2.1")]
    public void Listening_beyond_loopback_is_refused_with_the_reason(string setting, string address)
    {
        var error = Assert.Throws<SettingsException>(() => Read("{}", null, new KeyValuePair<string, string?>(setting, address)));

        Assert.Equal(setting, error.Setting);
        Assert.Contains("--insecure", error.Message, StringComparison.Ordinal);
        Assert.NotNull(Read("{}", null, new(setting, address), new("insecure", "true")));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.2")]
    [InlineData("::1")]
    public void Loopback_by_any_name_needs_no_leave(string address) =>
        Assert.True(IPAddress.IsLoopback(Read("{}", null, new KeyValuePair<string, string?>("http:address", address)).Http.Address));

    [Fact]
    public void Nodes_come_from_the_file_and_from_the_environment()
    {
        var environment = new Hashtable { ["ISOCENTER__NODES__0__AET"] = "PACS", ["ISOCENTER__NODES__0__HOST"] = "pacs", ["ISOCENTER__NODES__0__PORT"] = "104" };

        var settings = Read("""{ "nodes": [ { "aet": "WS", "host": "10.0.0.5", "port": 11112 } ] }""", environment);

        Assert.Equal([new Node("WS", "10.0.0.5", 11112), new Node("PACS", "pacs", 104)], settings.Nodes);
        Assert.Equal([new Node("PACS", "pacs", 104)], settings.NodesFromElsewhere);
    }

    [Fact]
    public void Adding_and_removing_a_node_leaves_the_other_settings_alone()
    {
        string file = _folder["isocenter.json"];
        File.WriteAllText(file, """{ "aet": "KEEP", "nodes": [ { "aet": "A", "host": "h", "port": 1 } ] }""");

        NodeFile.Add(file, new Node("B", "h", 2));
        NodeFile.Add(file, new Node("A", "other", 3));
        Assert.True(NodeFile.Remove(file, "B"));
        Assert.False(NodeFile.Remove(file, "B"));

        Assert.Equal([new Node("A", "other", 3)], SettingsReader.ReadNodes(file));
        Assert.Equal("KEEP", SettingsReader.Read(file, new Hashtable()).AETitle);
    }

    [Fact]
    public void A_node_that_cannot_be_is_not_added()
    {
        Assert.Throws<SettingsException>(() => SettingsReader.CheckedNode("node", "TOO LONG AN AE TITLE", "h", 104));
        Assert.Throws<SettingsException>(() => SettingsReader.CheckedNode("node", "A", "h/../x", 104));
        Assert.Throws<SettingsException>(() => SettingsReader.CheckedNode("node", "A", "h", 0));
        Assert.Equal("::1", SettingsReader.CheckedNode("node", "A", "::1", 104).Host);
    }

    private ServerSettings Read(string json, IDictionary? environment = null, params KeyValuePair<string, string?>[] commandLine)
    {
        string file = _folder["isocenter.json"];
        File.WriteAllText(file, json);
        return SettingsReader.Read(file, environment ?? new Hashtable(), commandLine);
    }
}
