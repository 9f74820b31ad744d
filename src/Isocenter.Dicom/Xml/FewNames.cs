using System.Xml;

namespace Isocenter.Dicom;

/// <summary>A table of names that takes no more than the Native DICOM Model needs, and some: an unlimited one would keep
/// every name that a hostile text makes up.</summary>
internal sealed class FewNames : XmlNameTable
{
    private const int Most = 256;

    private readonly NameTable _names = new();
    private int _count;

    public override string Add(char[] array, int offset, int length) =>
        _names.Get(array, offset, length) ?? Counted(_names.Add(array, offset, length));

    public override string Add(string array) => _names.Get(array) ?? Counted(_names.Add(array));

    public override string? Get(char[] array, int offset, int length) => _names.Get(array, offset, length);

    public override string? Get(string array) => _names.Get(array);

    private string Counted(string name) => _count++ < Most
        ? name
        : throw new DicomFormatException($"the XML has more than {Most} different names; the Native DICOM Model has 22", rule: "PS3.19 §A.1.6");
}
