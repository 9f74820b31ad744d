using System.Diagnostics;
using System.Globalization;
using Isocenter.Archive;
using Isocenter.Dicom;

/// <summary>How the archive behaves while it fills: at each size the rate of small objects from two senders beside a bare
/// loop that writes and syncs the same files, CPU, memory, and the queries that worklists and viewers ask. All objects come
/// through the ingest path. Ten instances a study in two series, and one series of 500.</summary>
internal static class Curve
{
    private const int PerStudy = 10;
    private const int Round = 1000;
    private const string Root = "1.2.826.0.1.3680043.9.8";
    private const string LongSeries = Root + ".1.1.1.1";
    private static readonly string[] Family = ["Smith", "Meyer", "Garcia", "Kowalski", "Rossi", "Nguyen", "Dubois", "Silva", "Novak", "Jensen"];
    private static readonly string[] Given = ["Anna", "John", "Maria", "Pierre", "Li", "Olga", "Peter", "Sofia", "Ali", "Eva"];

    public static async Task RunAsync(string folder, int[] sizes)
    {
        Console.WriteLine("instances | stored/s median of 3 (min..max), 2 senders | bare files/s | ratio | CPU s per 1000 | working set MB");
        await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = Path.Combine(folder, "data") });
        for (int i = 0; i < 500; i++) await StoreAsync(archive, Make(i, isLong: true));
        int next = 0;
        foreach (int size in sizes)
        {
            int start = next;
            var clock = Stopwatch.StartNew();
            await ManyAsync(size - start, 16, number => StoreAsync(archive, Make(start + number)));
            next = size;
            Say($"filled to {size}: {(size - start) / clock.Elapsed.TotalSeconds:F0}/s from 16 senders, {clock.Elapsed.TotalSeconds:F0} s");
            var rates = new List<double>();
            var bareRates = new List<double>();
            double cpu = 0;
            for (int round = 0; round < 4; round++)
            {
                var objects = Enumerable.Range(next, Round).Select(number => Make(number)).ToList();
                next += Round;
                string bare = Directory.CreateDirectory(Path.Combine(folder, "bare", next.ToString(CultureInfo.InvariantCulture))).FullName;
                double bareRate = await RateAsync(number => WriteAndSync(Path.Combine(bare, number + ".dcm"), objects[number].Bytes));
                var before = Process.GetCurrentProcess().TotalProcessorTime;
                double rate = await RateAsync(number => StoreAsync(archive, objects[number]));
                if (round == 0) continue;
                cpu += (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds / 3;
                rates.Add(rate);
                bareRates.Add(bareRate);
                Directory.Delete(bare, recursive: true);
            }
            rates.Sort();
            bareRates.Sort();
            Say($"{next} | {rates[1]:F0} ({rates[0]:F0}..{rates[2]:F0}) | {bareRates[1]:F0} | {rates[1] / bareRates[1]:P0} | {cpu:F2} | {Environment.WorkingSet >> 20}");
            await QueriesAsync(archive, next / PerStudy);
        }
    }

    private static async Task QueriesAsync(ImageArchive archive, int studies)
    {
        var random = new Random(3);
        string Day() => new DateOnly(2005, 1, 1).AddDays(random.Next(7300)).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        await QueryAsync("study by patient ID", () => Study((Tags.PatientID, "P" + random.Next(studies / 2))));
        await QueryAsync("study by accession number", () => Study((Tags.AccessionNumber, "A" + random.Next(studies))));
        await QueryAsync("study by a day", () => Study((Tags.StudyDate, Day())));
        await QueryAsync("study by a week", () =>
        {
            var first = new DateOnly(2005, 1, 1).AddDays(random.Next(7300));
            return Study((Tags.StudyDate, string.Create(CultureInfo.InvariantCulture, $"{first:yyyyMMdd}-{first.AddDays(6):yyyyMMdd}")));
        });
        await QueryAsync("study by name SMITH{n}*", () => Study((Tags.PatientName, $"SMITH{random.Next(1000)}^*")));
        await QueryAsync("study by name *{n}^ANNA*", () => Study((Tags.PatientName, $"*{random.Next(1000)}^ANNA*")), count: 60);
        await QueryAsync("100 newest studies", () => Study(), limit: 100);
        await QueryAsync("100 newest series", () => new Query { Level = QueryLevel.Series, Identifier = Keys(), Limit = 100 });
        await QueryAsync("500 images of a series", () => new Query
        {
            Level = QueryLevel.Image,
            Identifier = new DataSet().Set(Tags.SeriesInstanceUID, LongSeries).Set<string>(Tags.SOPInstanceUID).Set<string>(Tags.InstanceNumber),
        });

        async Task QueryAsync(string what, Func<Query> make, int? limit = null, int count = 300)
        {
            var times = new List<double>();
            long answers = 0;
            for (int i = 0; i < count; i++)
            {
                var query = make() with { };
                if (limit is not null) query = query with { Limit = limit };
                long at = Stopwatch.GetTimestamp();
                await foreach (var _ in archive.QueryAsync(query)) answers++;
                times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
            }
            times.Sort();
            Say($"    {what}: median {times[count / 2]:F2} ms, p99 {times[count * 99 / 100]:F2} ms, {(double)answers / count:F1} answers");
        }
    }

    private static Query Study(params (Tag Tag, string Value)[] keys) => new() { Level = QueryLevel.Study, Identifier = Keys(keys) };

    private static DataSet Keys(params (Tag Tag, string Value)[] keys)
    {
        var identifier = new DataSet();
        foreach (var tag in (Tag[])[Tags.PatientName, Tags.PatientID, Tags.StudyDate, Tags.StudyTime, Tags.StudyInstanceUID, Tags.ModalitiesInStudy, Tags.AccessionNumber, Tags.NumberOfStudyRelatedInstances]) identifier.Set<string>(tag);
        foreach (var (tag, value) in keys) identifier.Set(tag, value);
        return identifier;
    }

    private static (byte[] Bytes, string Uid) Make(int number, bool isLong = false)
    {
        int study = isLong ? -1 : number / PerStudy, series = number % PerStudy / 5, patient = study / 2;
        string studyUid = isLong ? Root + ".1.1" : string.Create(CultureInfo.InvariantCulture, $"{Root}.2.{study}");
        string seriesUid = isLong ? LongSeries : string.Create(CultureInfo.InvariantCulture, $"{studyUid}.{series}");
        string uid = string.Create(CultureInfo.InvariantCulture, $"{seriesUid}.{number}");
        var dataSet = new DataSet().Set(Tags.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2").Set(Tags.SOPInstanceUID, uid)
            .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
            .Set(Tags.StudyDate, new DateOnly(2005, 1, 1).AddDays((study + 1) * 7 % 7300)).Set(Tags.StudyTime, "101530").Set(Tags.AccessionNumber, "A" + study)
            .Set(Tags.Modality, "CT").Set(Tags.StudyDescription, "CT HEAD").Set(Tags.SeriesDescription, "AXIAL 1.0").Set(Tags.Manufacturer, "ISO")
            .Set(Tags.PatientName, isLong ? "Long^Series" : $"{Family[patient % 10]}{patient / 10 % 1000}^{Given[patient / 10_000 % 10]}")
            .Set(Tags.PatientID, "P" + patient).Set(Tags.PatientBirthDate, "19600102").Set(Tags.PatientSex, "F")
            .Set(Tags.StudyInstanceUID, studyUid).Set(Tags.SeriesInstanceUID, seriesUid)
            .Set(Tags.StudyID, "S" + study).Set(Tags.SeriesNumber, series + 1).Set(Tags.InstanceNumber, isLong ? number + 1 : number % 5 + 1)
            .Set(Tags.ImagePositionPatient, 0.0, 0.0, number % 250).Set(Tags.SliceThickness, 1.0)
            .Set<ushort>(Tags.Rows, 64).Set<ushort>(Tags.Columns, 64).Set<ushort>(Tags.BitsAllocated, 8)
            .SetOwnedBytes(Tags.PixelData, VR.OB, new byte[1024]);
        return (DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian), uid);
    }

    private static async Task StoreAsync(ImageArchive archive, (byte[] Bytes, string Uid) item)
    {
        await using var session = archive.BeginIngest(new IngestContext("1.2.840.10008.5.1.4.1.1.2", item.Uid, TransferSyntax.ExplicitVRLittleEndian, "BENCH"));
        await session.WriteAsync(item.Bytes);
        var result = await session.CommitAsync();
        if (!result.IsSuccess) throw new InvalidOperationException(result.Problem);
    }

    private static Task WriteAndSync(string path, byte[] bytes)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, bytes, 0);
        RandomAccess.FlushToDisk(file);
        return Task.CompletedTask;
    }

    private static async Task<double> RateAsync(Func<int, Task> work)
    {
        var clock = Stopwatch.StartNew();
        await ManyAsync(Round, 2, work);
        return Round / clock.Elapsed.TotalSeconds;
    }

    private static Task ManyAsync(int count, int parallel, Func<int, Task> work)
    {
        int taken = -1;
        return Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(async () =>
        {
            for (int i = Interlocked.Increment(ref taken); i < count; i = Interlocked.Increment(ref taken)) await work(i);
        })));
    }

    private static void Say(FormattableString line)
    {
        Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        Console.Out.Flush();
    }
}
