using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <content>The rows of modules and macros.</content>
internal sealed partial class ValidationRun
{
    /// <summary>Macros within macros; the tables have a handful.</summary>
    private const int DeepestMacro = 32;

    /// <summary>Longer conditions are not written out in a message.</summary>
    private const int LongestShownCondition = 160;

    private readonly List<(RuleTable Table, char Usage)> _inactive = [];

    private void CheckTable(RuleTable table, in Scope scope, Level level, int nesting)
    {
        if (nesting > DeepestMacro) return;
        if (table.Repeats && scope.GroupOffset < 0)
        {
            bool any = false;
            var first = table.Rows.OfType<AttributeRule>().First(row => RepeatingGroups.Contains(row.Tag)).Tag;
            foreach (int offset in RepeatingGroups.OffsetsIn(scope.DataSet, first))
            {
                any = true;
                CheckTable(table, scope with { GroupOffset = offset }, level, nesting);
            }
            if (!any) CheckTable(table, scope with { GroupOffset = 0 }, level, nesting);
            return;
        }
        foreach (var row in table.Rows)
        {
            switch (row)
            {
                case AttributeRule attribute:
                    CheckAttribute(attribute, table, scope, level);
                    break;
                case MacroRule macro:
                    if (macro.Condition is not null && !Holds(macro.Condition, scope)) break;
                    CheckTable(tables.Macro(macro.Name), scope, level, nesting + 1);
                    if (macro.ContextGroups is { } groups && !macro.IsConditionUnknown) CodeRules.CheckUse(this, scope.DataSet, groups, table);
                    break;
                case FurtherRule further:
                    CheckFurther(further, table, scope);
                    break;
            }
        }
    }

    private void CheckAttribute(AttributeRule rule, RuleTable table, in Scope scope, Level level)
    {
        var tag = TagIn(rule.Tag, scope);
        int index = scope.DataSet.IndexOf(tag);
        if (index < 0)
        {
            TellAbsent(rule, tag, table, scope);
            return;
        }
        if (!rule.IsAside) level.MarkKnown(index);
        var element = scope.DataSet.ElementAt(index);
        bool isEmpty = ElementValues.IsEmpty(element);
        if (element.IsSequence && rule.Items is not null) level.AddItems(index, rule.Items);
        bool isAllowed = CheckPresence(rule, tag, isEmpty, table, scope);
        if (element.IsSequence && rule.Items is not null)
        {
            // An empty sequence of Type 1 has been told already.
            if (isEmpty && rule.Type is AttributeType.Type1 or AttributeType.Type1C or AttributeType.Type2 or AttributeType.Type2C) return;
            if (rule.Multiplicity is { } items && !items.Allows(element.Items.Count))
                Error(ValidationRule.NumberOfItems, tag, table.Section, $"has {Count(element.Items.Count, "item")}, but {Describe(items)} in the {table.Title}");
            return;
        }
        if (!isEmpty && isAllowed) CheckValues(element, rule.Multiplicity, rule.Checks, table);
    }

    private void TellAbsent(AttributeRule rule, Tag tag, RuleTable table, in Scope scope)
    {
        switch (rule.Type)
        {
            case AttributeType.Type1:
                Error(ValidationRule.Absent, tag, table.Section, $"is absent, but of Type 1 in the {table.Title}: it must be there with a value");
                break;
            case AttributeType.Type2:
                Error(ValidationRule.Absent, tag, table.Section, $"is absent, but of Type 2 in the {table.Title}: it must be there, if only empty");
                break;
            case AttributeType.Type1C or AttributeType.Type2C when rule.IsConditionUnknown:
                Note(tag, table.Section, $"is absent; of {NameOf(rule.Type)} in the {table.Title}, on a condition that no data set tells");
                break;
            case AttributeType.Type1C or AttributeType.Type2C when rule.Condition is { } condition && Holds(condition, scope):
                Error(ValidationRule.ConditionallyAbsent, tag, table.Section, $"is absent, but of {NameOf(rule.Type)} in the {table.Title}, and its condition holds{Show(condition)}");
                break;
        }
    }

    /// <returns>False when it must not be here at all.</returns>
    private bool CheckPresence(AttributeRule rule, Tag tag, bool isEmpty, RuleTable table, in Scope scope)
    {
        switch (rule.Type)
        {
            case AttributeType.Type1 when isEmpty:
                Error(ValidationRule.Empty, tag, table.Section, $"is empty, but of Type 1 in the {table.Title}: it must have a value");
                break;
            case AttributeType.Type1C or AttributeType.Type2C when rule.Condition is { } condition && !rule.MayBePresentOtherwise && !Holds(condition, scope):
                Error(ValidationRule.NotAllowed, tag, table.Section, $"is present, but of {NameOf(rule.Type)} in the {table.Title}, and its condition does not hold{Show(condition)}");
                return false;
            case AttributeType.Type1C when isEmpty:
                Error(ValidationRule.ConditionallyEmpty, tag, table.Section, $"is empty, but of Type 1C in the {table.Title}: when it is there it must have a value");
                break;
        }
        return true;
    }

    private void CheckFurther(FurtherRule rule, RuleTable table, in Scope scope)
    {
        if (rule.IsConditionUnknown) return;
        bool holds = rule.Condition is null || Holds(rule.Condition, scope);
        var tag = TagIn(rule.Tag, scope);
        bool isPresent = scope.DataSet.TryFind(tag, out var element);
        string value = isPresent && !element.IsSequence && !ElementValues.IsEmpty(element) ? $"; it is {Quote(element)}" : "";
        if (holds && rule.Error is { } error) Error(ValidationRule.ModuleRule, tag, table.Section, $"{Sentence(error)} ({table.Title}){value}");
        if (holds && rule.Warning is { } warning) Warning(ValidationRule.ModuleRule, tag, table.Section, $"{Sentence(warning)} ({table.Title}){value}");
        if (!holds && rule.WarningOtherwise is { } otherwise) Warning(ValidationRule.ModuleRule, tag, table.Section, $"{Sentence(otherwise)} ({table.Title}){value}");
        if (holds && isPresent && !ElementValues.IsEmpty(element)) CheckValues(element, rule.Multiplicity, rule.Checks, table);
    }

    private void CheckValues(DataElement element, Multiplicity? multiplicity, ValueCheck[] checks, RuleTable table)
    {
        if (multiplicity is { } vm && !element.IsSequence)
        {
            int count = ElementValues.Count(element);
            if (!vm.Allows(count)) Error(ValidationRule.ValueMultiplicity, element.Tag, table.Section, $"has {Count(count, "value")}, but {Describe(vm)} in the {table.Title}");
        }
        foreach (var check in checks)
        {
            int wrong = check.FirstWrong(element);
            if (wrong == 0) continue;
            string which = wrong > 1 || ElementValues.Count(element) > 1 ? $"value {wrong.ToString(CultureInfo.InvariantCulture)} is" : "is";
            string value = $"{which} {QuoteValue(element, wrong)}";
            switch (check.Kind)
            {
                case ValueCheckKind.Defined:
                    Warning(ValidationRule.DefinedTerm, element.Tag, table.Section, $"{value}, none of the Defined Terms of the {table.Title}: {check.Describe()}");
                    break;
                case ValueCheckKind.ZeroIsWarning:
                    Warning(ValidationRule.Zero, element.Tag, table.Section, $"{value}, which is hardly meant");
                    break;
                case ValueCheckKind.ZeroIsError:
                    Error(ValidationRule.Zero, element.Tag, table.Section, $"{value}, which the {table.Title} does not allow");
                    break;
                case ValueCheckKind.Bits:
                    Error(ValidationRule.EnumeratedValue, element.Tag, table.Section, $"{value}: has bits set that the {table.Title} does not define");
                    break;
                default:
                    Error(ValidationRule.EnumeratedValue, element.Tag, table.Section, $"{value}, none of the Enumerated Values of the {table.Title}: {check.Describe()}");
                    break;
            }
        }
    }

    private static Tag TagIn(Tag tag, in Scope scope) =>
        scope.GroupOffset > 0 && RepeatingGroups.Contains(tag) ? RepeatingGroups.Shift(tag, scope.GroupOffset) : tag;

    private static string NameOf(AttributeType type) => type switch
    {
        AttributeType.Type1 => "Type 1",
        AttributeType.Type1C => "Type 1C",
        AttributeType.Type2 => "Type 2",
        AttributeType.Type2C => "Type 2C",
        _ => "Type 3",
    };

    private static string Show(Condition condition) => condition.Text.Length <= LongestShownCondition ? $": {condition.Text}" : "";

    /// <summary>The messages of the tables start with a capital or in the middle of a sentence.</summary>
    private static string Sentence(string message) =>
        message.Length > 1 && char.IsUpper(message[0]) && char.IsLower(message[1]) && message.Contains(' ') && message.IndexOf(' ') < 12
            ? char.ToLowerInvariant(message[0]) + message[1..]
            : message;

    private static string Count(int count, string what) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} {what}{(count == 1 ? "" : "s")}");

    private static string Describe(Multiplicity m) => string.Create(CultureInfo.InvariantCulture, $"{m switch
    {
        { Most: int.MaxValue, Step: > 1 } => $"a multiple of {m.Step}, at least {m.Least}",
        { Most: int.MaxValue } => $"at least {m.Least}",
        _ when m.Least == m.Most => $"{m.Least}",
        _ => $"{m.Least} to {m.Most}",
    }} {(m is { Least: 1, Most: 1 } ? "is" : "are")} asked for");
}
