using System.Diagnostics;
using System.Globalization;
using Isocenter.Archive;
using Isocenter.Dicom;

// How fast objects get into the archive, durably, against a bare loop that writes and syncs the same files.
//   dotnet run -c Release --project bench/Isocenter.IngestBench -- [LENGTH] [COUNT] [PRELOADED] [FOLDER]
// LENGTH: bytes of pixel data (524288); COUNT: objects a round (1000); PRELOADED: rows that are there before (0).

// storm FOLDER: stores without end and prints each UID when it is acknowledged; to be killed. check FOLDER FILE: every UID
// in FILE is there and intact, and nothing else is shown that is not whole.

if (args is ["storm", { } stormFolder]) return await StormAsync(stormFolder);
if (args is ["check", { } checkFolder, { } acknowledged]) return await CheckAsync(checkFolder, acknowledged);

// curve FOLDER SIZES: rates and queries while the archive fills, as curve /tmp/curve 10000,100000,1000000.
if (args is ["curve", { } curveFolder, { } sizes])
{
    await Curve.RunAsync(curveFolder, [.. sizes.Split(',').Select(size => int.Parse(size, CultureInfo.InvariantCulture))]);
    return 0;
}

int length = Argument(0, 524_288), count = Argument(1, 1000), preloaded = Argument(2, 0);
string root = args.Length > 3 ? args[3] : Path.GetTempPath();
string folder = Path.Combine(root, "isocenter-ingest-bench-" + Guid.NewGuid().ToString("N"));
var pixels = new byte[length];
new Random(1).NextBytes(pixels);
try
{
    await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = Path.Combine(folder, "data") });
    int next = 0;
    if (preloaded > 0)
    {
        var small = new byte[256];
        var clock = Stopwatch.StartNew();
        int before = GC.CollectionCount(0);
        await RunAsync(preloaded, 16, number => StoreAsync(archive, Make(number, small)));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"preloaded {preloaded} small objects: {preloaded / clock.Elapsed.TotalSeconds:F0}/s, {GC.CollectionCount(0) - before} collections"));
    }
    for (int round = 1; round <= 3; round++)
    {
        foreach (int parallel in (int[])[1, 4])
        {
            var objects = Enumerable.Range(0, count).Select(i => Make(next + i, pixels)).ToList();
            int start = next;
            next += count;
            var bareCpu = Process.GetCurrentProcess().TotalProcessorTime;
            double bare = await MeasureAsync(parallel, number => WriteAndSyncAsync(objects[number - start], number), start);
            bareCpu = Process.GetCurrentProcess().TotalProcessorTime - bareCpu;
            var user = Process.GetCurrentProcess().UserProcessorTime;
            var cpu = Process.GetCurrentProcess().TotalProcessorTime;
            double ours = await MeasureAsync(parallel, number => StoreAsync(archive, objects[number - start]), start);
            cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"round {round}, {parallel} at once: archive {ours:F0}/s, bare write and sync {bare:F0}/s, ratio {ours / bare:P0}, CPU per 1000: archive {cpu.TotalSeconds / count * 1000:F2} s (user {(Process.GetCurrentProcess().UserProcessorTime - user).TotalSeconds / count * 1000:F2}), bare {bareCpu.TotalSeconds / count * 1000:F2} s"));
        }
    }
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"working set {Environment.WorkingSet >> 20} MB"));
    await QueriesAsync(archive);
}
finally
{
    Directory.Delete(folder, recursive: true);
}
return 0;

static async Task<int> StormAsync(string folder)
{
    await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = folder });
    int start = (int)(Stopwatch.GetTimestamp() & 0x3FFF_FFFF);
    var pixels = new byte[100_000];
    await RunAsync(1_000_000, 6, async number =>
    {
        var item = Make(start + number, pixels);
        await StoreAsync(archive, item);
        lock (pixels) Console.Out.Write(item.Uid + "\n");
        await Console.Out.FlushAsync();
    });
    return 0;
}

static async Task<int> CheckAsync(string folder, string acknowledged)
{
    await using var archive = await ImageArchive.OpenAsync(new ArchiveOptions { DataFolder = folder });
    var found = (await archive.FindInstancesAsync(new Selection())).ToDictionary(instance => instance.SopInstanceUid.Value);
    // The last line may be half a UID: the pipe was cut.
    var lost = File.ReadAllText(acknowledged).Split('\n')[..^1].Where(uid => !found.ContainsKey(uid)).ToList();
    int damaged = 0;
    foreach (var instance in found.Values)
    {
        if (await archive.VerifyAsync(instance) != VerifyResult.Intact) damaged++;
    }
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{archive.Recovery}; {found.Count} stored, {lost.Count} lost, {damaged} damaged"));
    return lost.Count + damaged == 0 ? 0 : 1;
}

int Argument(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;

async Task<double> MeasureAsync(int parallel, Func<int, Task> work, int start)
{
    var clock = Stopwatch.StartNew();
    await RunAsync(count, parallel, number => work(start + number));
    return count / clock.Elapsed.TotalSeconds;
}

static Task RunAsync(int count, int parallel, Func<int, Task> work)
{
    int taken = -1;
    return Task.WhenAll(Enumerable.Range(0, parallel).Select(_ => Task.Run(async () =>
    {
        for (int i = Interlocked.Increment(ref taken); i < count; i = Interlocked.Increment(ref taken)) await work(i);
    })));
}

async Task WriteAndSyncAsync((byte[] Bytes, string Uid) item, int number)
{
    string path = Path.Combine(folder, "bare", (number / 1000).ToString(CultureInfo.InvariantCulture));
    Directory.CreateDirectory(path);
    using var file = File.OpenHandle(Path.Combine(path, number + ".dcm"), FileMode.CreateNew, FileAccess.Write);
    RandomAccess.Write(file, item.Bytes, 0);
    RandomAccess.FlushToDisk(file);
    await Task.CompletedTask;
}

static async Task StoreAsync(ImageArchive archive, (byte[] Bytes, string Uid) item)
{
    await using var session = archive.BeginIngest(new IngestContext("1.2.840.10008.5.1.4.1.1.2", item.Uid, TransferSyntax.ExplicitVRLittleEndian, "BENCH"));
    for (int at = 0; at < item.Bytes.Length; at += 16 * 1024)
        await session.WriteAsync(item.Bytes.AsMemory(at, Math.Min(16 * 1024, item.Bytes.Length - at)));
    var result = await session.CommitAsync();
    if (!result.IsSuccess) throw new InvalidOperationException(result.Problem);
}

// Ten series of 250 a study, a study per patient and day: like a scanner's.
static (byte[] Bytes, string Uid) Make(int number, byte[] pixels)
{
    int series = number / 250, study = series / 4;
    string uid = string.Create(CultureInfo.InvariantCulture, $"1.2.826.0.1.3680043.9.9.{study}.{series}.{number}.{pixels.Length}");
    var dataSet = new DataSet().Set(Tags.SOPClassUID, "1.2.840.10008.5.1.4.1.1.2").Set(Tags.SOPInstanceUID, uid)
        .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
        .Set(Tags.StudyDate, new DateOnly(2015, 1, 1).AddDays(study % 3650)).Set(Tags.StudyTime, "101530").Set(Tags.AccessionNumber, "A" + study)
        .Set(Tags.Modality, "CT").Set(Tags.StudyDescription, "CT HEAD").Set(Tags.SeriesDescription, "AXIAL 1.0").Set(Tags.Manufacturer, "ISO")
        .Set(Tags.PatientName, $"Name{study}^Given").Set(Tags.PatientID, "P" + study).Set(Tags.PatientBirthDate, "19600102").Set(Tags.PatientSex, "F")
        .Set(Tags.StudyInstanceUID, "1.2.826.0.1.3680043.9.9." + study).Set(Tags.SeriesInstanceUID, $"1.2.826.0.1.3680043.9.9.{study}.{series}")
        .Set(Tags.StudyID, "S" + study).Set(Tags.SeriesNumber, series % 4 + 1).Set(Tags.InstanceNumber, number % 250 + 1)
        .Set(Tags.ImagePositionPatient, 0.0, 0.0, number % 250).Set(Tags.SliceThickness, 1.0)
        .Set<ushort>(Tags.Rows, 512).Set<ushort>(Tags.Columns, 512).Set<ushort>(Tags.BitsAllocated, 16)
        .SetOwnedBytes(Tags.PixelData, VR.OW, pixels);
    return (DataSetWriter.ToArray(dataSet, TransferSyntax.ExplicitVRLittleEndian), uid);
}

static async Task QueriesAsync(ImageArchive archive)
{
    var statistics = await archive.GetStatisticsAsync();
    Console.WriteLine(statistics);
    var random = new Random(3);
    await QueryAsync(archive, "study by patient ID", QueryLevel.Study, () => Keys((Tags.PatientID, "P" + random.Next((int)statistics.Patients))));
    await QueryAsync(archive, "study by date range of a day", QueryLevel.Study, () =>
    {
        var day = new DateOnly(2015, 1, 1).AddDays(random.Next(3650)).ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        return Keys((Tags.StudyDate, $"{day}-{day}"));
    });
    await QueryAsync(archive, "study by name prefix", QueryLevel.Study, () => Keys((Tags.PatientName, $"NAME{random.Next((int)statistics.Patients)}*")));
    await QueryAsync(archive, "study by *name*", QueryLevel.Study, () => Keys((Tags.PatientName, $"*E{random.Next((int)statistics.Patients)}^*")));
    await QueryAsync(archive, "100 newest studies", QueryLevel.Study, () => Keys(), 100);
    await QueryAsync(archive, "images of a series (250)", QueryLevel.Image, () =>
    {
        int series = random.Next((int)statistics.Series);
        return Keys((Tags.SeriesInstanceUID, $"1.2.826.0.1.3680043.9.9.{series / 4}.{series}"));
    });
}

static DataSet Keys(params (Tag Tag, string Value)[] keys)
{
    var identifier = new DataSet();
    foreach (var tag in (Tag[])[Tags.PatientName, Tags.PatientID, Tags.StudyDate, Tags.StudyTime, Tags.StudyInstanceUID, Tags.ModalitiesInStudy, Tags.AccessionNumber, Tags.NumberOfStudyRelatedInstances]) identifier.Set<string>(tag);
    foreach (var (tag, value) in keys) identifier.Set(tag, value);
    return identifier;
}

static async Task QueryAsync(ImageArchive archive, string what, QueryLevel level, Func<DataSet> keys, int? limit = null)
{
    var times = new List<double>();
    long answers = 0;
    var cpu = Process.GetCurrentProcess().TotalProcessorTime;
    for (int i = 0; i < 300; i++)
    {
        var identifier = keys();
        long at = Stopwatch.GetTimestamp();
        await foreach (var _ in archive.QueryAsync(new Query { Level = level, Identifier = identifier, Limit = limit })) answers++;
        times.Add(Stopwatch.GetElapsedTime(at).TotalMilliseconds);
    }
    cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
    times.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: median {times[150]:F2} ms, p99 {times[297]:F2} ms, CPU {cpu.TotalMilliseconds / 300:F2} ms, {answers / 300.0:F1} answers"));
}
