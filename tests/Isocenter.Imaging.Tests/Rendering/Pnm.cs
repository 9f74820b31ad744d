using System.Globalization;
using System.Text;

namespace Isocenter.Imaging.Tests.Rendering;

/// <summary>Reads the pictures that DCMTK writes: PGM and PPM of 8 bits.</summary>
internal static class Pnm
{
    public static Picture Read(byte[] bytes)
    {
        var words = new List<string>();
        int at = 0;
        while (words.Count < 4)
        {
            int start = at;
            while (bytes[at] > ' ') at++;
            string word = Encoding.ASCII.GetString(bytes, start, at - start);
            if (word.StartsWith('#')) while (bytes[at] != '\n') at++;
            else if (word.Length > 0) words.Add(word);
            at++;
        }
        int Number(int i) => int.Parse(words[i], CultureInfo.InvariantCulture);
        return new Picture(Number(1), Number(2), words[0] == "P6" ? 3 : 1, bytes[at..]);
    }
}
