using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Dicom.Validation;

namespace Isocenter.Interop.Tests;

/// <summary>Makes objects of what the modules of an IOD name, by chance: some attributes are left out, some are empty, some
/// have values that are not allowed. The same seed makes the same object.</summary>
internal sealed class RandomObject(int seed)
{
    private const int DeepestSequence = 4, DeepestMacro = 8;

    private readonly Random _random = new(seed);

    public DataSet Make(string sopClassUid)
    {
        var dataSet = new DataSet();
        foreach (var use in IodTables.Shared.FindIod(sopClassUid)!.Modules)
        {
            if (use.HasTable && use.Name != "FileMetaInformation" && (use.Usage == 'M' || Chance(0.4))) Fill(dataSet, IodTables.Shared.Module(use.Name), 0, 0);
        }
        return dataSet.Set(Tags.SOPClassUID, sopClassUid).Set(Tags.SOPInstanceUID, "1.2.826.0.1.3680043.10.7");
    }

    private void Fill(DataSet dataSet, RuleTable table, int depth, int nesting)
    {
        foreach (var row in table.Rows)
        {
            if (row is MacroRule macro && nesting < DeepestMacro && (macro.Condition is null || Chance(0.7)))
                Fill(dataSet, IodTables.Shared.Macro(macro.Name), depth, nesting + 1);
            if (row is AttributeRule attribute && Chance(attribute.Type switch { AttributeType.Type1 or AttributeType.Type2 => 0.85, AttributeType.Type3 => 0.25, _ => 0.5 }))
                Set(dataSet, attribute, depth);
        }
    }

    private void Set(DataSet dataSet, AttributeRule rule, int depth)
    {
        if (rule.Tag.Group == 0x0002 || rule.Tag == Tags.PixelData || !DataDictionary.TryFind(rule.Tag, out var entry)) return;
        if (dataSet.Contains(rule.Tag) && Chance(0.5)) return;
        if (entry.VR == VR.SQ)
        {
            var items = new DataSet[depth < DeepestSequence && rule.Items is not null ? _random.Next(3) : 0];
            for (int i = 0; i < items.Length; i++) Fill(items[i] = new DataSet(), rule.Items!, depth + 1, 0);
            dataSet.Set(rule.Tag, items);
            return;
        }
        if (Chance(0.05))
        {
            dataSet.SetBytes(rule.Tag, entry.VR, default);
            return;
        }
        int count = Math.Clamp((rule.Multiplicity ?? Multiplicity.Parse(entry.VM)).Least, 1, 18);
        if (entry.VR.IsText())
        {
            string value = string.Join('\\', Enumerable.Range(1, count).Select(_ => TextOf(entry.VR, rule)));
            dataSet.SetBytes(rule.Tag, entry.VR, System.Text.Encoding.ASCII.GetBytes(value));
        }
        else if (ElementValues.IsOneValue(entry.VR)) dataSet.SetBytes(rule.Tag, entry.VR, new byte[8]);
        else if (entry.VR == VR.AT) dataSet.Set(rule.Tag, Tags.InStackPositionNumber);
        else dataSet.Set<int>(rule.Tag, entry.VR, [.. Enumerable.Range(1, count).Select(_ => NumberOf(entry.VR, rule))]);
    }

    private string TextOf(VR vr, AttributeRule rule)
    {
        if (Chance(0.8) && rule.Checks.FirstOrDefault(c => c.Kind is ValueCheckKind.Enumerated or ValueCheckKind.Defined) is { } check) return OneOf(check.Allowed);
        return vr switch
        {
            VR.UI => string.Create(CultureInfo.InvariantCulture, $"1.2.3.{_random.Next(1, 50)}"),
            VR.CS => OneOf(["YES", "NO", "ORIGINAL", "DERIVED", "MONOCHROME2", "RGB", "A", "PATIENT", "XX"]),
            VR.DS or VR.IS => OneOf(["0", "1", "2", "3", "7"]),
            VR.DA => "20200101",
            VR.TM => "1200",
            VR.DT => "20200101120000",
            VR.PN => "A^B",
            VR.AS => "010Y",
            VR.UR => "http://a",
            _ => "TEXT",
        };
    }

    private int NumberOf(VR vr, AttributeRule rule)
    {
        int number = Chance(0.8) && rule.Checks.FirstOrDefault(c => c.Kind == ValueCheckKind.Number) is { } check
            ? int.Parse(OneOf(check.Allowed), CultureInfo.InvariantCulture)
            : _random.Next(4);
        return vr == VR.SS && number > short.MaxValue ? number - 65536 : number;
    }

    private T OneOf<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    private bool Chance(double probability) => _random.NextDouble() < probability;
}
