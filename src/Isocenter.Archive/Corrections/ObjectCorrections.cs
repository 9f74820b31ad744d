using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>The corrections of one object, applied to its data set on the way out, and to its attributes on the way into the
/// index.</summary>
internal sealed class ObjectCorrections(IReadOnlyList<Correction> corrections)
{
    /// <summary>The same for the same corrections.</summary>
    public string Revision { get; } = string.Join('.', corrections.Select(c => c.Number.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Changes the data set, and notes in Original Attributes Sequence what its values were (PS3.3 §C.12.1.1.9.1).</summary>
    public void Apply(DataSet dataSet)
    {
        foreach (var correction in corrections) Apply(dataSet, correction);
    }

    /// <summary>The entry for the index.</summary>
    /// <param name="header">As it is in the file.</param>
    /// <param name="original">What was made of it.</param>
    /// <exception cref="ArgumentException">Its text cannot be brought into the character set of the corrections.</exception>
    public IndexEntry Corrected(DataSet header, IndexEntry original)
    {
        var copy = header.Copy();
        Apply(copy);
        if (!IndexEntry.TryMake(copy, original.Extra, out var entry, out string? problem)) throw new InvalidOperationException(problem);
        return entry with { Corrections = this, OriginalStudy = entry.StudyUid == original.StudyUid ? null : original.StudyUid };
    }

    private static void Apply(DataSet dataSet, Correction correction)
    {
        // All of its text goes over into the character set that holds the new values.
        if (correction.Changes.Any(change => !AttributeText.IsPlain(change)) && !AttributeText.IsSame(dataSet.CharacterSet, correction.Changes.CharacterSet)
            && correction.Changes.TryFind(Tags.SpecificCharacterSet, out var characterSet)) dataSet.Add(characterSet);
        var changes = correction.Changes.Where(change => change.Tag != Tags.SpecificCharacterSet).ToList();
        var before = dataSet.Where(element => changes.Exists(change => change.Tag == element.Tag)).ToList();
        var previous = new DataSet();
        AttributeText.ChooseCharacterSet(previous, before);
        foreach (var element in before) AttributeText.Copy(element, previous);
        foreach (var change in changes) AttributeText.Copy(change, dataSet);
        var items = dataSet.GetAll<DataSet>(Tags.OriginalAttributesSequence).Select(item => item.Copy()).ToList();
        items.Add(new DataSet()
            .Set<DataSet>(Tags.ModifiedAttributesSequence, previous)
            .Set(Tags.AttributeModificationDateTime, correction.At.UtcDateTime.ToString("yyyyMMddHHmmss.ffffff'+0000'", CultureInfo.InvariantCulture))
            .Set(Tags.ModifyingSystem, "Isocenter")
            .Set<string>(Tags.SourceOfPreviousValues)
            .Set(Tags.ReasonForTheAttributeModification, "CORRECT"));
        dataSet.Set<DataSet>(Tags.OriginalAttributesSequence, [.. items]);
    }
}
