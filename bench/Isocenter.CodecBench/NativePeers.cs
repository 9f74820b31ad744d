using System.Diagnostics;
using System.Globalization;

namespace Isocenter.CodecBench;

/// <summary>One figure of another library on the same pixels.</summary>
internal sealed record PeerFigure(string Codec, string Image, double EncodeRate, double DecodeRate, long CodedLength)
{
    public string Kind => Codec.Split(' ')[0];
}

/// <summary>The native driver, or a file with what it printed.</summary>
/// <remarks>A driver is run for each image and kind right after ours, so that both meet the same neighbours.</remarks>
internal sealed class NativePeers
{
    private static readonly TimeSpan TimeOut = TimeSpan.FromMinutes(10);

    private readonly string? _driver;
    private readonly List<PeerFigure> _figures = [];

    public NativePeers(string path)
    {
        if (IsTable(path)) _figures.AddRange(Parse(File.ReadLines(path)));
        else _driver = path;
    }

    public IReadOnlyList<PeerFigure> Of(string folder, string kind, string image) =>
        [.. (_driver is null ? _figures : Run(folder, kind, image)).Where(figure => figure.Kind == kind && figure.Image == image)];

    private List<PeerFigure> Run(string folder, string kind, string image)
    {
        using var process = Process.Start(new ProcessStartInfo(_driver!, [folder, kind, image]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeOut)) process.Kill();
        return [.. Parse(output.Split('\n'))];
    }

    private static bool IsTable(string path)
    {
        using var reader = new StreamReader(path);
        var head = new char[4];
        return reader.ReadBlock(head) == 4 && head[0] == '#' && head[1] != '!';
    }

    private static IEnumerable<PeerFigure> Parse(IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] cells = line.Split('\t');
            if (cells.Length < 8 || line[0] == '#') continue;
            yield return new PeerFigure(cells[0], cells[1], double.Parse(cells[5], CultureInfo.InvariantCulture),
                double.Parse(cells[6], CultureInfo.InvariantCulture), long.Parse(cells[3], CultureInfo.InvariantCulture));
        }
    }
}
