using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Isocenter.Dicom;

/// <content>Specific Character Set (0008,0005) and the text that depends on it.</content>
/// <remarks>The rule: <em>text keeps its meaning</em>. Whoever sets, adds or removes (0008,0005) has the text of this data
/// set and of its items encoded anew; when the new set does not hold it, the change is refused and nothing has happened.
/// Items that declare a set of their own are left alone. To correct a declaration that is wrong, so that the same bytes mean
/// another text, there is <see cref="DeclareCharacterSet"/>.</remarks>
public sealed partial class DataSet
{
    private static readonly Tag CharacterSetTag = new(0x0008_0005);

    /// <summary>Changes the character set and encodes all text anew. The same as setting (0008,0005).</summary>
    /// <param name="definedTerms">The terms of PS3.3 §C.12.1.1.2, as ISO_IR 192; none for the default repertoire, or for an
    /// item that of the data set around it.</param>
    /// <exception cref="ArgumentException">There is text that the new set does not hold; the message says where.</exception>
    /// <remarks>Values whose bytes mean nothing in the old set keep their bytes: what they say is not known.</remarks>
    public DataSet ChangeCharacterSet(params ReadOnlySpan<string> definedTerms)
    {
        if (definedTerms.IsEmpty) Remove(CharacterSetTag);
        else Set(CharacterSetTag, VR.CS, definedTerms);
        return this;
    }

    /// <summary>Corrects the declaration: all bytes stay, and mean what they mean in this set.</summary>
    /// <param name="definedTerms">See <see cref="ChangeCharacterSet"/>.</param>
    public DataSet DeclareCharacterSet(params ReadOnlySpan<string> definedTerms)
    {
        ThrowIfFrozen();
        if (definedTerms.IsEmpty)
        {
            RemoveAt(IndexOf(CharacterSetTag));
            return this;
        }
        Insert(new Entry { Tag = CharacterSetTag.Value, VR = VR.CS, Attached = ValueWriter.Write(CharacterSetTag, VR.CS, definedTerms, IsBigEndian, SpecificCharacterSet.Default) });
        return this;
    }

    /// <summary>Encodes the text anew before (0008,0005) becomes another one.</summary>
    /// <returns>Null, or what the new set does not hold; then nothing has changed.</returns>
    private string? EncodeFor(SpecificCharacterSet next)
    {
        var current = CharacterSet;
        if (SpecificCharacterSet.AreSame(current, next)) return null;
        var changes = new List<TextChange>();
        if (CollectText(this, current, next, changes) is { } problem) return problem;
        foreach (var change in changes) change.Apply();
        return null;
    }

    /// <summary>The text of an item that comes from somewhere else goes over into the set in force here; where that does not
    /// hold it, the item declares its own.</summary>
    private void TakeOverText(DataSet item, SpecificCharacterSet from)
    {
        if (item.Contains(CharacterSetTag) || SpecificCharacterSet.AreSame(from, CharacterSet)) return;
        var changes = new List<TextChange>();
        if (CollectText(item, from, CharacterSet, changes) is not null) item.KeepCharacterSet(from);
        else foreach (var change in changes) change.Apply();
    }

    /// <summary>What leaves a data set takes the declaration with it that its text needs.</summary>
    private void KeepCharacterSet(SpecificCharacterSet inherited)
    {
        if (inherited.DefinedTerms.Count == 0 || !NeedsCharacterSet(inherited)) return;
        SetBytes(CharacterSetTag, VR.CS, System.Text.Encoding.Latin1.GetBytes(string.Join('\\', inherited.DefinedTerms)));
    }

    private static string? CollectText(DataSet dataSet, SpecificCharacterSet current, SpecificCharacterSet next, List<TextChange> changes)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (int i = 0; i < dataSet.Count; i++)
        {
            var element = dataSet.ElementAt(i);
            foreach (var item in element.Items)
            {
                if (!item.Contains(CharacterSetTag) && CollectText(item, current, next, changes) is { } inner) return inner;
            }
            if (!TryReencode(element, current, next, out byte[]? bytes, out string? problem)) return problem;
            if (bytes is not null) changes.Add(new TextChange(dataSet, element.Tag, bytes));
        }
        return null;
    }

    /// <summary>The value in another character set.</summary>
    /// <param name="element">Of any VR.</param>
    /// <param name="current">What its bytes are in.</param>
    /// <param name="next">What they are to be in.</param>
    /// <param name="bytes">Null when they stay as they are: plain ASCII, no text, or nothing that means anything.</param>
    /// <param name="problem">The text that <paramref name="next"/> does not hold, and where it stands.</param>
    private static bool TryReencode(DataElement element, SpecificCharacterSet current, SpecificCharacterSet next,
        out byte[]? bytes, [NotNullWhen(false)] out string? problem)
    {
        bytes = null;
        problem = null;
        if (!element.VR.UsesSpecificCharacterSet() || element.Length <= 0) return true;
        var raw = element.Bytes.Span;
        if (current.IsPlainAscii(raw)) return true;
        string text = current.Decode(raw, element.VR);
        if (text.Contains('\uFFFD')) return true;
        text = text.TrimEnd(' ', '\0');
        if (!next.TryEncode(text, element.VR, out byte[] encoded))
        {
            problem = $"{element.DataSet.PathTo(element.Tag)}: '{text}' has characters that {next.Describe()} does not hold";
            return false;
        }
        bytes = ValueWriter.Pad(encoded, element.VR);
        return true;
    }

    /// <summary>There is text here, items included, that depends on what the data set around it declares.</summary>
    private bool NeedsCharacterSet(SpecificCharacterSet inherited)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (Contains(CharacterSetTag)) return false;
        for (int i = 0; i < Count; i++)
        {
            var element = ElementAt(i);
            foreach (var item in element.Items)
            {
                if (item.NeedsCharacterSet(inherited)) return true;
            }
            if (element.VR.UsesSpecificCharacterSet() && element.Length > 0 && !inherited.IsPlainAscii(element.Bytes.Span)) return true;
        }
        return false;
    }

    private SpecificCharacterSet FindCharacterSet() =>
        TryFind(CharacterSetTag, out var element)
            ? SpecificCharacterSet.OfValue(element.Bytes.Span)
            : InheritedCharacterSet;

    private SpecificCharacterSet InheritedCharacterSet => Parent?.CharacterSet ?? SpecificCharacterSet.Undeclared(Leniencies);

    private void ForgetCharacterSet()
    {
        _characterSet = null;
        for (int i = 0; i < Count; i++)
        {
            foreach (var item in ElementAt(i).Items) item.ForgetCharacterSet();
        }
    }

    private readonly record struct TextChange(DataSet DataSet, Tag Tag, byte[] Bytes)
    {
        public void Apply()
        {
            var entry = DataSet.EntryAt(DataSet.IndexOf(Tag));
            entry.Attached = Bytes;
            DataSet.Insert(entry);
        }
    }
}
