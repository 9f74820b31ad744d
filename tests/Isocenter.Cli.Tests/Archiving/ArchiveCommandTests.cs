using System.IO.Compression;
using System.Net;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Dicom.FileSets;
using Isocenter.Server;
using Isocenter.Server.Settings;
using Isocenter.Testing;
using Microsoft.Data.Sqlite;

namespace Isocenter.Cli.Tests.Archiving;

/// <summary>An archive without a server: filled, counted, copied, brought back.</summary>
public sealed class ArchiveCommandTests
{
    private const string Study = "1.2.7", Series = "1.2.7.1";

    [Fact]
    public async Task What_is_imported_is_counted_and_importing_again_stores_nothing_twice()
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 5);
        File.WriteAllText(folder["in/notes.txt"], "no DICOM");

        var first = await Cli.RunAsync("import", folder["in"], "--data", folder["data"], "--json");
        var again = await Cli.RunAsync("import", folder["in"], "--data", folder["data"], "--json", "--skip-known");
        var stats = await Cli.RunAsync("stats", "--data", folder["data"], "--json");

        Assert.Equal((0, """{"stored":5,"known":0,"skipped":1,"refused":0}"""), (first.ExitCode, first.Output.Trim()));
        Assert.Equal((0, """{"stored":0,"known":5,"skipped":1,"refused":0}"""), (again.ExitCode, again.Output.Trim()));
        Assert.Equal(5, JsonDocument.Parse(stats.Output).RootElement.GetProperty("instances").GetInt32());
    }

    [Fact]
    public async Task Of_the_storage_of_an_Orthanc_only_the_objects_are_taken_compressed_or_not()
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 2);
        string[] files = Directory.GetFiles(folder["in"]);
        Put("aaaa0000-0000-0000-0000-000000000001", File.ReadAllBytes(files[0]));
        using (var packed = new MemoryStream())
        {
            packed.Write(BitConverter.GetBytes(new FileInfo(files[1]).Length));
            using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true)) zlib.Write(File.ReadAllBytes(files[1]));
            Put("aaaa0000-0000-0000-0000-000000000002", packed.ToArray());
        }
        // An object that was cut off before its pixel data, as Orthanc keeps one beside the whole.
        Put("aaaa0000-0000-0000-0000-000000000003", File.ReadAllBytes(files[0])[..600]);
        using (var connection = new SqliteConnection($"Data Source={folder["orthanc/index"]};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = """
                CREATE TABLE AttachedFiles(id INTEGER, fileType INTEGER, uuid TEXT, compressedSize INTEGER, uncompressedSize INTEGER, compressionType INTEGER);
                INSERT INTO AttachedFiles VALUES(1, 1, 'aaaa0000-0000-0000-0000-000000000001', 0, 0, 1), (2, 1, 'aaaa0000-0000-0000-0000-000000000002', 0, 0, 2),
                    (1, 3, 'aaaa0000-0000-0000-0000-000000000003', 0, 0, 1);
                """;
            command.ExecuteNonQuery();
        }

        var result = await Cli.RunAsync("import", folder["orthanc"], "--data", folder["data"], "--json");

        Assert.Equal((0, """{"stored":2,"known":0,"skipped":0,"refused":0}"""), (result.ExitCode, result.Output.Trim()));

        void Put(string uuid, byte[] bytes)
        {
            string path = folder[$"orthanc/{uuid[..2]}/{uuid[2..4]}/{uuid}"];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, bytes);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Holds_are_added_listed_and_removed_in_the_folder_and_through_the_server_that_runs_on_it(bool isRunning)
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 1);
        await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);
        await using var server = isRunning ? await ServeAsync(folder) : null;

        var added = await Cli.RunAsync("hold", "add", "--study", Study, "--reason", "case 7", "--data", folder["data"]);
        await Cli.RunAsync("hold", "add", "--patient", "P1", "--reason", "case 8", "--data", folder["data"]);
        var removed = await Cli.RunAsync("hold", "remove", "1", "--reason", "closed", "--data", folder["data"]);
        var again = await Cli.RunAsync("hold", "remove", "1", "--reason", "closed", "--data", folder["data"]);
        var listed = await Cli.RunAsync("hold", "list", "--data", folder["data"]);
        var all = await Cli.RunAsync("hold", "list", "--all", "--json", "--data", folder["data"]);

        Assert.Equal((0, 0, 0), (added.ExitCode, removed.ExitCode, listed.ExitCode));
        Assert.Contains($"study {Study}  {Environment.UserName}: case 7", added.Output);
        Assert.Equal((1, "isocenter: there is no such hold, or it is released already"), (again.ExitCode, again.Error.Trim()));
        Assert.Contains($"     2  ", Assert.Single(listed.Output.Trim('\n').Split('\n')));
        Assert.Equal(2, all.Output.Trim().Split('\n').Length);
        Assert.Equal(2, (await Cli.RunAsync("hold", "add", "--reason", "why", "--data", folder["data"])).ExitCode);
    }

    [Fact]
    public async Task Retention_says_what_it_would_delete_then_deletes_and_a_purge_removes_it()
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 2);
        File.WriteAllText(folder["rules.json"], """{ "studyQuietTime": 1, "retention": { "rules": [ { "name": "all", "action": "delete", "days": 1 } ] } }""");
        await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);
        string[] on = ["--data", folder["data"], "--config", folder["rules.json"]];
        CliResult plan;
        do plan = await Cli.RunAsync(["retention", "--dry-run", "--list", .. on]);
        while (plan.Output.StartsWith("would delete 0", StringComparison.Ordinal));
        var held = await Cli.RunAsync(["hold", "add", "--study", Study, "--reason", "why", .. on]);
        var nothing = await Cli.RunAsync(["retention", .. on]);
        await Cli.RunAsync(["hold", "remove", "1", "--reason", "why", .. on]);
        var done = await Cli.RunAsync(["retention", .. on]);
        var wouldPurge = await Cli.RunAsync(["purge", "--older-than", "0", "--dry-run", .. on]);
        var purged = await Cli.RunAsync(["purge", "--older-than", "0", "--json", .. on]);

        Assert.StartsWith("would delete 1 studies, ", plan.Output, StringComparison.Ordinal);
        Assert.Contains(Study, plan.Output);
        Assert.StartsWith("deleted 0 studies, ", nothing.Output, StringComparison.Ordinal);
        Assert.StartsWith("deleted 1 studies, ", done.Output, StringComparison.Ordinal);
        Assert.StartsWith("would remove 2 files of 1 deletions, ", wouldPurge.Output, StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse(purged.Output).RootElement.GetProperty("objects").GetInt32());
        Assert.Empty(Directory.GetFiles(folder["data"], "*.dcm", SearchOption.AllDirectories));
    }

    [Fact]
    public async Task A_backup_is_brought_up_to_date_and_restored_with_what_was_deleted()
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 3);
        await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);
        var first = await Cli.RunAsync("backup", folder["backup"], "--data", folder["data"], "--json");
        MakeFiles(folder["more"], 2, from: 10);
        await Cli.RunAsync("import", folder["more"], "--data", folder["data"]);
        var second = await Cli.RunAsync("backup", folder["backup"], "--data", folder["data"], "--json");

        var restored = await Cli.RunAsync("restore", folder["backup"], "--data", folder["restored"], "--verify");
        var stats = await Cli.RunAsync("stats", "--data", folder["restored"], "--json");

        Assert.Equal((3, 0), Copied(first));
        Assert.Equal((2, 3), Copied(second));
        Assert.True(restored.ExitCode == 0, restored.ToString());
        Assert.Contains("5 objects are intact, 0 are not", restored.Output, StringComparison.Ordinal);
        Assert.Equal(5, JsonDocument.Parse(stats.Output).RootElement.GetProperty("instances").GetInt32());
        Assert.Equal(1, (await Cli.RunAsync("restore", folder["backup"], "--data", folder["restored"])).ExitCode);
        Assert.Equal(1, (await Cli.RunAsync("backup", folder["in"], "--data", folder["data"])).ExitCode);

        static (int, int) Copied(CliResult result)
        {
            var json = JsonDocument.Parse(result.Output).RootElement;
            return (json.GetProperty("copied").GetInt32(), json.GetProperty("present").GetInt32());
        }
    }

    [Fact]
    public async Task A_backup_is_made_while_the_archive_is_in_use_and_tells_of_damaged_files()
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 3);
        await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);
        string victim = Directory.GetFiles(folder["data/objects"], "*.dcm", SearchOption.AllDirectories)[0];
        byte[] bytes = File.ReadAllBytes(victim);
        bytes[^1] ^= 1;
        File.WriteAllBytes(victim, bytes);

        CliResult result;
        await using (await Archive.ImageArchive.OpenAsync(new Archive.ArchiveOptions { DataFolder = folder["data"] }, TestContext.Current.CancellationToken))
            result = await Cli.RunAsync("backup", folder["backup"], "--data", folder["data"], "--json");

        Assert.Equal((1, """{"objects":3,"copied":2,"present":0,"bytes":""" + 2 * bytes.Length + ""","failed":1}"""), (result.ExitCode, result.Output.Trim()));
        Assert.Contains("is not what was stored", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Objects_are_exported_with_a_DICOMDIR_or_as_a_ZIP_file()
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 3);
        await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);

        var result = await Cli.RunAsync("export", folder["out"], "--study", Study, "--data", folder["data"]);
        var zip = await Cli.RunAsync("export", folder["out.zip"], "--all", "--data", folder["data"]);

        Assert.True(result.ExitCode == 0 && zip.ExitCode == 0, result.ToString() + zip);
        Assert.Equal(3, FileSet.Open(folder["out"]).Walk().Count(record => record.FileId.Count > 0));
        using (var archive = ZipFile.OpenRead(folder["out.zip"])) Assert.Equal(4, archive.Entries.Count(entry => entry.Name.Length > 0));
        Assert.Equal(2, (await Cli.RunAsync("export", folder["other"], "--data", folder["data"])).ExitCode);
        Assert.Equal(1, (await Cli.RunAsync("export", folder["other"], "--study", "9.9", "--data", folder["data"])).ExitCode);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_correction_is_made_listed_and_undone_in_the_folder_and_through_the_server_that_runs_on_it(bool isRunning)
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 2);
        await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);
        Directory.CreateDirectory(folder["out"]);
        await using var server = isRunning ? await ServeAsync(folder) : null;

        var made = await Cli.RunAsync("correct", "PatientName=Roe^Richard", "--study", Study, "--reason", "typing error", "--data", folder["data"]);
        if (!isRunning) await Cli.RunAsync("export", folder["out/it"], "--study", Study, "--data", folder["data"]);
        var list = await Cli.RunAsync("correct", "--data", folder["data"]);
        var undone = await Cli.RunAsync("correct", "--undo", "1", "--reason", "it was right", "--data", folder["data"]);
        var after = await Cli.RunAsync("correct", "--data", folder["data"], "--json");
        var unreasoned = await Cli.RunAsync("correct", "PatientName=A", "--study", Study, "--data", folder["data"]);
        var nowhere = await Cli.RunAsync("correct", "PatientName=A", "--reason", "r", "--data", folder["data"]);

        Assert.Contains("PatientName='Roe^Richard'", made.Output, StringComparison.Ordinal);
        Assert.Equal(made.Output, list.Output);
        foreach (string file in Directory.GetFiles(folder["out"], "*", SearchOption.AllDirectories).Where(file => !file.EndsWith("DICOMDIR", StringComparison.Ordinal)))
        {
            using var exported = DicomFile.Open(file);
            Assert.Equal("Roe^Richard", exported.DataSet.Get<string>(Tags.PatientName));
        }
        Assert.Equal(0, undone.ExitCode);
        using var json = JsonDocument.Parse(after.Output);
        Assert.Equal("it was right", json.RootElement.GetProperty("undone").GetProperty("reason").GetString());
        Assert.Equal((1, 2), (unreasoned.ExitCode, nowhere.ExitCode));
    }

    [Fact]
    public async Task Patients_are_linked_through_the_server_that_runs_and_what_needs_the_folder_says_so()
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 2);
        await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);
        await using var server = await ServeAsync(folder);

        var nobody = await Cli.RunAsync("correct", "link", "P-0001", "P2^^^ELSEWHERE", "--reason", "why", "--data", folder["data"]);
        var none = await Cli.RunAsync("correct", "link", "--data", folder["data"]);
        var stats = await Cli.RunAsync("stats", "--data", folder["data"]);
        var conflicts = await Cli.RunAsync("conflicts", "--data", folder["data"]);
        var import = await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);

        Assert.Equal((1, "isocenter: there is no such patient"), (nobody.ExitCode, nobody.Error.Trim()));
        Assert.Equal((0, "", 0, ""), (none.ExitCode, none.Output, conflicts.ExitCode, conflicts.Output));
        Assert.Matches("(?m)^instances +2$", stats.Output);
        Assert.Equal(1, import.ExitCode);
        Assert.Contains("stop it first, or send the files to it: 'isocenter send', 'isocenter web store'", import.Error);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deletion_is_listed_and_undone(bool isRunning)
    {
        using var folder = new TemporaryFolder();
        MakeFiles(folder["in"], 2);
        await Cli.RunAsync("import", folder["in"], "--data", folder["data"]);
        await using (var archive = await Archive.ImageArchive.OpenAsync(new Archive.ArchiveOptions { DataFolder = folder["data"] }, TestContext.Current.CancellationToken))
            await archive.DeleteAsync(Archive.Selection.Of(Uid.Parse(Study)), "anna", "wrong patient", TestContext.Current.CancellationToken);
        await using var server = isRunning ? await ServeAsync(folder) : null;

        var list = await Cli.RunAsync("undelete", "--data", folder["data"]);
        var undone = await Cli.RunAsync("undelete", "1", "--data", folder["data"]);
        var again = await Cli.RunAsync("undelete", "1", "--data", folder["data"]);

        Assert.Contains("anna  wrong patient", list.Output, StringComparison.Ordinal);
        Assert.Equal("2 objects are found again", undone.Output.Trim());
        Assert.Equal(1, again.ExitCode);
    }

    private static Task<IsocenterServer> ServeAsync(TemporaryFolder folder) => IsocenterServer.StartAsync(new ServerSettings
    {
        DataFolder = folder["data"],
        Dicom = new IPEndPoint(IPAddress.Loopback, 0),
        Http = new IPEndPoint(IPAddress.Loopback, 0),
    }, cancel: TestContext.Current.CancellationToken);

    private static void MakeFiles(string folder, int count, int from = 1)
    {
        Directory.CreateDirectory(folder);
        for (int i = from; i < from + count; i++)
            new DicomFile(SampleObject.Create(Study, Series, $"{Series}.{i}", i), TransferSyntax.ExplicitVRLittleEndian).Save(Path.Combine(folder, $"{i}"));
    }
}
