using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>One validation: goes through the data set and its items, and collects what it finds.</summary>
internal sealed partial class ValidationRun(IodTables tables, DataSet root, ValidationOptions options)
{
    private readonly FindingList _findings = new(options);
    private readonly List<Level> _levels = [];
    private readonly Dictionary<Condition, bool> _rootAnswers = new(ReferenceEqualityComparer.Instance);
    private int _elementsLeft = options.MaxElements;

    public DataSet Root { get; } = root;

    /// <summary>Group 0002; null when there is none.</summary>
    public DataSet? FileMeta { get; } = options.FileMeta is { Count: > 0 } meta ? meta : null;

    /// <summary>What is no fault of the object is told, too.</summary>
    public bool WantsNotes => options.IncludeNotes;

    public IReadOnlyList<ValidationFinding> Run()
    {
        try
        {
            string sopClass = SopClass();
            var iod = tables.FindIod(sopClass);
            if (iod is null) TellNoIod(sopClass);
            else if (UidDictionary.TryFind(sopClass, out var known) && known.IsRetired) Warning(ValidationRule.SopClass, Tags.SOPClassUID, "PS3.4 §B.6", $"is {known.Name}, which is retired");
            if (FileMeta is not null) CheckDataSet(FileMeta, null, [tables.Module("FileMetaInformation")], isComplete: true, 0);
            CheckDataSet(Root, null, iod is null ? [] : ActiveModules(iod), iod is { IsComplete: true }, 0);
            ConsistencyRules.Check(this, sopClass);
            ContentRules.Check(this, sopClass, iod, options.MaxDepth);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A value that stayed in its file cannot be had any more.
            Add(ValidationSeverity.Error, ValidationRule.Encoding, null, "", $"the file cannot be read any more: {e.Message}");
        }
        return _findings.Ordered();
    }

    /// <summary>Adds a finding about an element of the data set that is looked at, or about that data set (null).</summary>
    public void Add(ValidationSeverity severity, ValidationRule rule, Tag? tag, string section, string message) =>
        _findings.Add(severity, rule, tag, section, message);

    public void Error(ValidationRule rule, Tag? tag, string section, string message) => Add(ValidationSeverity.Error, rule, tag, section, message);

    public void Warning(ValidationRule rule, Tag? tag, string section, string message) => Add(ValidationSeverity.Warning, rule, tag, section, message);

    /// <summary>Does something within an item, so that findings have its path.</summary>
    public void Within(Tag sequence, int item, Action work)
    {
        _findings.Enter(sequence, item);
        work();
        _findings.Leave();
    }

    /// <summary>Adds a finding about an element of an item of a report.</summary>
    public void AddAt(ContentItem item, ValidationSeverity severity, ValidationRule rule, Tag? tag, string section, string message)
    {
        if (item.Parent is null)
        {
            Add(severity, rule, tag, section, message);
            return;
        }
        var path = new Stack<ContentItem>();
        for (var around = item; around.Parent is not null; around = around.Parent) path.Push(around);
        foreach (var around in path) _findings.Enter(Tags.ContentSequence, around.Number);
        Add(severity, rule, tag, section, message);
        foreach (var _ in path) _findings.Leave();
    }

    private string SopClass()
    {
        string uid = Root.Get(Tags.SOPClassUID, "");
        if (uid.Length > 0) return uid;
        // A DICOMDIR has no SOP Common Module.
        return Root.Contains(Tags.DirectoryRecordSequence) || FileMeta?.Get(Tags.MediaStorageSOPClassUID, "") == SopClasses.MediaStorageDirectoryStorage
            ? SopClasses.MediaStorageDirectoryStorage
            : "";
    }

    private void TellNoIod(string sopClass)
    {
        const string Rest = "only values and their encoding are checked";
        if (sopClass.Length == 0) Error(ValidationRule.SopClass, Tags.SOPClassUID, "PS3.3 §C.12.1", $"is absent or empty, but of Type 1 in the SOP Common Module; without it there is no IOD, and {Rest}");
        else if (UidDictionary.TryFind(sopClass, out var known)) Warning(ValidationRule.SopClass, Tags.SOPClassUID, "", $"no IOD is known here for {known.Name}; {Rest}");
        else Warning(ValidationRule.SopClass, Tags.SOPClassUID, "", $"{Quote(sopClass)} is no SOP Class of the standard; {Rest}");
    }

    private List<RuleTable> ActiveModules(Iod iod)
    {
        var scope = new Scope(Root, null, Root, FileMeta);
        var active = new List<RuleTable>(iod.Modules.Count);
        foreach (var use in iod.Modules)
        {
            if (!use.HasTable)
            {
                Note(null, iod.Section, $"the {use.Name} module ({use.Usage}) of the {iod.Title} IOD is not in the tables and is not checked");
                continue;
            }
            if (use.Name == "FileMetaInformation") continue;
            var table = tables.Module(use.Name);
            if (use.Condition is null || Holds(use.Condition, scope)) active.Add(table);
            else _inactive.Add((table, use.Usage));
        }
        return active;
    }

    /// <summary>Checks one data set: first the rules of the tables, then each element, then what stands in items.</summary>
    /// <param name="dataSet">The data set.</param>
    /// <param name="around">The one whose sequence holds it.</param>
    /// <param name="rules">What is known about it.</param>
    /// <param name="isComplete">What none of the rules names does not belong here.</param>
    /// <param name="depth">Of sequences around it.</param>
    private void CheckDataSet(DataSet dataSet, DataSet? around, List<RuleTable> rules, bool isComplete, int depth)
    {
        var level = LevelAt(depth);
        level.Start(dataSet.Count);
        var scope = new Scope(dataSet, around, Root, FileMeta);
        foreach (var table in rules) CheckTable(table, scope, level, nesting: 0);
        if (depth > 0) CodeRules.Check(this, dataSet);

        var creators = new PrivateCreators(dataSet);
        for (int i = 0; i < dataSet.Count; i++)
        {
            if (--_elementsLeft < 0)
            {
                _findings.Stop($"more than {options.MaxElements.ToString(CultureInfo.InvariantCulture)} elements; the rest is not checked");
                return;
            }
            var element = dataSet.ElementAt(i);
            CheckElement(element, creators);
            if (!level.IsKnown(i) && isComplete) CheckBelongs(element, isRoot: depth == 0);
            if (element.IsSequence) CheckItems(element, level.RulesOf(i), isComplete, depth);
        }
    }

    private void CheckItems(DataElement element, List<RuleTable> rules, bool isComplete, int depth)
    {
        if (depth + 1 >= options.MaxDepth)
        {
            if (element.Items.Count > 0) Warning(ValidationRule.Limit, element.Tag, "", $"nested deeper than {options.MaxDepth}; its items are not checked");
            return;
        }
        for (int i = 0; i < element.Items.Count; i++)
        {
            _findings.Enter(element.Tag, i + 1);
            CheckDataSet(element.Items[i], element.DataSet, rules, isComplete && rules.Exists(table => table.Rows.Length > 0), depth + 1);
            _findings.Leave();
            if (_elementsLeft < 0) return;
        }
    }

    private bool Holds(Condition condition, in Scope scope)
    {
        if (!condition.IsAboutRoot || scope.GroupOffset >= 0) return condition.Holds(scope);
        if (_rootAnswers.TryGetValue(condition, out bool answer)) return answer;
        answer = condition.Holds(scope);
        _rootAnswers[condition] = answer;
        return answer;
    }

    public void Note(Tag? tag, string section, string message)
    {
        if (options.IncludeNotes) Add(ValidationSeverity.Note, ValidationRule.NotComputable, tag, section, message);
    }

    private Level LevelAt(int depth)
    {
        while (_levels.Count <= depth) _levels.Add(new Level());
        return _levels[depth];
    }

    /// <summary>What is found out about a data set before its elements are gone through. One for each depth, used again.</summary>
    private sealed class Level
    {
        private readonly List<(int Index, RuleTable Items)> _items = [];
        private readonly List<RuleTable> _rules = [];
        private ulong[] _known = new ulong[8];

        public void Start(int count)
        {
            _items.Clear();
            if (_known.Length < (count + 63) / 64) _known = new ulong[(count + 63) / 64];
            else Array.Clear(_known);
        }

        public void MarkKnown(int index) => _known[index >> 6] |= 1UL << (index & 63);

        public bool IsKnown(int index) => (_known[index >> 6] & 1UL << (index & 63)) != 0;

        public void AddItems(int index, RuleTable items) => _items.Add((index, items));

        /// <summary>The tables for the items of a sequence. Valid until asked for another.</summary>
        public List<RuleTable> RulesOf(int index)
        {
            _rules.Clear();
            foreach (var (of, items) in _items)
            {
                if (of == index && !_rules.Contains(items)) _rules.Add(items);
            }
            return _rules;
        }
    }
}
