namespace Isocenter.Dicom.Validation;

/// <summary>Type of an attribute in a module (PS3.5 §7.4).</summary>
internal enum AttributeType : byte
{
    Type1,
    Type1C,
    Type2,
    Type2C,
    Type3,
}

/// <summary>A module, a macro, or what stands in the items of a sequence of one.</summary>
/// <param name="title">In words, as Patient Module.</param>
/// <param name="section">As PS3.3 §C.7.1.1; empty when not known.</param>
internal sealed class RuleTable(string title, string section)
{
    public string Title { get; } = title;

    public string Section { get; } = section;

    /// <summary>In the order of the standard.</summary>
    public Rule[] Rows { get; set; } = [];

    /// <summary>It is about a repeating group (60xx, 50xx): to be looked at for each group that is there.</summary>
    public bool Repeats { get; set; }
}

/// <summary>One row. Immutable once it has been read.</summary>
internal abstract class Rule
{
    /// <summary>It holds under this condition only; null: always.</summary>
    public Condition? Condition { get; init; }

    /// <summary>There is a condition, but none that a data set tells.</summary>
    public bool IsConditionUnknown { get; init; }
}

/// <summary>An attribute must or may be there.</summary>
internal sealed class AttributeRule : Rule
{
    public required Tag Tag { get; init; }

    public required AttributeType Type { get; init; }

    /// <summary>Of Type 1C or 2C: may be present although the condition does not hold.</summary>
    public bool MayBePresentOtherwise { get; init; }

    /// <summary>A check that a module adds: does not make the attribute part of the IOD.</summary>
    public bool IsAside { get; init; }

    /// <summary>Number of values, where the module says something narrower than PS3.6; number of items of a sequence.</summary>
    public Multiplicity? Multiplicity { get; init; }

    public ValueCheck[] Checks { get; init; } = [];

    /// <summary>What stands in the items; null when it is no sequence.</summary>
    public RuleTable? Items { get; init; }
}

/// <summary>The rows of a macro stand here.</summary>
internal sealed class MacroRule : Rule
{
    public required string Name { get; init; }

    /// <summary>Where its code is from; null when the module does not say so.</summary>
    public ContextGroupUse? ContextGroups { get; init; }
}

/// <summary>Context groups of PS3.16 that a code is from: one of them.</summary>
/// <param name="Cids">Their numbers.</param>
/// <param name="IsDefined">Defined (DCID): a concept that the group has is coded as there. Otherwise Baseline (BCID): a
/// suggestion (PS3.16 §6).</param>
internal sealed record ContextGroupUse(int[] Cids, bool IsDefined);

/// <summary>A further check of an attribute.</summary>
internal sealed class FurtherRule : Rule
{
    public required Tag Tag { get; init; }

    public Multiplicity? Multiplicity { get; init; }

    public ValueCheck[] Checks { get; init; } = [];

    /// <summary>What is wrong when the condition holds.</summary>
    public string? Error { get; init; }

    /// <summary>What is doubtful when the condition holds.</summary>
    public string? Warning { get; init; }

    /// <summary>What is doubtful when the condition does not hold.</summary>
    public string? WarningOtherwise { get; init; }
}

/// <summary>A module of an IOD.</summary>
/// <param name="Name">Of its table; in words when there is none.</param>
/// <param name="Usage">M, C or U (PS3.3 §A.1.3).</param>
/// <param name="Condition">Under which it is looked at; null: always.</param>
/// <param name="HasTable">What stands in it is known.</param>
internal sealed record ModuleUse(string Name, char Usage, Condition? Condition, bool HasTable);

/// <summary>An IOD (PS3.3 Annex A).</summary>
/// <param name="Title">In words, as CT Image.</param>
/// <param name="Section">As PS3.3 §A.3.3; empty when not known.</param>
/// <param name="Modules">In the order of the standard.</param>
internal sealed record Iod(string Title, string Section, IReadOnlyList<ModuleUse> Modules)
{
    /// <summary>All of its modules are known: what stands in none of them does not belong to it.</summary>
    public bool IsComplete { get; } = Modules.All(module => module.HasTable);
}
