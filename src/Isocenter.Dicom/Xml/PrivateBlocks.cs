using System.Text;

namespace Isocenter.Dicom;

/// <summary>Gives private elements their place: the Native DICOM Model names their creator, and leaves the number of the
/// block open (PS3.19 §A.1.5). Which block it is, the creator element of the data set tells; where there is none, the first
/// free block is reserved (PS3.5 §7.8.1).</summary>
internal sealed class PrivateBlocks
{
    private readonly List<(int Entry, string Creator)> _open = [];

    /// <summary>Begins a data set.</summary>
    /// <returns>For <see cref="Close"/>.</returns>
    public int Open() => _open.Count;

    /// <summary>Remembers that the entry which will stand at <paramref name="entry"/> is of a creator.</summary>
    public void Add(int entry, string creator) => _open.Add((entry, creator));

    /// <summary>Ends a data set: finds or reserves the blocks.</summary>
    public void Close(int opened, int start, DataSetBuilder builder, ref ValueBuffer values, DataSetXmlReader reader)
    {
        if (_open.Count == opened) return;
        var blocks = new Dictionary<(uint Group, string Creator), uint>();
        var taken = new Dictionary<uint, string>();
        int next = opened;
        for (int i = start; i < builder.Count; i++)
        {
            if (next < _open.Count && _open[next].Entry == i)
            {
                next++;
                continue;
            }
            ref readonly var entry = ref builder[i];
            if ((entry.Tag & 0x0001_0000) == 0) continue;
            if ((entry.Tag & 0xFFFF) >= 0x1000) taken.TryAdd(entry.Tag >> 8, "");
            if (!new Tag(entry.Tag).IsPrivateCreator || entry.Attached is not null) continue;
            string creator = Encoding.UTF8.GetString(values.From((int)entry.Offset)[..(int)entry.Length]).Trim(' ', '\0');
            uint block = (entry.Tag & 0xFFFF_0000) >> 8 | entry.Tag & 0xFF;
            taken[block] = creator;
            blocks.TryAdd((entry.Tag >> 16, creator), block);
        }
        for (int i = opened; i < _open.Count; i++)
        {
            var (index, creator) = _open[i];
            uint tag = builder[index].Tag;
            uint block = tag >> 8;
            if ((block & 0xFF) != 0)
            {
                // A whole tag. It stays where its block is of this creator, or of nobody.
                if (taken.TryGetValue(block, out string? owner) && owner.Length > 0)
                {
                    if (owner != creator) reader.Found("the block of the element is another creator's; the tag counts", "PS3.5 §7.8.1", tag);
                    continue;
                }
                Reserve(block);
            }
            else if (!blocks.TryGetValue((tag >> 16, creator), out block))
            {
                block = FirstFree(tag >> 16);
                if (block == 0)
                {
                    reader.Found("no block is free for the element; its tag is kept as it is", "PS3.5 §7.8.1", tag);
                    continue;
                }
                Reserve(block);
            }
            builder.SetTag(index, block << 8 | tag & 0xFF);

            void Reserve(uint free)
            {
                reader.Found("the private creator has no element of its own; one was made", "PS3.5 §7.8.1", tag);
                taken[free] = creator;
                blocks.TryAdd((tag >> 16, creator), free);
                builder.Add(reader.MakeCreator((free & 0xFFFF00) << 8 | free & 0xFF, creator));
            }
        }
        _open.RemoveRange(opened, _open.Count - opened);

        uint FirstFree(uint group)
        {
            for (uint block = group << 8 | 0x10; (block & 0xFF) != 0; block++)
            {
                if (!taken.ContainsKey(block)) return block;
            }
            return 0;
        }
    }
}
