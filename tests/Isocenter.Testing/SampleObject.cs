using Isocenter.Dicom;

namespace Isocenter.Testing;

/// <summary>Small objects made from nothing: a CT Image that is complete enough to be stored, found, sent and shown.</summary>
public static class SampleObject
{
    /// <summary>Rows and columns of its picture.</summary>
    public const int Size = 16;

    /// <summary>Makes a CT Image. UIDs that are not given are new ones.</summary>
    /// <param name="study">Study Instance UID.</param>
    /// <param name="series">Series Instance UID.</param>
    /// <param name="instance">SOP Instance UID.</param>
    /// <param name="number">Instance Number; also colours the picture, so that two numbers give two pictures.</param>
    /// <param name="frames">Number of Frames.</param>
    /// <param name="size">Rows and columns.</param>
    public static DataSet Create(string? study = null, string? series = null, string? instance = null, int number = 1, int frames = 1, int size = Size)
    {
        var pixels = new byte[2 * size * size * frames];
        for (int i = 0; i < pixels.Length / 2; i++) (pixels[2 * i], pixels[2 * i + 1]) = ((byte)(i + number), (byte)((i / size + number) & 0x0F));
        var dataSet = new DataSet()
            .Set(Tags.SpecificCharacterSet, "ISO_IR 192")
            .Set(Tags.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
            .Set(Tags.SOPClassUID, SopClasses.CTImageStorage)
            .Set(Tags.SOPInstanceUID, instance ?? Uid.New().Value)
            .Set(Tags.StudyDate, "20250314")
            .Set(Tags.StudyTime, "092653")
            .Set(Tags.AccessionNumber, "A-17")
            .Set(Tags.Modality, "CT")
            .Set(Tags.Manufacturer, "Isocenter")
            .Set(Tags.ReferringPhysicianName, "Referrer^Rita")
            .Set(Tags.StudyDescription, "Sample study")
            .Set(Tags.SeriesDescription, "Sample series")
            .Set(Tags.PatientName, "Müller^Jürgen")
            .Set(Tags.PatientID, "P-0001")
            .Set(Tags.PatientBirthDate, "19600229")
            .Set(Tags.PatientSex, "M")
            .Set(Tags.StudyInstanceUID, study ?? Uid.New().Value)
            .Set(Tags.SeriesInstanceUID, series ?? Uid.New().Value)
            .Set(Tags.StudyID, "S1")
            .Set(Tags.SeriesNumber, 3)
            .Set(Tags.InstanceNumber, number)
            .Set(Tags.SamplesPerPixel, (ushort)1)
            .Set(Tags.PhotometricInterpretation, "MONOCHROME2")
            .Set(Tags.Rows, (ushort)size)
            .Set(Tags.Columns, (ushort)size)
            .Set(Tags.BitsAllocated, (ushort)16)
            .Set(Tags.BitsStored, (ushort)16)
            .Set(Tags.HighBit, (ushort)15)
            .Set(Tags.PixelRepresentation, (ushort)0)
            .Set(Tags.WindowCenter, "2048")
            .Set(Tags.WindowWidth, "4096");
        if (frames > 1) dataSet.Set(Tags.NumberOfFrames, frames);
        return dataSet.SetOwnedBytes(Tags.PixelData, VR.OW, pixels);
    }

    /// <summary>The same as a Part 10 file.</summary>
    public static byte[] ToFile(DataSet dataSet, TransferSyntax? syntax = null)
    {
        using var file = new DicomFile(dataSet, syntax ?? TransferSyntax.ExplicitVRLittleEndian);
        return file.ToArray();
    }
}
