namespace Isocenter.Dicom.Tests.Dictionary;

public sealed class StorageSopClassesTests
{
    [Theory]
    [InlineData(SopClasses.CTImageStorage)]
    [InlineData(SopClasses.SecondaryCaptureImageStorage)]
    [InlineData(SopClasses.UltrasoundImageStorageRetired)]
    [InlineData(SopClasses.EncapsulatedPDFStorage)]
    [InlineData(SopClasses.RTBeamsDeliveryInstructionStorage)]
    [InlineData(SopClasses.CTPerformedProcedureProtocolStorage)]
    [InlineData(SopClasses.DICOSCTImageStorage)]
    [InlineData(SopClasses.HardcopyGrayscaleImageStorage)]
    public void Composite_instances_are_stored(string uid)
    {
        Assert.True(StorageSopClasses.Contains(uid));
        Assert.False(StorageSopClasses.IsNonPatientObject(uid));
        Assert.Contains(StorageSopClasses.All, e => e.Uid == uid);
    }

    [Theory]
    [InlineData(SopClasses.Verification)]
    [InlineData(SopClasses.MediaStorageDirectoryStorage)]
    [InlineData(SopClasses.StorageCommitmentPushModel)]
    [InlineData(SopClasses.StudyRootQueryRetrieveInformationModelFind)]
    [InlineData("1.2.840.10008.1.2")]
    [InlineData("2.25.1")]
    public void Other_classes_are_not_stored(string uid)
    {
        Assert.False(StorageSopClasses.Contains(uid));
        Assert.False(StorageSopClasses.IsNonPatientObject(uid));
    }

    [Fact]
    public void Non_patient_objects_stand_apart()
    {
        Assert.Equal(9, StorageSopClasses.NonPatientObjects.Count);
        Assert.Contains(StorageSopClasses.NonPatientObjects, e => e.Uid == SopClasses.HangingProtocolStorage);
        Assert.DoesNotContain(StorageSopClasses.All, e => StorageSopClasses.IsNonPatientObject(e.Uid));
    }

    [Fact]
    public void The_list_holds_each_class_once_and_only_SOP_classes()
    {
        Assert.True(StorageSopClasses.All.Count > 170, $"{StorageSopClasses.All.Count} classes");
        Assert.Equal(StorageSopClasses.All.Count, StorageSopClasses.All.Select(e => e.Uid).Distinct().Count());
        Assert.All(StorageSopClasses.All, e => Assert.Equal(UidKind.SopClass, e.Kind));
    }
}
