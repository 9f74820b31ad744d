using Isocenter.Dicom;

namespace Isocenter.Archive.Tests;

/// <summary>Small objects with a whole header.</summary>
internal static class TestObjects
{
    public const string Ct = "1.2.840.10008.5.1.4.1.1.2";

    /// <summary>An instance; the numbers tell patients, studies, series and instances apart.</summary>
    public static DataSet Ct64(int patient = 1, int study = 1, int series = 1, int instance = 1) => WithCharacterSetFor(patient)
        .Set(Tags.SOPClassUID, Ct)
        .Set(Tags.SOPInstanceUID, $"1.2.3.{patient}.{study}.{series}.{instance}")
        .Set(Tags.StudyDate, $"202401{study:00}")
        .Set(Tags.StudyTime, "101500")
        .Set(Tags.AccessionNumber, $"A{patient}{study}")
        .Set(Tags.Modality, series % 2 == 1 ? "CT" : "SR")
        .Set(Tags.StudyDescription, study == 1 ? "HEAD" : "ABDOMEN [late]")
        .Set(Tags.PatientName, patient == 1 ? "Doe^John" : $"Müller{patient}^Anna")
        .Set(Tags.PatientID, $"P{patient}")
        .Set(Tags.PatientBirthDate, $"19{60 + patient}0203")
        .Set(Tags.StudyInstanceUID, $"1.2.3.{patient}.{study}")
        .Set(Tags.SeriesInstanceUID, $"1.2.3.{patient}.{study}.{series}")
        .Set(Tags.StudyID, $"S{study}")
        .Set(Tags.SeriesNumber, series)
        .Set(Tags.InstanceNumber, instance)
        .Set<ushort>(Tags.Rows, 64)
        .Set<ushort>(Tags.Columns, 64)
        .SetBytes(Tags.PixelData, VR.OW, Pixels(instance));

    /// <summary>The second patient has an umlaut.</summary>
    private static DataSet WithCharacterSetFor(int patient) =>
        patient == 1 ? new DataSet() : new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 100");

    public static DataSet Utf8(this DataSet dataSet, string name) => dataSet.Set(Tags.SpecificCharacterSet, "ISO_IR 192").Set(Tags.PatientName, name);

    /// <summary>Keys with a value each; an empty value is a return key.</summary>
    public static DataSet Keys(params (Tag Tag, string Value)[] keys)
    {
        var identifier = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        foreach (var (tag, value) in keys)
        {
            if (value.Length == 0) identifier.Set<string>(tag);
            else identifier.SetBytes(tag, DataDictionary.VROf(tag), System.Text.Encoding.UTF8.GetBytes(value));
        }
        return identifier;
    }

    private static byte[] Pixels(int seed)
    {
        var pixels = new byte[64 * 64 * 2];
        new Random(seed).NextBytes(pixels);
        return pixels;
    }
}
