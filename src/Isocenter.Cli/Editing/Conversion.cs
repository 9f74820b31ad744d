using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>From one uncompressed transfer syntax to another.</summary>
internal static class Conversion
{
    private static readonly WriteOptions WithoutGroupLengths = new() { DropGroupLengths = true };

    /// <summary>The syntax of a name or UID.</summary>
    /// <exception cref="UsageException">There is none, or it is one that compresses.</exception>
    public static TransferSyntax SyntaxOf(string name)
    {
        var syntax = name.ToLowerInvariant() switch
        {
            "implicit" => TransferSyntax.ImplicitVRLittleEndian,
            "explicit" => TransferSyntax.ExplicitVRLittleEndian,
            "big-endian" => TransferSyntax.ExplicitVRBigEndian,
            "deflated" => TransferSyntax.DeflatedExplicitVRLittleEndian,
            _ => Uid.TryParse(name, null, out var uid) ? TransferSyntax.Of(uid) : null,
        };
        if (syntax is null) throw new UsageException($"'{name}' is no transfer syntax: implicit, explicit, big-endian, deflated or a UID");
        if (!IsUncompressed(syntax)) throw new UsageException($"{syntax.Name} compresses pixel data: 'isocenter transcode' does that");
        return syntax;
    }

    /// <summary>Prepares a file for being written in another syntax.</summary>
    /// <exception cref="CommandException">It cannot be.</exception>
    public static EditedFile Of(DicomFile file, TransferSyntax target)
    {
        if (!file.IsComplete) throw new CommandException("the file ends before its data set does: it is not converted");
        if (file.FileMeta.Get(Tags.MediaStorageSOPClassUID, "") == SopClasses.MediaStorageDirectoryStorage || file.DataSet.Contains(Tags.DirectoryRecordSequence))
            throw new CommandException("this is a DICOMDIR, which is always Explicit VR Little Endian and says at which byte its records are: it is not converted");
        bool hasFragments = file.DataSet.Any(element => element.Fragments is not null);
        if (hasFragments) throw new CommandException($"the pixel data are compressed ({file.TransferSyntax.Name}): 'isocenter transcode' decompresses them");
        if (!IsUncompressed(file.TransferSyntax) && !file.TransferSyntax.IsEncapsulated)
            throw new CommandException($"{file.TransferSyntax.Name} leaves its pixel data somewhere else: it is not converted");
        CorrectPixelVR(file.DataSet);
        var meta = file.FileMeta.Copy();
        if (!meta.Contains(Tags.FileMetaInformationVersion)) meta.SetBytes(Tags.FileMetaInformationVersion, VR.OB, [0, 1]);
        FromDataSet(Tags.MediaStorageSOPClassUID, Tags.SOPClassUID);
        FromDataSet(Tags.MediaStorageSOPInstanceUID, Tags.SOPInstanceUID);
        meta.Set(Tags.TransferSyntaxUID, target.Uid.Value)
            .Set(Tags.ImplementationClassUID, FileMetaInformation.ImplementationClassUid.Value)
            .Set(Tags.ImplementationVersionName, FileMetaInformation.ImplementationVersionName);
        return new EditedFile(meta, target, 1, WithoutGroupLengths);

        void FromDataSet(Tag tag, Tag own)
        {
            if (!meta.Contains(tag) && file.DataSet.TryGet(own, out string? uid)) meta.SetText(tag, VR.UI, uid);
        }
    }

    private static bool IsUncompressed(TransferSyntax syntax) => syntax == TransferSyntax.ImplicitVRLittleEndian || syntax == TransferSyntax.ExplicitVRLittleEndian
        || syntax == TransferSyntax.ExplicitVRBigEndian || syntax == TransferSyntax.DeflatedExplicitVRLittleEndian
        || syntax == TransferSyntax.GEPrivateImplicitVRBigEndianPixels;

    /// <summary>Samples of more than 8 bits are OW (PS3.5 §A.2): called OB, their bytes would not turn with the others. In
    /// what order those of a big endian OB are, nobody knows.</summary>
    private static void CorrectPixelVR(DataSet dataSet)
    {
        if (dataSet.IsBigEndian) return;
        if (dataSet.Get(Tags.BitsAllocated, 0) <= 8 || !dataSet.TryFind(Tags.PixelData, out var pixels) || pixels.VR != VR.OB) return;
        dataSet.ChangeVR(Tags.PixelData, VR.OW);
    }
}
