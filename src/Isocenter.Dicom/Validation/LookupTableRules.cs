namespace Isocenter.Dicom.Validation;

/// <summary>Lookup tables against their descriptors (PS3.3 §C.7.6.3.1.5, §C.11.1.1.1).</summary>
internal static class LookupTableRules
{
    private static readonly Tag[] Sequences =
        [Tags.ModalityLUTSequence, Tags.VOILUTSequence, Tags.PresentationLUTSequence, Tags.SoftcopyVOILUTSequence];

    public static void Check(ValidationRun run)
    {
        var root = run.Root;
        Check(run, root, Tags.RedPaletteColorLookupTableDescriptor, Tags.RedPaletteColorLookupTableData);
        Check(run, root, Tags.GreenPaletteColorLookupTableDescriptor, Tags.GreenPaletteColorLookupTableData);
        Check(run, root, Tags.BluePaletteColorLookupTableDescriptor, Tags.BluePaletteColorLookupTableData);
        foreach (var sequence in Sequences)
        {
            var items = root.GetAll<DataSet>(sequence);
            for (int i = 0; i < items.Count; i++)
            {
                var item = items[i];
                run.Within(sequence, i + 1, () => Check(run, item, Tags.LUTDescriptor, Tags.LUTData));
            }
        }
    }

    private static void Check(ValidationRun run, DataSet dataSet, Tag descriptor, Tag data)
    {
        const string Section = "PS3.3 §C.7.6.3.1.5";
        if (!dataSet.TryFind(descriptor, out var described) || !dataSet.TryFind(data, out var table) || table.IsEmpty) return;
        double[] d = ElementValues.Numbers(described);
        if (d.Length != 3 || d.Any(double.IsNaN)) return;
        // 65536 does not fit 16 bits and is written as 0. As SS, numbers above 32767 look negative.
        int entries = (int)d[0] == 0 ? 65536 : (int)d[0] & 0xFFFF;
        int bits = (int)d[2];
        if (bits is not (8 or > 8 and <= 16))
        {
            run.Error(ValidationRule.Consistency, descriptor, Section, $"says {bits} bits for an entry; 8 to 16 are allowed");
            return;
        }
        long words = 2L * entries, bytes = entries + (entries & 1);
        if (table.Length != words && !(bits == 8 && table.Length == bytes))
        {
            run.Error(ValidationRule.Consistency, data, Section, $"has {table.Length} bytes, but the descriptor says {entries} entries of {bits} bits");
            return;
        }
        if (table.Length != words || bits == 16 || table.VR.UnitSize() != 2) return;
        var content = ElementValues.Bytes(table);
        for (int i = 0; i + 1 < content.Length; i += 2)
        {
            int value = ValueBytes.UInt16(content[i..], table.IsBigEndian);
            if (value >> bits == 0) continue;
            run.Error(ValidationRule.Consistency, data, Section, $"has an entry of {value}, but the descriptor says {bits} bits");
            return;
        }
    }
}
