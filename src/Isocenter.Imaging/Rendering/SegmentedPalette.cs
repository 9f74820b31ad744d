using System.Buffers.Binary;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Palettes written as segments (PS3.3 §C.7.9.2): runs of values, straight lines, and repetitions of segments.</summary>
internal static class SegmentedPalette
{
    private const int Discrete = 0, Linear = 1, Indirect = 2;

    /// <summary>Expands the segments to as many entries as the descriptor says.</summary>
    /// <param name="data">The segmented data element.</param>
    /// <param name="isBigEndian">Byte order of its words of 16 bits.</param>
    /// <param name="count">Entries.</param>
    /// <param name="bits">Bits of an entry: of 8, segments are made of bytes, two in a word.</param>
    /// <exception cref="PixelDataException">The segments give fewer entries, more, or refer to what is not there.</exception>
    public static ushort[] Expand(DataElement data, bool isBigEndian, int count, int bits)
    {
        var bytes = data.Bytes.Span;
        bool areBytes = bits <= 8;
        var words = new ushort[areBytes ? bytes.Length : bytes.Length / 2];
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = areBytes ? bytes[isBigEndian && data.VR != VR.OB && (i ^ 1) < bytes.Length ? i ^ 1 : i]
                : isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[(2 * i)..]);
        }
        var expansion = new Expansion(words, areBytes, new ushort[count], data.Tag);
        expansion.Run(0, int.MaxValue, isRepeated: false);
        if (expansion.Filled < count) throw ImageLayout.Contradiction($"the segments of {data.Tag} give {expansion.Filled} of {count} entries");
        return expansion.Entries;
    }

    private sealed class Expansion(ushort[] words, bool areBytes, ushort[] entries, Tag tag)
    {
        public ushort[] Entries => entries;

        public int Filled { get; private set; }

        /// <summary>Expands segments from a word on. A repetition repeats no repetitions, so it is one level deep.</summary>
        public void Run(int at, int segments, bool isRepeated)
        {
            // A word may be left to make the length even.
            while (segments-- > 0 && at + 2 < words.Length && Filled < entries.Length)
            {
                int kind = words[at], length = words[at + 1];
                switch (kind)
                {
                    case Discrete:
                        if (at + 2 + length > words.Length) throw Damaged(at);
                        for (int i = 0; i < length; i++) Add(words[at + 2 + i]);
                        at += 2 + length;
                        break;
                    case Linear:
                        if (Filled == 0) throw ImageLayout.Contradiction($"the segments of {tag} begin with a line from nowhere");
                        AddLine(length, words[at + 2]);
                        at += 3;
                        break;
                    case Indirect when !isRepeated && at + (areBytes ? 5 : 3) < words.Length:
                        // The offset is in bytes from the begin of the data, the low part first.
                        long offset = areBytes ? words[at + 2] + 256L * words[at + 3] + 65536L * words[at + 4] + (1L << 24) * words[at + 5]
                            : (words[at + 2] | (long)words[at + 3] << 16) / 2;
                        if (offset >= at) throw Damaged(at);
                        Run((int)offset, length, isRepeated: true);
                        at += areBytes ? 6 : 4;
                        break;
                    default:
                        throw Damaged(at);
                }
            }
        }

        private void AddLine(int length, int to)
        {
            int from = entries[Filled - 1];
            for (int i = 1; i <= length; i++) Add((ushort)Math.Round(from + (to - from) * (double)i / length, MidpointRounding.AwayFromZero));
        }

        private void Add(ushort value)
        {
            if (Filled == entries.Length) throw ImageLayout.Contradiction($"the segments of {tag} give more than {entries.Length} entries");
            entries[Filled++] = value;
        }

        private PixelDataException Damaged(int at) => ImageLayout.Contradiction($"the segment at word {at} of {tag} makes no sense");
    }
}
