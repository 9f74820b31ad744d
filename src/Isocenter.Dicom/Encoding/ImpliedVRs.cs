namespace Isocenter.Dicom;

/// <summary>Chooses the VRs that Implicit VR leaves open, once the data set is read and says what they depend on
/// (PS3.5 §6.2.2, PS3.6 §6): "US or SS" by Pixel Representation, private elements by their creator.</summary>
internal static class ImpliedVRs
{
    private static readonly Tag PixelRepresentation = new(0x0028_0103);

    /// <summary>Chooses for a data set and its items.</summary>
    /// <param name="dataSet">Was just read; nobody else has it.</param>
    /// <param name="isImplicit">The bytes had no VRs. Otherwise only items within UN of undefined length have none.</param>
    /// <param name="signed">Pixel Representation of the data set around it.</param>
    public static void Choose(DataSet dataSet, bool isImplicit, bool signed = false)
    {
        if (dataSet.TryGet(PixelRepresentation, out ushort representation)) signed = representation == 1;
        uint block = 0;
        int creator = -1;
        for (int i = 0; i < dataSet.Count; i++)
        {
            ref readonly var entry = ref dataSet.EntryAt(i);
            if (entry.Attached is ItemList items)
            {
                bool inner = isImplicit || (entry.Flags & EntryFlags.WasUnknown) != 0;
                foreach (var item in items) Choose(item, inner, signed);
                continue;
            }
            if (!isImplicit || entry.VR is not (VR.US or VR.OW or VR.UN)) continue;
            var tag = new Tag(entry.Tag);
            var vr = entry.VR;
            if (!tag.IsPrivate)
            {
                if (signed && DataDictionary.ChoiceOf(tag) == VRChoice.USOrSS) vr = VR.SS;
            }
            else if (vr == VR.UN && tag.Element >= 0x1000)
            {
                if (block != entry.Tag >> 8)
                {
                    block = entry.Tag >> 8;
                    creator = dataSet.TryGet(tag.PrivateCreator, out string? name) ? PrivateDictionary.CreatorIndexOf(name) : -1;
                }
                vr = PrivateDictionary.VROf(creator, tag);
                // A vendor's element that changed its VR shows by its length. A sequence stays bytes.
                if (vr == VR.SQ || DataSet.LengthOf(in entry) % ValueReader.SizeOf(vr) != 0) vr = VR.UN;
            }
            if (vr != entry.VR) dataSet.SetVR(i, vr);
        }
    }
}
