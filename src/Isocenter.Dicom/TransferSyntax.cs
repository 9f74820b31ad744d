namespace Isocenter.Dicom;

/// <summary>How a data set is put into bytes: VR encoding, byte order, compression (PS3.5 §10, Annex A).</summary>
/// <remarks>Immutable. Known syntaxes are shared instances (see the generated properties); unknown and private ones are
/// made by <see cref="Of"/> and read as Explicit VR Little Endian, as PS3.5 §A.4 demands of every encapsulated one.</remarks>
public sealed partial class TransferSyntax : IEquatable<TransferSyntax>
{
    internal TransferSyntax(Uid uid, string name, bool explicitVR = true, bool bigEndian = false,
        bool encapsulated = false, bool deflated = false, bool known = true, bool bigEndianPixels = false)
    {
        Uid = uid;
        Name = name;
        IsExplicitVR = explicitVR;
        IsBigEndian = bigEndian;
        IsEncapsulated = encapsulated;
        IsDeflated = deflated;
        IsKnown = known;
        HasBigEndianPixels = bigEndianPixels;
    }

    /// <summary>Its UID.</summary>
    public Uid Uid { get; }

    /// <summary>Its name in PS3.6 Annex A.</summary>
    public string Name { get; }

    /// <summary>The VR stands in each element.</summary>
    public bool IsExplicitVR { get; }

    /// <summary>Numbers are big endian.</summary>
    public bool IsBigEndian { get; }

    /// <summary>Pixel Data is a sequence of fragments (PS3.5 §A.4).</summary>
    public bool IsEncapsulated { get; }

    /// <summary>The whole data set is one raw deflate stream (PS3.5 §A.5).</summary>
    public bool IsDeflated { get; }

    /// <summary>Stands in PS3.6, or is one of the private ones we know.</summary>
    public bool IsKnown { get; }

    /// <summary>Little endian but for Pixel Data: GE's private 1.2.840.113619.5.2.</summary>
    public bool HasBigEndianPixels { get; }

    /// <summary>1.2.840.10008.1.2, the default of DICOM.</summary>
    public static TransferSyntax ImplicitVRLittleEndian { get; } =
        new(Uid.Parse("1.2.840.10008.1.2"), "Implicit VR Little Endian", explicitVR: false);

    /// <summary>1.2.840.10008.1.2.1</summary>
    public static TransferSyntax ExplicitVRLittleEndian { get; } =
        new(Uid.Parse("1.2.840.10008.1.2.1"), "Explicit VR Little Endian");

    /// <summary>1.2.840.10008.1.2.2, retired, still in the field.</summary>
    public static TransferSyntax ExplicitVRBigEndian { get; } =
        new(Uid.Parse("1.2.840.10008.1.2.2"), "Explicit VR Big Endian", bigEndian: true);

    /// <summary>1.2.840.10008.1.2.1.99</summary>
    public static TransferSyntax DeflatedExplicitVRLittleEndian { get; } =
        new(Uid.Parse("1.2.840.10008.1.2.1.99"), "Deflated Explicit VR Little Endian", deflated: true);

    /// <summary>1.2.840.113619.5.2, GE's private implicit little endian with big endian pixels.</summary>
    public static TransferSyntax GEPrivateImplicitVRBigEndianPixels { get; } =
        new(Uid.Parse("1.2.840.113619.5.2"), "GE Private Implicit VR, Big Endian Pixels", explicitVR: false, bigEndianPixels: true);

    /// <summary>The syntax of a UID. One that is not known is taken for an encapsulated Explicit VR Little Endian.</summary>
    public static TransferSyntax Of(Uid uid)
    {
        ArgumentNullException.ThrowIfNull(uid);
        switch (uid.Value)
        {
            case "1.2.840.10008.1.2": return ImplicitVRLittleEndian;
            case "1.2.840.10008.1.2.1": return ExplicitVRLittleEndian;
            case "1.2.840.10008.1.2.2": return ExplicitVRBigEndian;
            case "1.2.840.10008.1.2.1.99": return DeflatedExplicitVRLittleEndian;
            case "1.2.840.113619.5.2": return GEPrivateImplicitVRBigEndianPixels;
        }
        return Generated(uid.Value) ?? new TransferSyntax(uid, uid.Value, encapsulated: true, known: false);
    }

    /// <summary>Makes a syntax of PS3.6 Annex A: Explicit VR Little Endian and encapsulated, but for the few here.</summary>
    private static TransferSyntax WellKnown(string uid, string name)
    {
        // JPIP Referenced Deflate (…4.95, …4.205) deflates the data set like …1.2.1.99 (PS3.5 §A.7, §A.12).
        bool deflated = uid is "1.2.840.10008.1.2.4.95" or "1.2.840.10008.1.2.4.205";
        // JPIP and SMPTE ST 2110 leave the pixels outside of the data set; MIME, XML and Papyrus never encapsulated any.
        bool encapsulated = !deflated && uid is not ("1.2.840.10008.1.2.4.94" or "1.2.840.10008.1.2.4.204"
            or "1.2.840.10008.1.2.7.1" or "1.2.840.10008.1.2.7.2" or "1.2.840.10008.1.2.7.3"
            or "1.2.840.10008.1.2.6.1" or "1.2.840.10008.1.2.6.2" or "1.2.840.10008.1.20");
        bool explicitVR = uid is not "1.2.840.10008.1.20";      // Papyrus 3 Implicit VR Little Endian
        return new TransferSyntax(Uid.Parse(uid), name, explicitVR, encapsulated: encapsulated, deflated: deflated);
    }

    /// <inheritdoc/>
    public bool Equals(TransferSyntax? other) => other is not null && Uid == other.Uid;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TransferSyntax);

    /// <inheritdoc/>
    public override int GetHashCode() => Uid.GetHashCode();

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
