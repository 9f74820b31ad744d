using System.Diagnostics;
using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Fuzz;
using Isocenter.Fuzz.Codecs;

if (args.Length >= 2 && args[0] == "codecs") return CodecCommand.Run(args);
if (args is ["associations", ..]) return await BadAssociations.CommandAsync(args);

// Mutates real inputs and reads them: no crash, no hang over a second, memory at most 8 × input + 16 MiB.
if (args.Length < (args is ["network", ..] ? 2 : 3) || !Targets.All.TryGetValue(args[0], out var target))
{
    Console.Error.WriteLine($"usage: Isocenter.Fuzz {string.Join('|', Targets.All.Keys)} ROUNDS SEED_FOLDER (network: any word) [random seed] [longest seed in bytes]");
    Console.Error.WriteLine("       Isocenter.Fuzz associations [COUNT]       bad associations over TCP, 100000 unless told otherwise; what is left of them");
    Console.Error.WriteLine($"       Isocenter.Fuzz codecs ROUNDS [SEED_FOLDER [random seed [{string.Join('|', CodecSeed.Kinds)}]]]");
    return 2;
}
long rounds = long.Parse(args[1], CultureInfo.InvariantCulture);
int randomSeed = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 1;
long longest = args.Length > 4 ? long.Parse(args[4], CultureInfo.InvariantCulture) : 32 * 1024;
byte[][] seeds = args[0] == "network" ? NetworkSeeds.All : [.. Directory.EnumerateFiles(args[2], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
    .Where(path => new FileInfo(path).Length <= longest).Select(File.ReadAllBytes)];
if (seeds.Length == 0)
{
    Console.Error.WriteLine("no seed is that short");
    return 2;
}
var mutator = new Mutator(seeds, randomSeed, isText: args[0] is "json" or "xml");
long refused = 0, failures = 0, mostMemory = 0;
double slowest = 0;
var start = Stopwatch.StartNew();
for (long round = 0; round < rounds; round++)
{
    var input = mutator.Next();
    long before = GC.GetAllocatedBytesForCurrentThread();
    long at = Stopwatch.GetTimestamp();
    string? failure = null;
    try
    {
        target(input);
    }
    catch (DicomFormatException)
    {
        refused++;
    }
    catch (Exception e) when (e is not OutOfMemoryException)        // whatever else comes out is what we look for
    {
        failure = $"{e.GetType().Name}: {e.Message} {e.StackTrace?.Split('\n').FirstOrDefault()?.Trim()}";
    }
    double seconds = Stopwatch.GetElapsedTime(at).TotalSeconds;
    long memory = GC.GetAllocatedBytesForCurrentThread() - before;
    slowest = Math.Max(slowest, seconds);
    mostMemory = Math.Max(mostMemory, memory);
    // Somebody else may have had the processor: what counts is the time that we worked ourselves.
    if (seconds > 1 && Again(input) is var twice && twice > 1) failure ??= $"{twice:F2} s";
    if (memory > 8L * input.Length + (16 << 20)) failure ??= $"{memory} bytes of memory for {input.Length}";
    if (failure is null) continue;
    string path = Path.Combine(Path.GetTempPath(), $"fuzz-{args[0]}-{randomSeed}-{round}.bin");
    if (failures++ < 20)
    {
        File.WriteAllBytes(path, input.Span);
        Console.WriteLine($"{path}: {failure}");
    }
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{args[0]}: {rounds} inputs of {seeds.Length} seeds in {start.Elapsed.TotalSeconds:F0} s, {refused} refused, {failures} failures; slowest {slowest * 1000:F0} ms, most memory {mostMemory / 1048576.0:F1} MiB"));
return failures == 0 ? 0 : 1;

double Again(Memory<byte> input)
{
    var before = Environment.CpuUsage.TotalTime;
    try
    {
        target(input);
    }
    catch (DicomFormatException)
    {
        // Time is what we want.
    }
    return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
}
