using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>What the providers ask of an attribute list.</summary>
internal static class AttributeCheck
{
    /// <summary>Type 1 attributes: 0x0120 when one is missing, 0x0121 when one is empty (PS3.7 §10.1.5.1.6); null: all are there.</summary>
    public static NormalizedResponse? Require(DataSet attributes, params ReadOnlySpan<Tag> type1)
    {
        List<Tag> missing = [], empty = [];
        foreach (var tag in type1)
        {
            if (!attributes.TryFind(tag, out var element)) missing.Add(tag);
            else if (element.IsEmpty || element.IsSequence && element.Items.Count == 0) empty.Add(tag);
        }
        return missing.Count > 0 ? NormalizedResponse.Refuse(Status.MissingAttribute.With($"missing: {Names(missing)}"), missing)
            : empty.Count > 0 ? NormalizedResponse.Refuse(Status.MissingAttributeValue.With($"without a value: {Names(empty)}"), empty)
            : null;
    }

    /// <summary>The answer to an N-GET: the attributes asked for, all when none is named; what the instance lacks is empty.</summary>
    public static DataSet Select(DataSet instance, IReadOnlyList<Tag> wanted, params ReadOnlySpan<Tag> hidden)
    {
        DataSet answer;
        if (wanted.Count == 0)
        {
            answer = instance.Copy();
        }
        else
        {
            answer = new DataSet();
            if (instance.TryFind(Tags.SpecificCharacterSet, out var characterSet)) answer.Add(characterSet);
            foreach (var tag in wanted.Distinct().Order())
            {
                if (instance.TryFind(tag, out var element)) answer.Add(element);
                else if (DataDictionary.VROf(tag) is var vr && vr == VR.SQ) answer.Set<DataSet>(tag, vr);
                else answer.SetBytes(tag, vr is VR.None ? VR.UN : vr, []);
            }
        }
        foreach (var tag in hidden) answer.Remove(tag);
        return answer;
    }

    /// <summary>Takes over every attribute of <paramref name="modifications"/>, sequences as a whole.</summary>
    public static void Modify(DataSet instance, DataSet modifications, params ReadOnlySpan<Tag> except)
    {
        var taken = modifications.Copy();
        foreach (var tag in except) taken.Remove(tag);
        instance.Merge(taken, MergeRule.Replace);
    }

    private static string Names(List<Tag> tags) => string.Join(", ", tags.Select(t => DataDictionary.TryFind(t, out var entry) ? entry.Keyword : t.ToString()));
}
