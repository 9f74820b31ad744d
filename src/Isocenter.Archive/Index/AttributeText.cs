using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>Copies attributes between data sets whose text may be in different character sets (PS3.3 §C.12.1.1.2).</summary>
internal static class AttributeText
{
    private const string Utf8 = "ISO_IR 192";

    /// <summary>The text of the element reads the same in every character set.</summary>
    public static bool IsPlain(DataElement element)
    {
        if (element.IsSequence)
        {
            foreach (var item in element.Items)
            {
                foreach (var inner in item)
                {
                    if (!IsPlain(inner)) return false;
                }
            }
            return true;
        }
        // An escape (0x1B) switches sets in the ISO 2022 ones.
        return !element.VR.UsesSpecificCharacterSet() || !element.Bytes.Span.ContainsAnyExceptInRange((byte)0x1C, (byte)0x7E);
    }

    public static bool IsSame(SpecificCharacterSet a, SpecificCharacterSet b) =>
        ReferenceEquals(a, b) || a.DefinedTerms.SequenceEqual(b.DefinedTerms, StringComparer.Ordinal);

    /// <summary>Copies the element; its text is translated when the character sets differ. The target's must be able to
    /// hold it, as UTF-8 can.</summary>
    public static void Copy(DataElement element, DataSet target)
    {
        if (IsPlain(element) || IsSame(element.DataSet.CharacterSet, target.CharacterSet))
        {
            target.Add(element);
            return;
        }
        if (element.IsSequence)
        {
            var items = new List<DataSet>();
            foreach (var item in element.Items)
            {
                var copy = new DataSet();
                copy.Set(Tags.SpecificCharacterSet, Utf8);
                foreach (var inner in item)
                {
                    if (inner.Tag != Tags.SpecificCharacterSet) Copy(inner, copy);
                }
                items.Add(copy);
            }
            target.Set<DataSet>(element.Tag, VR.SQ, [.. items]);
            return;
        }
        string text = element.DataSet.CharacterSet.Decode(element.Bytes.Span, element.VR).TrimEnd(' ', '\0');
        target.SetBytes(element.Tag, element.VR, target.CharacterSet.Encode(text, element.VR));
    }

    /// <summary>Gives a new data set the character set that all of <paramref name="elements"/> can be written in: none
    /// when they are plain, their own when they share one, UTF-8 otherwise.</summary>
    public static void ChooseCharacterSet(DataSet target, IEnumerable<DataElement> elements)
    {
        SpecificCharacterSet? common = null;
        foreach (var element in elements)
        {
            if (IsPlain(element)) continue;
            var own = element.DataSet.CharacterSet;
            if (common is not null && !IsSame(common, own))
            {
                target.Set(Tags.SpecificCharacterSet, Utf8);
                return;
            }
            common = own;
        }
        // As bytes: the terms in the field are not all legal.
        if (common is { DefinedTerms.Count: > 0 })
            target.SetBytes(Tags.SpecificCharacterSet, VR.CS, System.Text.Encoding.Latin1.GetBytes(string.Join('\\', common.DefinedTerms)));
    }
}
