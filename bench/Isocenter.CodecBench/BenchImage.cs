using System.Globalization;
using Isocenter.Codecs;

namespace Isocenter.CodecBench;

/// <summary>One row of <c>images.tsv</c> with the pixels of <c>NAME.raw</c>: little endian, colour by pixel.</summary>
internal sealed record BenchImage(string Name, FrameLayout Layout, byte[] Raw)
{
    /// <summary>Bits of precision, as images.tsv says.</summary>
    public int Bits => Layout.BitsStored;

    public bool IsColour => Layout.SamplesPerPixel == 3;

    /// <summary>Reads the images whose name contains <paramref name="filter"/>, one at a time.</summary>
    /// <remarks>Columns: name, width, height, samples per pixel, bits, signed (0 or 1); # begins a comment.</remarks>
    public static IEnumerable<BenchImage> Read(string folder, string filter)
    {
        foreach (string line in File.ReadLines(Path.Combine(folder, "images.tsv")))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            string[] cells = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (!cells[0].Contains(filter, StringComparison.Ordinal)) continue;
            int[] numbers = [.. cells[1..6].Select(cell => int.Parse(cell, CultureInfo.InvariantCulture))];
            var layout = new FrameLayout(numbers[1], numbers[0], numbers[2], numbers[3] > 8 ? 16 : 8, numbers[3], numbers[4] != 0);
            yield return new BenchImage(cells[0], layout, File.ReadAllBytes(Path.Combine(folder, cells[0] + ".raw")));
        }
    }
}
