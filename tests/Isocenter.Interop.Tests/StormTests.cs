using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Network;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>kill -9 in the middle of a storm of objects, again and again on one data folder. What was acknowledged is
/// there, bit for bit; what is there is whole; nothing else is left.</summary>
/// <remarks>ISOCENTER_STORMS sets how many; ISOCENTER_STORM_SEED repeats a run's timing as far as a machine can.</remarks>
public sealed class StormTests
{
    private const int Senders = 4;
    private static readonly Uid CT = Uid.Parse(SopClasses.CTImageStorage);

    [Fact]
    public async Task Kill_9_in_a_storm_of_objects_loses_nothing_that_was_acknowledged()
    {
        int storms = Number("ISOCENTER_STORMS", 3), seed = Number("ISOCENTER_STORM_SEED", Environment.TickCount);
        var random = new Random(seed);
        using var folder = new TemporaryFolder();
        var sent = new ConcurrentDictionary<string, byte[]>();
        var acknowledged = new ConcurrentDictionary<string, string>();   // instance -> study
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine($"seed {seed}");
        for (int storm = 1; storm <= storms; storm++)
        {
            string study = Uid.New().Value;
            int before = acknowledged.Count;
            await using (var server = await IsocenterProcess.StartAsync(folder["data"]))
            {
                using var end = CancellationTokenSource.CreateLinkedTokenSource(IsocenterProcess.Cancel);
                var senders = Enumerable.Range(0, Senders).Select(i => Task.Run(() => i == 0
                    ? StowAsync(server, study, sent, acknowledged, end.Token)
                    : StoreAsync(server, study, i, sent, acknowledged, end.Token), end.Token)).ToArray();
                // Not before it has begun: then at any moment.
                using (var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60)))
                    while (acknowledged.Count == before) await Task.Delay(1, deadline.Token);
                await Task.Delay(random.Next(5, 1500), IsocenterProcess.Cancel);
                await server.KillAsync();
                await end.CancelAsync();
                foreach (var sender in senders)
                {
                    // They end because the server has: each in its own way.
                    await sender.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30), IsocenterProcess.Cancel);
                }
            }
            var watch = Stopwatch.StartNew();
            await using (var server = await IsocenterProcess.StartAsync(folder["data"]))
            {
                output?.WriteLine($"storm {storm}: {acknowledged.Count - before} acknowledged, {sent.Count} sent in all, ready again after {watch.ElapsedMilliseconds} ms");
                await CheckAsync(server, folder, [study], sent, acknowledged);
            }
        }
        await using (var server = await IsocenterProcess.StartAsync(folder["data"]))
            await CheckAsync(server, folder, acknowledged.Values.Distinct(), sent, acknowledged);

        var reindex = await IsocenterProcess.RunAsync("reindex", "--data", folder["data"], "--config", folder["empty.json"], "--json");
        reindex.AssertSuccess();
        await using (var server = await IsocenterProcess.StartAsync(folder["data"]))
            await CheckAsync(server, folder, acknowledged.Values.Distinct(), sent, acknowledged);
    }

    private static async Task CheckAsync(IsocenterProcess server, TemporaryFolder folder, IEnumerable<string> studies,
        ConcurrentDictionary<string, byte[]> sent, ConcurrentDictionary<string, string> acknowledged)
    {
        var visible = new HashSet<string>();
        foreach (string study in studies)
        {
            var listed = (await server.SearchAsync($"studies/{study}/instances")).Select(i => i.Get<string>(Tags.SOPInstanceUID)).ToHashSet();
            var fetched = await FetchStudyAsync(server, study);
            Assert.Equal(listed, fetched.Keys.ToHashSet());
            // Acknowledged or not: what is seen is whole.
            Assert.All(fetched, item => Assert.True(sent[item.Key].AsSpan().SequenceEqual(item.Value), $"{item.Key} is not what was sent"));
            var lost = acknowledged.Where(a => a.Value == study && !fetched.ContainsKey(a.Key)).Select(a => a.Key).ToList();
            Assert.True(lost.Count == 0, $"{lost.Count} acknowledged objects are lost, such as {lost.FirstOrDefault()}");
            visible.UnionWith(listed);
        }
        // One file for each object that is seen, in the studies of all storms, and no other.
        int files = Directory.EnumerateFiles(folder["data"], "*.dcm", SearchOption.AllDirectories).Count();
        long instances = 0;
        foreach (var study in await server.SearchAsync("studies")) instances += study.Get<int>(Tags.NumberOfStudyRelatedInstances);
        Assert.Equal(instances, files);
        Assert.False(Directory.Exists(Path.Combine(folder["data"], "quarantine")), "something was put into quarantine");
    }

    private static async Task<Dictionary<string, byte[]>> FetchStudyAsync(IsocenterProcess server, string study)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "dicom-web/studies/" + study);
        request.Headers.TryAddWithoutValidation("Accept", "multipart/related; type=\"application/dicom\"; transfer-syntax=*");
        using var answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, IsocenterProcess.Cancel);
        Assert.True(answer.IsSuccessStatusCode, $"{study}: {answer.StatusCode}");
        Assert.True(MediaType.TryParse(answer.Content.Headers.ContentType?.ToString(), out var type));
        var reader = new MultipartReader(PipeReader.Create(await answer.Content.ReadAsStreamAsync(IsocenterProcess.Cancel)), type["boundary"]);
        var found = new Dictionary<string, byte[]>();
        while (await reader.NextPartAsync(IsocenterProcess.Cancel) is not null)
        {
            using var content = new MemoryStream();
            await using (var part = new PartStream(reader)) await part.CopyToAsync(content, IsocenterProcess.Cancel);
            using var file = DicomFile.Read(content.ToArray());
            Assert.True(file.IsComplete);
            found.Add(file.DataSet.Get<string>(Tags.SOPInstanceUID), content.ToArray()[(int)file.DataSetOffset..]);
        }
        return found;
    }

    private static async Task StoreAsync(IsocenterProcess server, string study, int sender, ConcurrentDictionary<string, byte[]> sent,
        ConcurrentDictionary<string, string> acknowledged, CancellationToken cancel)
    {
        await using var association = await server.ConnectAsync(new PresentationContextProposal(CT));
        string series = Uid.New().Value;
        for (int i = 1; ; i++)
        {
            // Sizes on both sides of the buffers' lengths.
            var (uid, bytes) = Next(study, series, i, size: (i + sender) % 7 == 0 ? 400 : 16 + i % 60, sent);
            using var request = StoreRequest.FromMemory(CT, Uid.Parse(uid), TransferSyntax.ExplicitVRLittleEndian, bytes);
            var status = await association.StoreAsync(request, cancel);
            if (status.IsSuccess) acknowledged[uid] = study;
            else throw new InvalidOperationException(status.ToString());
        }
    }

    private static async Task StowAsync(IsocenterProcess server, string study, ConcurrentDictionary<string, byte[]> sent,
        ConcurrentDictionary<string, string> acknowledged, CancellationToken cancel)
    {
        string series = Uid.New().Value;
        for (int i = 1; ; i++)
        {
            var (uid, bytes) = Next(study, series, i, size: 32, sent);
            using var read = DicomFile.ReadDataSet(bytes, TransferSyntax.ExplicitVRLittleEndian);
            using var content = new ByteArrayContent(SampleObject.ToFile(read.DataSet));
            using var answer = await server.StowAsync(content, cancel);
            if (answer.IsSuccessStatusCode) acknowledged[uid] = study;
            else throw new InvalidOperationException(answer.StatusCode.ToString());
        }
    }

    private static (string Uid, byte[] DataSet) Next(string study, string series, int number, int size, ConcurrentDictionary<string, byte[]> sent)
    {
        var dataSet = SampleObject.Create(study, series, number: number, size: size);
        byte[] bytes = DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian);
        string uid = dataSet.Get<string>(Tags.SOPInstanceUID);
        sent[uid] = bytes;
        return (uid, bytes);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : otherwise;
}
