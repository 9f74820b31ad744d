using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging;

namespace Isocenter.Cli.Pixels;

/// <summary>Writes the frames of an image as NAME.NNNN.raw and what they are as NAME.json.</summary>
internal sealed class FrameFiles(Terminal terminal, string path, string folder, DecodeOptions options)
{
    /// <summary>Frames decoded at a time take no more than this together.</summary>
    private const long MemoryAtOnce = 512L << 20;

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Decodes and writes.</summary>
    /// <param name="numbers">Which frames, from 1; none for all.</param>
    /// <param name="cancel">Ends the work.</param>
    /// <returns>False when a frame is damaged.</returns>
    public bool Write(int[] numbers, CancellationToken cancel)
    {
        if (FrameCodecs.Identify(CodeStreamFile.Head(path)) is { } codec)
        {
            return codec.CanDecode ? WriteAll(CodeStreamFile.Open(path, codec, Frames), codec.TransferSyntaxUid, numbers, cancel)
                : new PassedOnFiles(terminal, path, folder, codec).WriteBare();
        }
        using var file = DicomFile.Open(path);
        if (!file.IsComplete) terminal.Complain($"{path}: the file ends before its data set does");
        file.DataSet.Freeze();
        if (FrameCodecs.Find(file.TransferSyntax.Uid.Value) is { CanDecode: false } passed)
            return new PassedOnFiles(terminal, path, folder, passed).Write(file.DataSet) && file.IsComplete;
        return WriteAll(StoredFrames.Of(file.DataSet, file.TransferSyntax, Frames), file.TransferSyntax.Uid.Value, numbers, cancel)
            && file.IsComplete;
    }

    private StoredFrameOptions Frames => StoredFrameOptions.Default with { Decode = options };

    private bool WriteAll(StoredFrames frames, string syntax, int[] numbers, CancellationToken cancel)
    {
        if (Array.Find(numbers, number => number < 1 || number > frames.Count) is var wrong && numbers.Contains(wrong) && wrong != 0)
            throw new UsageException($"there is no frame {wrong}; the image has {frames.Count}");
        int[] wanted = numbers.Length > 0 ? [.. numbers.Distinct().Order()] : [.. Enumerable.Range(1, frames.Count)];
        Directory.CreateDirectory(folder);
        var problems = new ConcurrentDictionary<int, string>();
        int parallel = (int)Math.Clamp(MemoryAtOnce / Math.Max(1, frames.FrameLength), 1, Environment.ProcessorCount);
        Parallel.ForEach(wanted, new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancel }, number =>
        {
            if (WriteFrame(frames, number, cancel) is { } problem) problems[number] = problem;
        });
        foreach (var finding in frames.Findings) terminal.Error.WriteLine($"{path}: {finding}");
        foreach (var (number, problem) in problems.OrderBy(pair => pair.Key)) terminal.Complain(string.Create(CultureInfo.InvariantCulture, $"{path}: frame {number}: {problem}"));
        File.WriteAllText(Path.Combine(folder, Name + ".json"), JsonSerializer.Serialize(Describe(frames, syntax, wanted, problems), Indented) + "\n");
        return problems.IsEmpty && frames.Count == frames.DeclaredCount;
    }

    private string? WriteFrame(StoredFrames frames, int number, CancellationToken cancel)
    {
        var samples = new byte[frames.FrameLength];
        string? problem = null;
        try
        {
            frames.Read(number - 1, samples, cancel);
        }
        catch (CodecException e)
        {
            // What was decoded before the damage is worth having; nothing at all is not.
            problem = e.Message;
            if (!samples.AsSpan().ContainsAnyExcept((byte)0)) return problem;
        }
        File.WriteAllBytes(Path.Combine(folder, FileName(number, frames.Count)), samples);
        return problem;
    }

    private string Name => Path.GetFileNameWithoutExtension(path) is { Length: > 0 } name ? name : Path.GetFileName(path);

    private string FileName(int number, int count) =>
        $"{Name}.{number.ToString(CultureInfo.InvariantCulture).PadLeft(Math.Max(4, count.ToString(CultureInfo.InvariantCulture).Length), '0')}.raw";

    private object Describe(StoredFrames frames, string syntax, int[] wanted, ConcurrentDictionary<int, string> problems)
    {
        var (layout, highBit, photometric, isFloat, precision) = frames.Description;
        return new
        {
            decoded = true,
            layout.Rows,
            layout.Columns,
            layout.SamplesPerPixel,
            layout.BitsAllocated,
            layout.BitsStored,
            highBit,
            pixelRepresentation = layout.IsSigned ? 1 : 0,
            signed = layout.IsSigned,
            @float = isFloat,
            planarConfiguration = layout.IsPlanar ? 1 : 0,
            photometricInterpretation = photometric,
            frames = frames.Count,
            transferSyntax = syntax,
            codeStreamPrecision = precision,
            byteOrder = "little",
            files = wanted.Select(number => new
            {
                frame = number,
                file = File.Exists(Path.Combine(folder, FileName(number, frames.Count))) ? FileName(number, frames.Count) : null,
                problem = problems.GetValueOrDefault(number),
            }),
        };
    }
}
