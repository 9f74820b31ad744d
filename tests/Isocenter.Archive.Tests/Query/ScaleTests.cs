using System.Diagnostics;
using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Archive.Tests.Queries;

/// <summary>How queries behave when there is much: run by name only. Rows are written without files.</summary>
public sealed class ScaleTests(ITestOutputHelper output)
{
    [Fact(Explicit = true)]
    public async Task Queries_stay_fast_with_many_studies()
    {
        int studies = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_SCALE") ?? "20000", CultureInfo.InvariantCulture);
        const int PerStudy = 10;
        await using var test = await TestArchive.OpenAsync();
        await test.CloseAsync();
        var clock = Stopwatch.StartNew();
        Fill(test.Folder, studies, PerStudy);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{studies * PerStudy} rows at {studies * PerStudy / clock.Elapsed.TotalSeconds:F0}/s, {new FileInfo(Path.Combine(test.Folder, "index.db")).Length >> 20} MB"));
        clock.Restart();
        var archive = await test.ReopenAsync();
        output.WriteLine($"open: {clock.ElapsedMilliseconds} ms");
        var random = new Random(4);
        await MeasureAsync(archive, "patient ID", QueryLevel.Study, () => (Tags.PatientID, $"P{random.Next(studies)}"));
        await MeasureAsync(archive, "accession", QueryLevel.Study, () => (Tags.AccessionNumber, $"A{random.Next(studies)}"));
        await MeasureAsync(archive, "study date of a day", QueryLevel.Study, () => (Tags.StudyDate, Day(random.Next(3650))));
        await MeasureAsync(archive, "name prefix*", QueryLevel.Study, () => (Tags.PatientName, $"name{random.Next(studies)}*"));
        await MeasureAsync(archive, "*name part*", QueryLevel.Study, () => (Tags.PatientName, $"*e{random.Next(studies)}^*"));
        await MeasureAsync(archive, "modality, 100 newest", QueryLevel.Study, () => (Tags.ModalitiesInStudy, "CT"), 100);
        await MeasureAsync(archive, "100 newest", QueryLevel.Study, () => (Tags.PatientID, ""), 100);
        await MeasureAsync(archive, "series of a study", QueryLevel.Series, () => (Tags.StudyInstanceUID, $"1.2.3.{random.Next(studies)}"));
        await MeasureAsync(archive, "100 series", QueryLevel.Series, () => (Tags.Modality, ""), 100);
        await MeasureAsync(archive, "images of a series", QueryLevel.Image, () => (Tags.SeriesInstanceUID, $"1.2.3.{random.Next(studies)}.1"));
        await MeasureAsync(archive, "100 images", QueryLevel.Image, () => (Tags.InstanceNumber, ""), 100);
        await MeasureAsync(archive, "one image", QueryLevel.Image, () => (Tags.SOPInstanceUID, $"1.2.3.{random.Next(studies)}.1.{random.Next(PerStudy)}"));
        await MeasureAsync(archive, "patients, 100", QueryLevel.Patient, () => (Tags.PatientName, ""), 100);
        await MeasureAsync(archive, "patients by name prefix", QueryLevel.Patient, () => (Tags.PatientName, $"name{random.Next(studies)}*"));
        clock.Restart();
        long count = await archive.CountAsync(new Archive.Query { Level = QueryLevel.Study, Identifier = new DataSet() });
        output.WriteLine($"count of {count} studies: {clock.Elapsed.TotalMilliseconds:F1} ms");
        clock.Restart();
        output.WriteLine($"{await archive.GetStatisticsAsync()}: {clock.Elapsed.TotalMilliseconds:F1} ms");
    }

    private static string Day(int day) => new DateOnly(2015, 1, 1).AddDays(day).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static void Fill(string folder, int studies, int perStudy)
    {
        using var index = IndexConnection.Open(Path.Combine(folder, "index.db"), write: true);
        var writer = new IndexWriter(index, TimeProvider.System);
        var ids = new ObjectIdSource(TimeProvider.System, 0);
        for (int study = 0; study < studies; study++)
        {
            if (study % 50 == 0) index.Begin();
            for (int instance = 0; instance < perStudy; instance++)
            {
                var dataSet = TestObjects.Ct64(1, 1, 1, instance).Set(Tags.StudyInstanceUID, $"1.2.3.{study}").Set(Tags.SeriesInstanceUID, $"1.2.3.{study}.1")
                    .Set(Tags.SOPInstanceUID, $"1.2.3.{study}.1.{instance}").Set(Tags.PatientID, $"P{study}").Set(Tags.PatientName, $"Name{study}^Given")
                    .Set(Tags.StudyDate, Day(study * 7 % 3650)).Set(Tags.AccessionNumber, $"A{study}");
                Assert.True(IndexEntry.TryMake(dataSet, ExtraAttributes.None, out var entry, out _));
                writer.Add(new NewObject(ids.Next(), entry, TransferSyntax.ExplicitVRLittleEndian, 500_000, 400, new ContentHash((ulong)study, (ulong)instance)) { Book = CorrectionBook.Empty }, keep: false);
            }
            if (study % 50 == 49 || study == studies - 1) index.Commit();
            if (study % 1000 == 999) index.Read("PRAGMA wal_checkpoint(PASSIVE)").Dispose();
        }
        IndexCommitter.WriteWatermark(index, ids.Next().High);
        index.Read("PRAGMA wal_checkpoint(TRUNCATE)").Dispose();
    }

    private async Task MeasureAsync(ImageArchive archive, string what, QueryLevel level, Func<(Tag, string)> key, int? limit = null)
    {
        var times = new List<double>();
        long answers = 0;
        var cpu = Process.GetCurrentProcess().TotalProcessorTime;
        for (int i = 0; i < 100; i++)
        {
            var identifier = TestObjects.Keys((Tags.StudyInstanceUID, ""), key());
            if (!identifier.Contains(Tags.PatientName)) identifier.Set<string>(Tags.PatientName).Set<string>(Tags.ModalitiesInStudy).Set<string>(Tags.NumberOfStudyRelatedInstances);
            long at = Stopwatch.GetTimestamp();
            await foreach (var _ in archive.QueryAsync(new Archive.Query { Level = level, Identifier = identifier, Limit = limit })) answers++;
            times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
        }
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        times.Sort();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{level} by {what}: median {times[50]:F2} ms, p99 {times[98]:F2} ms, CPU {cpu.TotalMilliseconds / 100:F2} ms, {answers / 100.0:F1} answers"));
    }
}
