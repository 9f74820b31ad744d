using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>Reads the rows of modules and macros in Iods.txt.</summary>
internal static class RowParser
{
    /// <param name="fields">The row, cut at its tabs.</param>
    /// <param name="items">What stands in the items, when rows below are deeper.</param>
    /// <param name="table">The table the row is part of.</param>
    /// <param name="tables">All of them.</param>
    public static Rule Parse(string[] fields, RuleTable? items, RuleTable table, IodTables tables)
    {
        var options = new Options(fields.AsSpan(1), tables);
        string name = fields[0];
        if (name[0] == '@') return new MacroRule { Name = name[1..], Condition = options.Condition, IsConditionUnknown = options.IsConditionUnknown, ContextGroups = options.ContextGroups };
        if (name[0] == '!')
        {
            return new FurtherRule
            {
                Tag = TagOf(name[1..]),
                Condition = options.Condition,
                IsConditionUnknown = options.IsConditionUnknown,
                Multiplicity = options.Multiplicity,
                Checks = options.Checks,
                Error = options.Error,
                Warning = options.Warning,
                WarningOtherwise = options.WarningOtherwise,
            };
        }
        return new AttributeRule
        {
            Tag = TagOf(name),
            Type = fields[1] switch
            {
                "1" => AttributeType.Type1,
                "1C" => AttributeType.Type1C,
                "2" => AttributeType.Type2,
                "2C" => AttributeType.Type2C,
                _ => AttributeType.Type3,
            },
            Condition = options.Condition,
            IsConditionUnknown = options.IsConditionUnknown,
            MayBePresentOtherwise = options.MayBePresentOtherwise,
            IsAside = options.IsAside,
            Multiplicity = options.Multiplicity,
            Checks = options.Checks,
            Items = items ?? (options.IsSequence ? new RuleTable(table.Title, table.Section) : null),
        };
    }

    private static Tag TagOf(string keyword) =>
        DataDictionary.TryFind(keyword, out var entry) ? entry.Tag : throw new FormatException($"{keyword} is no keyword of PS3.6");

    private readonly ref struct Options
    {
        public readonly Condition? Condition;
        public readonly bool IsConditionUnknown;
        public readonly bool MayBePresentOtherwise;
        public readonly bool IsAside;
        public readonly bool IsSequence;
        public readonly Multiplicity? Multiplicity;
        public readonly ValueCheck[] Checks;
        public readonly string? Error;
        public readonly string? Warning;
        public readonly string? WarningOtherwise;
        public readonly ContextGroupUse? ContextGroups;

        public Options(ReadOnlySpan<string> fields, IodTables tables)
        {
            var checks = new List<ValueCheck>();
            foreach (string field in fields)
            {
                int equals = field.IndexOf('=');
                string key = equals < 0 ? field : field[..equals], value = equals < 0 ? "" : field[(equals + 1)..];
                int index = 0;
                if (key[0] == '[')
                {
                    int end = key.IndexOf(']');
                    index = int.Parse(key.AsSpan(1, end - 1), CultureInfo.InvariantCulture);
                    key = key[(end + 1)..];
                }
                switch (key)
                {
                    case "if" when value == "?": IsConditionUnknown = true; break;
                    case "if": Condition = tables.ConditionOf(value); break;
                    case "mbpo": MayBePresentOtherwise = true; break;
                    case "aside": IsAside = true; break;
                    case "vm": Multiplicity = Validation.Multiplicity.Parse(value); break;
                    case "items":
                        Multiplicity = Validation.Multiplicity.Parse(value);
                        IsSequence = true;
                        break;
                    case "enum": checks.Add(new ValueCheck(ValueCheckKind.Enumerated, index, tables.ValuesOf(value))); break;
                    case "term": checks.Add(new ValueCheck(ValueCheckKind.Defined, index, tables.ValuesOf(value))); break;
                    case "number": checks.Add(new ValueCheck(ValueCheckKind.Number, index, tables.ValuesOf(value))); break;
                    case "tag": checks.Add(new ValueCheck(ValueCheckKind.Tag, index, tables.ValuesOf(value))); break;
                    case "bits": checks.Add(new ValueCheck(ValueCheckKind.Bits, index, tables.ValuesOf(value))); break;
                    case "zero": checks.Add(new ValueCheck(value == "error" ? ValueCheckKind.ZeroIsError : ValueCheckKind.ZeroIsWarning, index, [])); break;
                    case "baseline" or "defined": ContextGroups = new ContextGroupUse([.. Validation.ContextGroups.CidsOf(value)], IsDefined: key == "defined"); break;
                    case "error": Error = value; break;
                    case "warning": Warning = value; break;
                    case "else": WarningOtherwise = value; break;
                    case "1" or "1C" or "2" or "2C" or "3": break;
                    default: throw new FormatException($"unknown option '{field}' in {string.Join(' ', fields)}");
                }
            }
            Checks = [.. checks];
        }
    }
}
