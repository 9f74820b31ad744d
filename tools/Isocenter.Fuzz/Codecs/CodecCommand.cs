using System.Diagnostics;
using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Fuzz.Codecs;

/// <summary><c>codecs ROUNDS [SEED_FOLDER [random seed [kind]]]</c>: every decoder of pixel data.</summary>
internal static class CodecCommand
{
    private const int LongestSeed = 64 * 1024;

    public static int Run(string[] args)
    {
        long rounds = long.Parse(args[1], CultureInfo.InvariantCulture);
        int randomSeed = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : 1;
        string wanted = args.Length > 4 ? args[4] : "";
        List<CodecSeed> seeds = [.. CodecSeed.Make()];
        if (args.Length > 2) seeds.AddRange(Directory.EnumerateFiles(args[2], "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).SelectMany(Read));
        long failures = 0;
        foreach (string kind in CodecSeed.Kinds.Where(kind => kind.Contains(wanted, StringComparison.Ordinal)))
        {
            var fuzzer = new CodecFuzzer(kind, seeds, randomSeed);
            if (fuzzer.SeedCount == 0)
            {
                Console.WriteLine($"{kind}: no seed, left out");
                continue;
            }
            long kept = 0;
            var start = Stopwatch.StartNew();
            long found = fuzzer.Run(rounds, (round, problem, input, layout) =>
            {
                if (kept++ >= 20) return;
                string path = Path.Combine(Path.GetTempPath(), $"fuzz-{kind}-{randomSeed}-{round}.bin");
                File.WriteAllBytes(path, input.Span);
                Console.WriteLine($"{path}: {problem} ({layout})");
            });
            failures += found;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{kind}: {rounds} inputs of {fuzzer.SeedCount} seeds in {start.Elapsed.TotalSeconds:F0} s, {fuzzer.Refused} refused, {found} failures; slowest {fuzzer.Slowest * 1000:F0} ms, most memory {fuzzer.MostMemory / 1048576.0:F1} MiB"));
        }
        return failures == 0 ? 0 : 1;
    }

    /// <summary>A file that is a code stream, or the first frames of a DICOM file.</summary>
    private static IEnumerable<CodecSeed> Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        if (bytes.Length <= LongestSeed && CodecSeed.Of(bytes) is { } stream)
        {
            yield return stream;
            yield break;
        }
        foreach (byte[] frame in FramesOf(bytes))
            if (frame.Length <= LongestSeed && CodecSeed.Of(frame) is { } seed) yield return seed;
    }

    private static List<byte[]> FramesOf(byte[] bytes)
    {
        var result = new List<byte[]>();
        try
        {
            var dataSet = DicomFile.Read(bytes).DataSet;
            if (!dataSet.Contains(Tags.PixelData)) return result;
            var frames = PixelDataFrames.Of(dataSet);
            for (int i = 0; frames.IsEncapsulated && i < Math.Min(frames.Count, 3); i++) result.Add(frames.Read(i));
        }
        catch (DicomFormatException)
        {
            // No DICOM file, or none that can be read: no seed.
        }
        return result;
    }
}
