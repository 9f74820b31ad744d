using System.Globalization;
using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Imaging.Phantom;

/// <summary>What all objects of the demo study have in common: Patient, General Study, General Series, General Equipment
/// and SOP Common modules (PS3.3 §C.7, §C.12), and the UIDs.</summary>
internal sealed class DemoStudyModules
{
    private readonly string _name;

    public DemoStudyModules(DemoStudyOptions options)
    {
        Options = options;
        _name = string.Create(CultureInfo.InvariantCulture,
            $"isocenter demo 1\n{options.Seed}\n{options.StudyDateTime:s}\n{options.PatientName}\n{options.PatientId}\n{options.AccessionNumber}\n{options.StudyDescription}\n");
    }

    public DemoStudyOptions Options { get; }

    /// <summary>CT and MR share it: they show the same head in the same place (PS3.3 §C.7.4.1).</summary>
    public Uid FrameOfReference => UidOf("frame of reference");

    /// <summary>The UID of a part of this study: the same for the same options.</summary>
    public Uid UidOf(string part) => Uid.FromName(Encoding.UTF8.GetBytes(_name + part));

    /// <summary>Begins an object.</summary>
    /// <param name="sopClass">SOP Class UID.</param>
    /// <param name="modality">CS.</param>
    /// <param name="series">Series Number; also names the series for its UID.</param>
    /// <param name="description">Series Description.</param>
    /// <param name="instance">Instance Number.</param>
    /// <param name="after">From the start of the study to this object.</param>
    public DataSet Begin(string sopClass, string modality, int series, string description, int instance, TimeSpan after)
    {
        var time = Options.StudyDateTime + after;
        return new DataSet()
            .Set(Tags.SpecificCharacterSet, "ISO_IR 192")
            // SOP Common
            .Set(Tags.SOPClassUID, sopClass)
            .Set(Tags.SOPInstanceUID, UidOf(string.Create(CultureInfo.InvariantCulture, $"instance {series}.{instance}")).Value)
            .Set(Tags.InstanceCreationDate, Date(time))
            .Set(Tags.InstanceCreationTime, Time(time))
            .Set(Tags.InstanceNumber, instance)
            // Patient
            .Set(Tags.PatientName, Options.PatientName)
            .Set(Tags.PatientID, Options.PatientId)
            .Set(Tags.PatientBirthDate, "19700101")
            .Set(Tags.PatientSex, "O")
            .Set(Tags.QualityControlSubject, "YES")
            .Set(Tags.PatientComments, "Computed head phantom; not a patient")
            // General Study
            .Set(Tags.StudyInstanceUID, UidOf("study").Value)
            .Set(Tags.StudyDate, Date(Options.StudyDateTime))
            .Set(Tags.StudyTime, Time(Options.StudyDateTime))
            .Set(Tags.StudyID, "1")
            .Set(Tags.AccessionNumber, Options.AccessionNumber)
            .Set(Tags.ReferringPhysicianName, "")
            .Set(Tags.StudyDescription, Options.StudyDescription)
            // General Series
            .Set(Tags.Modality, modality)
            .Set(Tags.SeriesInstanceUID, UidOf(string.Create(CultureInfo.InvariantCulture, $"series {series}")).Value)
            .Set(Tags.SeriesNumber, series)
            .Set(Tags.SeriesDescription, description)
            .Set(Tags.SeriesDate, Date(time))
            .Set(Tags.SeriesTime, Time(time))
            // General Equipment, Enhanced General Equipment
            .Set(Tags.Manufacturer, "Isocenter")
            .Set(Tags.ManufacturerModelName, "Head phantom")
            .Set(Tags.DeviceSerialNumber, "1")
            .Set(Tags.SoftwareVersions, FileMetaInformation.ImplementationVersionName)
            // General Image, Image Pixel
            .Set(Tags.ContentDate, Date(time))
            .Set(Tags.ContentTime, Time(time))
            .Set(Tags.LossyImageCompression, "00")
            .Set(Tags.BurnedInAnnotation, "NO");
    }

    /// <summary>When it was acquired: at the time of its content. Enhanced objects say it per frame instead.</summary>
    public static DataSet SetAcquisitionTime(DataSet dataSet) => dataSet
        .Set(Tags.AcquisitionDate, dataSet.Get<string>(Tags.ContentDate))
        .Set(Tags.AcquisitionTime, dataSet.Get<string>(Tags.ContentTime));

    /// <summary>The Image Pixel Macro (PS3.3 §C.7.6.3) for grey pixels of 16 bits.</summary>
    public static void SetGreyPixels(DataSet dataSet, int rows, int columns, int bitsStored, bool isSigned, byte[] pixels) => dataSet
        .Set(Tags.SamplesPerPixel, 1)
        .Set(Tags.PhotometricInterpretation, "MONOCHROME2")
        .Set(Tags.Rows, rows)
        .Set(Tags.Columns, columns)
        .Set(Tags.BitsAllocated, 16)
        .Set(Tags.BitsStored, bitsStored)
        .Set(Tags.HighBit, bitsStored - 1)
        .Set(Tags.PixelRepresentation, isSigned ? 1 : 0)
        .SetOwnedBytes(Tags.PixelData, VR.OW, pixels);

    /// <summary>An item of a code sequence (PS3.3 §8.8).</summary>
    public static DataSet Code(string value, string scheme, string meaning) => new DataSet()
        .Set(Tags.CodeValue, value)
        .Set(Tags.CodingSchemeDesignator, scheme)
        .Set(Tags.CodeMeaning, meaning);

    public static string Date(DateTime time) => time.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public static string Time(DateTime time) => time.ToString("HHmmss.ffffff", CultureInfo.InvariantCulture);

    public static string DateAndTime(DateTime time) => Date(time) + Time(time);
}
