using System.Globalization;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Patient, General Study, General Series, General Equipment, SC Equipment and SOP Common (PS3.3 §C.7, §C.8.6.1, §C.12) of
/// wrapped objects.</summary>
internal sealed class CommonModules(WrapOptions options)
{
    /// <summary>The Patient, General Study and Patient Study modules (PS3.3 §C.7.1.1, §C.7.2.1, §C.7.2.2), and what is needed to
    /// read them.</summary>
    private static readonly Tag[] OfPatientAndStudy =
    [
        Tags.SpecificCharacterSet, Tags.TimezoneOffsetFromUTC,
        Tags.PatientName, Tags.PatientID, Tags.IssuerOfPatientID, Tags.IssuerOfPatientIDQualifiersSequence, Tags.TypeOfPatientID,
        Tags.PatientBirthDate, Tags.PatientBirthTime, Tags.PatientSex, Tags.OtherPatientIDsSequence, Tags.OtherPatientNames,
        Tags.EthnicGroup, Tags.PatientComments, Tags.QualityControlSubject, Tags.PatientSpeciesDescription, Tags.PatientSpeciesCodeSequence,
        Tags.PatientBreedDescription, Tags.PatientBreedCodeSequence, Tags.BreedRegistrationSequence, Tags.ResponsiblePerson,
        Tags.ResponsiblePersonRole, Tags.ResponsibleOrganization, Tags.PatientIdentityRemoved, Tags.DeidentificationMethod,
        Tags.DeidentificationMethodCodeSequence,
        Tags.StudyInstanceUID, Tags.StudyDate, Tags.StudyTime, Tags.StudyID, Tags.AccessionNumber, Tags.IssuerOfAccessionNumberSequence,
        Tags.ReferringPhysicianName, Tags.ReferringPhysicianIdentificationSequence, Tags.StudyDescription, Tags.ProcedureCodeSequence,
        Tags.PhysiciansOfRecord, Tags.PhysiciansOfRecordIdentificationSequence, Tags.ConsultingPhysicianName,
        Tags.NameOfPhysiciansReadingStudy, Tags.RequestingService, Tags.ReasonForPerformedProcedureCodeSequence,
        Tags.AdmittingDiagnosesDescription, Tags.AdmittingDiagnosesCodeSequence, Tags.PatientAge, Tags.PatientSize, Tags.PatientWeight,
        Tags.PatientSexNeutered, Tags.Occupation, Tags.AdditionalPatientHistory, Tags.AdmissionID, Tags.IssuerOfAdmissionIDSequence,
        Tags.ServiceEpisodeID, Tags.ServiceEpisodeDescription,
    ];

    private readonly string _study = options.Like is { } like && like.TryGet(Tags.StudyInstanceUID, out string? uid) ? uid : Uid.New().Value;
    private readonly Dictionary<string, (string Uid, int Number, int Instances)> _series = [];

    /// <summary>The object's own date and time.</summary>
    public DateTime Now { get; } = options.Time.GetLocalNow().DateTime;

    /// <summary>Begins an object.</summary>
    /// <param name="sopClass">SOP Class UID.</param>
    /// <param name="modality">Modality (PS3.3 §C.7.3.1.1.1).</param>
    /// <param name="conversion">Conversion Type (PS3.3 §C.8.6.1); null: there is no SC Equipment module.</param>
    public DataSet Begin(string sopClass, string modality, string? conversion)
    {
        var (series, number, instances) = _series.TryGetValue(modality, out var known) ? known : (Uid.New().Value, _series.Count + 1, 0);
        _series[modality] = (series, number, ++instances);
        var dataSet = new DataSet();
        if (options.Like is { } like)
        {
            foreach (var tag in OfPatientAndStudy)
                if (like.TryFind(tag, out var element)) dataSet.Add(element);
        }
        Default(dataSet, Tags.SpecificCharacterSet, "ISO_IR 192");
        foreach (var empty in (ReadOnlySpan<Tag>)[Tags.PatientName, Tags.PatientID, Tags.PatientBirthDate, Tags.PatientSex, Tags.StudyID, Tags.AccessionNumber, Tags.ReferringPhysicianName])
            Default(dataSet, empty, "");
        Default(dataSet, Tags.StudyDate, Date);
        Default(dataSet, Tags.StudyTime, Time);
        dataSet
            .SetText(Tags.StudyInstanceUID, VR.UI, _study)
            .Set(Tags.SOPClassUID, sopClass)
            .Set(Tags.SOPInstanceUID, Uid.New().Value)
            .Set(Tags.InstanceCreationDate, Date)
            .Set(Tags.InstanceCreationTime, Time)
            .Set(Tags.InstanceNumber, instances)
            .Set(Tags.Modality, modality)
            .Set(Tags.SeriesInstanceUID, series)
            .Set(Tags.SeriesNumber, number)
            .Set(Tags.SeriesDate, Date)
            .Set(Tags.SeriesTime, Time)
            .Set(Tags.ContentDate, Date)
            .Set(Tags.ContentTime, Time)
            .Set(Tags.Manufacturer, "Isocenter")
            .Set(Tags.ManufacturerModelName, "Isocenter")
            .Set(Tags.DeviceSerialNumber, "0")
            .Set(Tags.SoftwareVersions, FileMetaInformation.ImplementationVersionName)
            // Nobody has looked: names and dates may be on it.
            .Set(Tags.BurnedInAnnotation, "YES");
        if (options.Title is { } title) SetText(dataSet, Tags.SeriesDescription, title, 64);
        if (conversion is not null) dataSet.Set(Tags.ConversionType, conversion);
        return dataSet;
    }

    public string Date => Now.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public string Time => Now.ToString("HHmmss.ffffff", CultureInfo.InvariantCulture);

    /// <summary>Document Title, that of the caller first.</summary>
    public string TitleOr(string ownTitle) => options.Title ?? ownTitle;

    /// <summary>Sets text as far as it goes, in UTF-8 when the character set of the other object does not hold it.</summary>
    public static void SetText(DataSet dataSet, Tag tag, string text, int longest)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) || c == '\\' ? ' ' : c)).Trim();
        if (line.Length > longest) line = line[..longest].TrimEnd();
        if (!dataSet.CharacterSet.TryEncode(line, dataSet.VROf(tag), out _)) dataSet.ChangeCharacterSet("ISO_IR 192");
        dataSet.Set(tag, line);
    }

    private static void Default(DataSet dataSet, Tag tag, string value)
    {
        if (!dataSet.Contains(tag)) dataSet.SetText(tag, dataSet.VROf(tag), value.Length == 0 ? [] : [value]);
    }
}
