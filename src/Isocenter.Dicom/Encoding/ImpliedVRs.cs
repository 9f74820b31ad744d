namespace Isocenter.Dicom;

/// <summary>Chooses the VRs that Implicit VR leaves open, once the data set is read and says what they depend on
/// (PS3.5 §6.2.2, PS3.6 §6): "US or SS" by Pixel Representation, private elements by their creator.</summary>
internal static class ImpliedVRs
{
    private const uint PixelRepresentation = 0x0028_0103;

    /// <summary>Chooses for a data set and its items.</summary>
    /// <param name="tree">Was just filled; nobody else has it.</param>
    /// <param name="range">The data set.</param>
    /// <param name="isImplicit">The bytes had no VRs. Otherwise only items within UN of undefined length have none.</param>
    /// <param name="signed">Pixel Representation of the data set around it.</param>
    public static void Choose(ReadTree tree, EntryRange range, bool isImplicit, bool signed = false)
    {
        if (range.Count == 0) return;
        var entries = tree.Chunk(range.Chunk).AsSpan(range.Start, range.Count);
        if (ValueOf(tree, entries, PixelRepresentation) is { Length: >= 2 } representation)
            signed = ValueBytes.UInt16(representation, tree.IsBigEndian) == 1;
        uint block = 0;
        int creator = -1;
        foreach (ref var entry in entries)
        {
            if ((entry.Flags & EntryFlags.HasRows) != 0)
            {
                bool inner = isImplicit || (entry.Flags & EntryFlags.WasUnknown) != 0;
                foreach (var item in tree.Items((int)entry.Offset, (int)entry.Length)) Choose(tree, item, inner, signed);
                continue;
            }
            if (!isImplicit || entry.VR is not (VR.US or VR.OW or VR.UN)) continue;
            var tag = new Tag(entry.Tag);
            var vr = entry.VR;
            if (!tag.IsPrivate)
            {
                if (signed && DataDictionary.ChoiceOf(tag) == VRChoice.USOrSS) vr = VR.SS;
                // Curve Data (50xx,3000): its points have units of their own, OB says that they are not words (PS3.5-2004 §A.1).
                else if ((entry.Tag & 0xFF00_FFFF) == 0x5000_3000) vr = VR.OB;
            }
            else if (vr == VR.UN && tag.Element >= 0x1000)
            {
                if (block != entry.Tag >> 8)
                {
                    block = entry.Tag >> 8;
                    var name = ValueOf(tree, entries, tag.PrivateCreator.Value);
                    creator = name.IsEmpty ? -1 : PrivateDictionary.CreatorIndexOf(System.Text.Encoding.Latin1.GetString(name).Trim(' ', '\0'));
                }
                vr = PrivateDictionary.VROf(creator, tag);
                // A vendor's element that changed its VR shows by its length. A sequence stays bytes.
                if (vr == VR.SQ || DataSet.LengthOf(in entry) % ValueReader.SizeOf(vr) != 0) vr = VR.UN;
            }
            entry.VR = vr;
        }
    }

    /// <summary>The bytes of a short value, or none.</summary>
    private static ReadOnlySpan<byte> ValueOf(ReadTree tree, ReadOnlySpan<Entry> entries, uint tag)
    {
        int low = 0, high = entries.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) >>> 1;
            ref readonly var entry = ref entries[middle];
            if (entry.Tag == tag)
            {
                bool isPlain = entry.Attached is null && (entry.Flags & EntryFlags.HasRows) == 0;
                return isPlain ? tree.Memory.Span.Slice((int)entry.Offset, (int)entry.Length) : default;
            }
            if (entry.Tag < tag) low = middle + 1;
            else high = middle - 1;
        }
        return default;
    }
}
