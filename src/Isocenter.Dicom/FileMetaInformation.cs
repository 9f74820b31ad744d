using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Dicom;

/// <summary>The group 0002 that says what a file holds (PS3.10 §7.1).</summary>
public static class FileMetaInformation
{
    /// <summary>Identifies this implementation in files and associations (PS3.7 §D.3.3.2).</summary>
    public static Uid ImplementationClassUid { get; } = Uid.Parse("2.25.302043790172249692526321623266752743501");

    /// <summary>Its version, 16 characters at most.</summary>
    public const string ImplementationVersionName = "ISOCENTER_0_1";

    /// <summary>Makes the File Meta Information for an object.</summary>
    /// <param name="sopClassUid">As text: the field's illegal UIDs must be storable too.</param>
    /// <param name="sopInstanceUid">As text.</param>
    /// <param name="syntax">How the data set is encoded.</param>
    /// <param name="sourceAETitle">Who sent it; null when nobody did.</param>
    public static DataSet Create(string sopClassUid, string sopInstanceUid, TransferSyntax syntax, string? sourceAETitle = null)
    {
        ArgumentNullException.ThrowIfNull(syntax);
        var meta = new DataSet()
            .SetBytes(Tags.FileMetaInformationVersion, VR.OB, [0, 1])
            .SetText(Tags.MediaStorageSOPClassUID, VR.UI, sopClassUid)
            .SetText(Tags.MediaStorageSOPInstanceUID, VR.UI, sopInstanceUid)
            .Set(Tags.TransferSyntaxUID, syntax.Uid.Value)
            .Set(Tags.ImplementationClassUID, ImplementationClassUid.Value)
            .Set(Tags.ImplementationVersionName, ImplementationVersionName);
        if (!string.IsNullOrWhiteSpace(sourceAETitle)) meta.SetText(Tags.SourceApplicationEntityTitle, VR.AE, sourceAETitle.Trim());
        return meta;
    }

    /// <summary>Writes preamble, DICM and the group with its length.</summary>
    public static void Write(DataSet meta, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(meta);
        ArgumentNullException.ThrowIfNull(output);
        var group = meta.Copy();
        foreach (var element in meta)
        {
            if (element.Tag.Group != 0x0002 || element.Tag.Element == 0) group.Remove(element.Tag);
        }
        byte[] bytes = DataSetWriter.ToArray(group, TransferSyntax.ExplicitVRLittleEndian);
        var head = output.GetSpan(144)[..144];
        head.Clear();
        "DICM"u8.CopyTo(head[128..]);
        "\x02\x00\x00\x00UL\x04\x00"u8.CopyTo(head[132..]);
        BinaryPrimitives.WriteUInt32LittleEndian(head[140..], (uint)bytes.Length);
        output.Advance(144);
        output.Write(bytes);
    }
}
