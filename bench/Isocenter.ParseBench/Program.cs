using System.Buffers;
using Isocenter.Dicom;
using Isocenter.Dicom.Tests;
using Isocenter.ParseBench;

// Reading and writing in process, one thread: the operations and columns of the native parse drivers, so that rows line up.
if (args is ["hostile", var target])
{
    // The files of the resource contract, for bench/hostile.sh.
    foreach (var (name, make) in HostileFiles.All) File.WriteAllBytes(Path.Combine(Directory.CreateDirectory(target).FullName, $"{name.Replace(' ', '_')}.dcm"), make());
    return 0;
}
if (args.Length < 3)
{
    Console.Error.WriteLine("usage: Isocenter.ParseBench FILES_DIR DEEP.dcm MULTIFRAME.dcm [max files] [rounds] [warm-up seconds] [operation]");
    return 2;
}
int max = args.Length > 3 ? int.Parse(args[3]) : 250;
int rounds = args.Length > 4 ? int.Parse(args[4]) : 7;
double warmUp = args.Length > 5 ? double.Parse(args[5]) : 3;
string[] files = [.. Directory.EnumerateFiles(args[0], "*.dcm", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(max)];
string deep = args[1], multi = args[2];
double bytes = files.Sum(file => (double)new FileInfo(file).Length);
var measure = new Measurement(rounds, TimeSpan.FromSeconds(warmUp), args.Length > 6 ? args[6] : null);
int sink = 0;

Console.WriteLine("#tool\toperation\tfiles_s\tMB_s\tcpu_us_file\talloc_B_file\tfiles_s min..max");
Console.Error.WriteLine($"{files.Length} files, {bytes / 1e6:F0} MB; {rounds} rounds, {warmUp} s warm-up an operation");

// The physical limit: the same bytes by bare calls of the system.
var page = new byte[8 * 1024];
measure.Run("bare open + read 8 KB + close", files.Length, bytes, () =>
{
    foreach (string file in files)
    {
        using var handle = File.OpenHandle(file);
        sink += RandomAccess.Read(handle, page, 0);
    }
});
var whole = new byte[files.Max(file => new FileInfo(file).Length)];
measure.Run("bare open + read all + close", files.Length, bytes, () =>
{
    foreach (string file in files)
    {
        using var handle = File.OpenHandle(file);
        sink += RandomAccess.Read(handle, whole, 0);
    }
});

measure.Run("metadata, stop before pixel data", files.Length, bytes, () =>
{
    foreach (string file in files)
    {
        using var read = DicomFile.Open(file, ReadOptions.HeaderOnly);
        sink += read.DataSet.Count;
    }
});
measure.Run("metadata + every string value", files.Length, bytes, () =>
{
    foreach (string file in files)
    {
        using var read = DicomFile.Open(file, ReadOptions.HeaderOnly);
        sink += Values(read.DataSet);
    }
});
measure.Run("read, default (large on demand)", files.Length, bytes, () =>
{
    foreach (string file in files)
    {
        using var read = DicomFile.Open(file);
        sink += read.DataSet.Count;
    }
});
var inMemory = new ReadOptions { LargeValueThreshold = int.MaxValue };
measure.Run("read whole file into memory", files.Length, bytes, () =>
{
    foreach (string file in files)
    {
        using var read = DicomFile.Open(file, inMemory);
        sink += read.DataSet.Count;
    }
});

byte[][] images = [.. files.Take(100).Select(File.ReadAllBytes)];
double imageBytes = images.Sum(image => (double)image.Length);
measure.Run("parse from memory, whole", images.Length, imageBytes, () =>
{
    foreach (byte[] image in images)
    {
        using var read = DicomFile.Read(image);
        sink += read.DataSet.Count;
    }
});
DicomFile[] held = [.. images.Select(image => DicomFile.Read(image))];
string folder = Directory.CreateTempSubdirectory("isocenter-parse-bench").FullName;
measure.Run("write file (from memory)", held.Length, imageBytes, () =>
{
    for (int i = 0; i < held.Length; i++) held[i].Save(Path.Combine(folder, $"{i}"));
});
Directory.Delete(folder, recursive: true);
var memory = new ArrayBufferWriter<byte>(64 << 20);
measure.Run("write to memory stream", held.Length, imageBytes, () =>
{
    foreach (var file in held)
    {
        memory.ResetWrittenCount();
        DataSetWriter.Write(file.DataSet, memory, TransferSyntax.ExplicitVRLittleEndian);
    }
});
measure.Run("memcpy of the pixel data", held.Length, imageBytes, () =>
{
    foreach (byte[] image in images)
    {
        memory.ResetWrittenCount();
        memory.Write(image);
    }
});

DataSet[] headers = [.. held.Select(file => { var copy = file.DataSet.Copy(); copy.Remove(Tags.PixelData); return copy; })];
byte[][] texts = [.. headers.Select(header => DicomJson.ToUtf8Bytes(header))];
double textBytes = texts.Sum(text => (double)text.Length);
measure.Run("DICOM JSON of the header (JSON MB/s)", headers.Length, textBytes, () =>
{
    foreach (var header in headers)
    {
        memory.ResetWrittenCount();
        DicomJson.Write(header, memory);
    }
});
measure.Run("parse DICOM JSON of the header (JSON MB/s)", headers.Length, textBytes, () =>
{
    foreach (byte[] text in texts) sink += DicomJson.Read(text).Count;
});

double deepBytes = new FileInfo(deep).Length;
measure.Run("deep sequences: read", 1, deepBytes, () =>
{
    using var read = DicomFile.Open(deep);
    sink += read.DataSet.Count;
});
byte[] deepInMemory = File.ReadAllBytes(deep);
measure.Run("deep sequences: parse from memory", 1, deepBytes, () => sink += DicomFile.Read(deepInMemory).DataSet.Count);
measure.Run("deep sequences: read + walk", 1, deepBytes, () =>
{
    using var read = DicomFile.Open(deep);
    sink += Walk(read.DataSet);
});
measure.Run("deep sequences: read + every value", 1, deepBytes, () =>
{
    using var read = DicomFile.Open(deep);
    sink += Values(read.DataSet);
});
using var deepFile = DicomFile.Read(File.ReadAllBytes(deep));
measure.Run("deep sequences: write to memory", 1, deepBytes, () =>
{
    memory.ResetWrittenCount();
    DataSetWriter.Write(deepFile.DataSet, memory, TransferSyntax.ExplicitVRLittleEndian);
});
measure.Run("deep sequences: DICOM JSON", 1, deepBytes, () =>
{
    memory.ResetWrittenCount();
    DicomJson.Write(deepFile.DataSet, memory);
});

double multiBytes = new FileInfo(multi).Length;
measure.Run("100-frame file: metadata only", 1, multiBytes, () =>
{
    using var read = DicomFile.Open(multi, ReadOptions.HeaderOnly);
    sink += read.DataSet.Count;
});
var frameBuffer = new byte[2 << 20];
measure.Run("100-frame file: read + every frame", 1, multiBytes, () =>
{
    using var read = DicomFile.Open(multi);
    var frames = PixelDataFrames.Of(read.DataSet);
    for (int i = 0; i < frames.Count; i++) frames.Read(i, frameBuffer);
});
return sink == int.MinValue ? 1 : 0;

// Every value of every element of a text VR, as one string each.
static int Values(DataSet dataSet)
{
    int n = 0;
    foreach (var element in dataSet)
    {
        n++;
        if (element.IsSequence)
        {
            foreach (var item in element.Items) n += Values(item);
        }
        else if (element.VR.IsText())
        {
            n += element.Text.Length & 1;
        }
    }
    return n;
}

static int Walk(DataSet dataSet)
{
    int n = 0;
    foreach (var element in dataSet)
    {
        n++;
        foreach (var item in element.Items) n += Walk(item);
    }
    return n;
}
