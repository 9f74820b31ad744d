using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>Every file of the corpus, stored and given back: what comes back is what came, and what is refused is refused
/// for a reason. The measured classes of reasons stand in docs/conformance/corpus.md.</summary>
public sealed class CorpusTests
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>The corpus holds different objects under one SOP Instance UID: each is to be stored.</summary>
    private static readonly string Settings = """{ "duplicates": "keep" }""";

    /// <summary>Their UIDs have the VR UN. DCMTK prints such bytes as 31\2e\39… and announces the "31", which is not the SOP class of the context.</summary>
    private static readonly string[] AnnouncedWrongly = ["pydicom-data/explicit_VR-UN.dcm", "pydicom/rtdose_rle.dcm", "pydicom/rtdose_rle_1frame.dcm"];

    [Fact]
    public async Task Every_readable_object_is_stored_by_stow_and_given_back_bit_for_bit_and_found_at_every_level()
    {
        var files = Corpus.Files();
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder);
        var report = new Report();
        foreach (var file in files)
        {
            byte[] bytes = await File.ReadAllBytesAsync(file.Path, IsocenterProcess.Cancel);
            using var content = new ByteArrayContent(bytes);
            using var stow = await server.StowAsync(content, IsocenterProcess.Cancel);
            using var read = Read(bytes);
            string? obstacle = ObstacleOf(read);
            if (stow.StatusCode != HttpStatusCode.OK)
            {
                var (why, isNamed) = await ReasonAsync(stow);
                report.Add($"refused ({obstacle ?? "READABLE"})", $"{file.Name} [{file.Expected}]: {why}");
                if (obstacle is null) report.Fail($"{file.Name} is readable and was refused: {why}");
                // Bad Request when nothing can be named that was not stored (PS3.18 Table 10.5.3-1).
                if (stow.StatusCode != (isNamed ? HttpStatusCode.Conflict : HttpStatusCode.BadRequest)) report.Fail($"{file.Name}: {stow.StatusCode}");
                continue;
            }
            if (obstacle is not null) report.Fail($"{file.Name} was stored, though {obstacle}");
            report.Add("stored", file.Name);
            if (read is null) continue;
            await CompareAsync(server, file, read, bytes, report);
            await FindAsync(server, file, read.DataSet, report);
        }
        report.Write();
        report.AssertGood();
    }

    [Fact]
    public async Task Every_readable_object_is_stored_by_c_store_too()
    {
        var files = Corpus.Files();
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder);
        var report = new Report();
        foreach (var file in files)
        {
            byte[] bytes = await File.ReadAllBytesAsync(file.Path, IsocenterProcess.Cancel);
            using var read = Read(bytes);
            if (read is null || ObstacleOf(read) is not null || !Uid.TryParseLenient(read.DataSet.Get(Tags.SOPClassUID, ""), out var sopClass)
                || !Uid.TryParseLenient(read.DataSet.Get(Tags.SOPInstanceUID, ""), out var instance)) continue;
            await using var association = await server.ConnectAsync(new PresentationContextProposal(sopClass, [read.TransferSyntax]));
            using var request = StoreRequest.FromMemory(sopClass, instance, read.TransferSyntax, bytes.AsMemory((int)read.DataSetOffset));
            if (read.TransferSyntax.Uid.Value.StartsWith("1.2.3.", StringComparison.Ordinal))
            {
                // A transfer syntax that nobody can have (docs/conformance/network.md).
                await Assert.ThrowsAsync<NoPresentationContextException>(async () => await association.StoreAsync(request, IsocenterProcess.Cancel));
                report.Add("refused by its transfer syntax", file.Name);
                continue;
            }
            var status = await association.StoreAsync(request, IsocenterProcess.Cancel);
            if (!status.IsSuccess)
            {
                report.Fail($"{file.Name}: {status}");
                continue;
            }
            report.Add("stored", file.Name);
            await CompareAsync(server, file, read, bytes, report);
        }
        report.Write();
        report.AssertGood();
    }

    [Fact]
    public async Task What_dcmtk_can_read_of_the_corpus_dcmtk_can_send()
    {
        ForeignTool.Require("dcmsend");
        var files = Corpus.Files();
        using var folder = new TemporaryFolder();
        await using var server = await StartAsync(folder);
        var report = new Report();
        // DCMTK would rather crash than read sequences 20,000 deep: it gets what an archive can take.
        var names = new Dictionary<string, string>();
        foreach (var file in files)
        {
            using var read = Read(await File.ReadAllBytesAsync(file.Path, IsocenterProcess.Cancel));
            if (ObstacleOf(read) is null) names[file.Path] = file.Name;
        }

        var result = await ForeignTool.RunAsync("dcmsend", ["-dn", "-nh", "-nuc", "-aec", "ISOCENTER", "+crf", folder["report"],
            "127.0.0.1", server.DicomPort.ToString(CultureInfo.InvariantCulture), .. names.Keys], TimeSpan.FromMinutes(2));

        // The report lists what was sent, each with the status that we gave.
        result.AssertSuccess();
        string? name = null;
        foreach (string line in await File.ReadAllLinesAsync(folder["report"], Encoding.Latin1, IsocenterProcess.Cancel))
        {
            int colon = line.IndexOf(':');
            if (colon < 0) continue;
            string key = line[..colon].Trim(), value = line[(colon + 1)..].Trim();
            if (key == "Filename") name = names.GetValueOrDefault(value, value);
            if (key != "DIMSE Status" || name is null) continue;
            if (value.StartsWith("0x0000", StringComparison.Ordinal)) report.Add("stored", name);
            else if (value == "<not sent>") report.Add("not sent by DCMTK", name);
            else if (value.StartsWith("0x0122", StringComparison.Ordinal) && AnnouncedWrongly.Contains(name)) report.Add("refused: announced under another class", name);
            else report.Fail($"{name}: {value}");
        }
        report.Write();
        report.AssertGood("stored");
    }

    private static async Task<IsocenterProcess> StartAsync(TemporaryFolder folder)
    {
        await File.WriteAllTextAsync(folder["keep.json"], Settings, IsocenterProcess.Cancel);
        return await IsocenterProcess.StartAsync(folder["data"], "--config", folder["keep.json"]);
    }

    private static DicomFile? Read(byte[] bytes)
    {
        try
        {
            return DicomFile.Read(bytes);
        }
        catch (DicomFormatException)
        {
            return null;
        }
    }

    /// <summary>Why an archive cannot take the object; null: it must.</summary>
    private static string? ObstacleOf(DicomFile? file)
    {
        if (file is null) return "not readable";
        if (!file.IsComplete) return "truncated";
        foreach (var tag in new[] { Tags.SOPClassUID, Tags.SOPInstanceUID, Tags.StudyInstanceUID, Tags.SeriesInstanceUID })
        {
            if (!file.DataSet.TryGet(tag, out string? text) || text.Trim('\0', ' ').Length == 0) return $"no {KeywordOf(tag)}";
            if (!Uid.TryParseLenient(text, out _)) return $"{KeywordOf(tag)} is no UID";
        }
        return null;
    }

    private static async Task CompareAsync(IsocenterProcess server, CorpusFile file, DicomFile read, byte[] bytes, Report report)
    {
        byte[] stored = await server.FetchDataSetAsync(UidOf(read, Tags.StudyInstanceUID), UidOf(read, Tags.SeriesInstanceUID), UidOf(read, Tags.SOPInstanceUID));
        bool isNew = report.IsNew(read.TransferSyntax.Uid.Value + Convert.ToHexString(SHA256.HashData(bytes.AsSpan((int)read.DataSetOffset))));
        if (bytes.AsSpan((int)read.DataSetOffset).SequenceEqual(stored)) report.Add("identical", file.Name);
        // The same object was stored before and another one after it, which is current and stays so.
        else if (!isNew) report.Add("a superseded version again", file.Name);
        else report.Fail($"{file.Name}: {bytes.Length - read.DataSetOffset} bytes went in, {stored.Length} other ones came back");
    }

    private static async Task FindAsync(IsocenterProcess server, CorpusFile file, DataSet dataSet, Report report)
    {
        string study = UidOf(dataSet, Tags.StudyInstanceUID), series = UidOf(dataSet, Tags.SeriesInstanceUID), instance = UidOf(dataSet, Tags.SOPInstanceUID);
        var levels = new (string Level, DataSet Keys)[]
        {
            ("STUDY", new DataSet().SetText(Tags.StudyInstanceUID, VR.UI, study)),
            ("SERIES", new DataSet().SetText(Tags.StudyInstanceUID, VR.UI, study).SetText(Tags.SeriesInstanceUID, VR.UI, series)),
            ("IMAGE", new DataSet().SetText(Tags.StudyInstanceUID, VR.UI, study).SetText(Tags.SeriesInstanceUID, VR.UI, series).SetText(Tags.SOPInstanceUID, VR.UI, instance)),
        };
        var root = Uid.Parse(SopClasses.PatientRootQueryRetrieveInformationModelFind);
        await using var association = await server.ConnectAsync(new PresentationContextProposal(root));
        string? patient = null;
        foreach (var (level, keys) in levels)
        {
            var found = await ListAsync(association, root, keys.Set(Tags.QueryRetrieveLevel, level).SetBytes(Tags.PatientID, VR.LO, default));
            patient ??= found.Count > 0 ? found[0].Get(Tags.PatientID, "") : null;
            if (found.Count != 1) report.Fail($"{file.Name}: {found.Count} answers at level {level}");
        }
        if (!string.IsNullOrEmpty(patient) && !patient.AsSpan().ContainsAny("*?\\".AsSpan()))
        {
            var keys = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.QueryRetrieveLevel, "PATIENT")
                .SetBytes(Tags.PatientID, VR.LO, Utf8.GetBytes(patient)).SetBytes(Tags.PatientName, VR.PN, default);
            var found = await ListAsync(association, root, keys);
            if (found.Count != 1) report.Fail($"{file.Name}: {found.Count} answers at level PATIENT for '{patient}'");
        }
        foreach (string path in new[] { $"studies?StudyInstanceUID={study}", $"studies/{study}/series?SeriesInstanceUID={series}", $"studies/{study}/series/{series}/instances?SOPInstanceUID={instance}" })
        {
            var found = await server.SearchAsync(path);
            if (found.Count != 1) report.Fail($"{file.Name}: {found.Count} answers to {path}");
        }
        foreach (string resource in new[] { "metadata", "rendered" })
        {
            using var answer = await server.Http.GetAsync($"dicom-web/studies/{study}/series/{series}/instances/{instance}/{resource}", IsocenterProcess.Cancel);
            report.Add($"{resource} {(int)answer.StatusCode}", file.Name);
            if ((int)answer.StatusCode >= 500 || resource == "metadata" && !answer.IsSuccessStatusCode) report.Fail($"{file.Name}: {resource} {answer.StatusCode}");
            else if (resource == "metadata") DicomJson.ReadArray(await answer.Content.ReadAsByteArrayAsync(IsocenterProcess.Cancel));
        }
    }

    private static async Task<List<DataSet>> ListAsync(Association association, Uid model, DataSet keys)
    {
        var found = new List<DataSet>();
        await foreach (var match in association.FindAsync(new FindRequest(model, keys), IsocenterProcess.Cancel)) found.Add(match);
        return found;
    }

    private static string KeywordOf(Tag tag) => DataDictionary.TryFind(tag, out var entry) ? entry.Keyword : tag.ToString();

    private static string UidOf(DicomFile file, Tag tag) => UidOf(file.DataSet, tag);

    private static string UidOf(DataSet dataSet, Tag tag) => dataSet.Get<string>(tag).Trim('\0', ' ');

    private static async Task<(string Why, bool IsNamed)> ReasonAsync(HttpResponseMessage stow)
    {
        string body = await stow.Content.ReadAsStringAsync(IsocenterProcess.Cancel);
        if (stow.StatusCode is not (HttpStatusCode.Conflict or HttpStatusCode.BadRequest)) return ($"{(int)stow.StatusCode} {body}", false);
        var response = DicomJson.Read(Encoding.UTF8.GetBytes(body));
        var named = response.GetAll<DataSet>(Tags.FailedSOPSequence);
        var failed = named.Count > 0 ? named[0] : response.GetAll<DataSet>(Tags.OtherFailuresSequence)[0];
        return (string.Create(CultureInfo.InvariantCulture, $"0x{failed.Get<ushort>(Tags.FailureReason):X4} {failed.Get(Tags.TextValue, "")}"), named.Count > 0);
    }

    /// <summary>Counts by class, and what must not be.</summary>
    private sealed class Report
    {
        private readonly SortedDictionary<string, List<string>> _classes = new(StringComparer.Ordinal);
        private readonly List<string> _failures = [];
        private readonly HashSet<string> _contents = [];

        public void Add(string what, string item)
        {
            if (!_classes.TryGetValue(what, out var items)) _classes[what] = items = [];
            items.Add(item);
        }

        /// <summary>False when <paramref name="content"/> came before.</summary>
        public bool IsNew(string content) => _contents.Add(content);

        public int Count(string what) => _classes.TryGetValue(what, out var items) ? items.Count : 0;

        public void Fail(string what) => _failures.Add(what);

        public void Write()
        {
            foreach (var (what, items) in _classes)
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"{items.Count,4} {what}");
                if (what.StartsWith("refused", StringComparison.Ordinal)) foreach (string item in items) TestContext.Current.TestOutputHelper?.WriteLine("       " + item);
            }
        }

        public void AssertGood(string most = "identical")
        {
            Assert.True(_failures.Count == 0, $"{_failures.Count} failures:\n" + string.Join('\n', _failures));
            Assert.True(Count(most) > 100, "the corpus is not the corpus");
        }
    }
}
