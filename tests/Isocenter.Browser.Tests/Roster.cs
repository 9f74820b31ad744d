using System.Globalization;
using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Browser.Tests;

/// <summary>Small studies of invented people, so that a list looks like one.</summary>
internal static class Roster
{
    private static readonly string[] s_families =
        ["Müller", "Schmidt", "Nguyen", "García", "Okafor", "Rossi", "Kowalski", "Yılmaz", "Haddad", "Lindqvist", "Moreau", "Tanaka", "Novák", "de Vries", "Andersen"];

    private static readonly string[] s_givens =
        ["Maria", "Jonas", "Linh", "Lucía", "Chidi", "Paolo", "Zofia", "Emre", "Nour", "Astrid", "Claire", "Kenji", "Petr", "Sanne", "Ole"];

    private static readonly (string Modality, string Description)[] s_exams =
    [
        ("MR", "MR brain with contrast"), ("CT", "CT thorax"), ("US", "US abdomen"), ("DX", "Chest PA and lateral"),
        ("MG", "Screening mammography"), ("CR", "Left wrist"), ("NM", "Bone scintigraphy"), ("XA", "Coronary angiography"),
    ];

    /// <summary>One object for each of so many studies; the same ones each time.</summary>
    public static IEnumerable<byte[]> Create(int studies)
    {
        for (int i = 0; i < studies; i++)
        {
            var (modality, description) = s_exams[i * 5 % s_exams.Length];
            var date = new DateTime(2025, 3, 13).AddDays(-i / 3);
            yield return Object(new Patient(
                Name: $"{s_families[i * 7 % s_families.Length]}^{s_givens[i * 11 % s_givens.Length]}",
                Id: string.Create(CultureInfo.InvariantCulture, $"P{104_233 + i * 37}"),
                BirthDate: string.Create(CultureInfo.InvariantCulture, $"{1938 + i * 13 % 60}{1 + i * 5 % 12:00}{1 + i * 7 % 28:00}"),
                Sex: i % 2 == 0 ? "F" : "M",
                Date: date.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
                Time: string.Create(CultureInfo.InvariantCulture, $"{17 - i % 3 * 4:00}{i * 17 % 60:00}00"),
                Modality: modality,
                Description: description,
                Accession: string.Create(CultureInfo.InvariantCulture, $"A25-{7400 - i * 3}")));
        }
    }

    internal sealed record Patient(string Name, string Id, string BirthDate, string Sex, string Date, string Time,
        string Modality, string Description, string Accession);

    /// <summary>A 64 × 64 secondary capture: a grey disc.</summary>
    public static byte[] Object(Patient patient)
    {
        const int Size = 64;
        byte[] pixels = new byte[Size * Size];
        for (int y = 0; y < Size; y++)
        {
            for (int x = 0; x < Size; x++)
            {
                double distance = Math.Sqrt((x - 32) * (x - 32) + (y - 32) * (y - 32));
                pixels[y * Size + x] = (byte)(distance < 28 ? 60 + x + y : 0);
            }
        }
        var dataSet = Begin(patient, "1.2.840.10008.5.1.4.1.1.7")
            .Set(Tags.ConversionType, "SYN")
            .Set(Tags.SamplesPerPixel, (ushort)1)
            .Set(Tags.PhotometricInterpretation, "MONOCHROME2")
            .Set(Tags.Rows, (ushort)Size)
            .Set(Tags.Columns, (ushort)Size)
            .Set(Tags.BitsAllocated, (ushort)8)
            .Set(Tags.BitsStored, (ushort)8)
            .Set(Tags.HighBit, (ushort)7)
            .Set(Tags.PixelRepresentation, (ushort)0)
            .SetBytes(Tags.PixelData, VR.OB, pixels);
        return File(dataSet);
    }

    /// <summary>A structured report: an object that is no picture.</summary>
    public static byte[] Document() => File(Begin(
        new Patient("Letter^Lena", "L-1", "19700101", "F", "20250401", "101500", "SR", "Report only", "L-ACC-1"), "1.2.840.10008.5.1.4.1.1.88.11"));

    /// <summary>An image that does not say how it was made.</summary>
    public static byte[] WithoutModality() => Object(
        new Patient("Nobody^Nora", "N-1", "19700101", "F", "20250401", "101500", "", "No modality", "N-ACC-1"));

    /// <summary>A disc, stored as nobody's viewer expects: in one bit a pixel, or not compressed in YBR_FULL_422 (PS3.3 §C.7.6.3.1.2).</summary>
    public static byte[] Disc(string photometricInterpretation)
    {
        const int Size = 64;
        bool isBitmap = photometricInterpretation == "MONOCHROME2";
        byte[] pixels = new byte[isBitmap ? Size * Size / 8 : Size * Size * 2];
        for (int at = 0; at < Size * Size; at++)
        {
            int x = at % Size - Size / 2, y = at / Size - Size / 2;
            bool isInside = x * x + y * y < 500;
            if (isBitmap) pixels[at / 8] |= (byte)(isInside ? 1 << (at % 8) : 0);
            else pixels[at / 2 * 4 + at % 2] = (byte)(isInside ? 2 * at % 200 : 30);
            if (!isBitmap && at % 2 == 1) (pixels[at * 2], pixels[at * 2 + 1]) = (90, 200); // Cb and Cr of both
        }
        ushort bits = (ushort)(isBitmap ? 1 : 8);
        var dataSet = Begin(new Patient("Disc^Dora", photometricInterpretation, "19700101", "F", "20250401", "101500", "OT", "Disc", "D-ACC-1"),
            "1.2.840.10008.5.1.4.1.1.7" + (isBitmap ? ".1" : ""))
            .Set(Tags.NumberOfFrames, 1)
            .Set(Tags.SamplesPerPixel, (ushort)(isBitmap ? 1 : 3))
            .Set(Tags.PhotometricInterpretation, photometricInterpretation)
            .Set(Tags.Rows, (ushort)Size)
            .Set(Tags.Columns, (ushort)Size)
            .Set(Tags.BitsAllocated, bits)
            .Set(Tags.BitsStored, bits)
            .Set(Tags.HighBit, (ushort)(bits - 1))
            .Set(Tags.PixelRepresentation, (ushort)0)
            .SetBytes(Tags.PixelData, VR.OB, pixels);
        if (!isBitmap) dataSet.Set(Tags.PlanarConfiguration, (ushort)0);
        return File(dataSet);
    }

    private static DataSet Begin(Patient patient, string sopClass)
    {
        string UidOf(string part) => Uid.FromName(Encoding.UTF8.GetBytes($"{patient} {part}")).Value;
        return new DataSet()
            .Set(Tags.SpecificCharacterSet, "ISO_IR 192")
            .Set(Tags.SOPClassUID, sopClass)
            .Set(Tags.SOPInstanceUID, UidOf("instance"))
            .Set(Tags.StudyInstanceUID, UidOf("study"))
            .Set(Tags.SeriesInstanceUID, UidOf("series"))
            .Set(Tags.PatientName, patient.Name)
            .Set(Tags.PatientID, patient.Id)
            .Set(Tags.PatientBirthDate, patient.BirthDate)
            .Set(Tags.PatientSex, patient.Sex)
            .Set(Tags.StudyDate, patient.Date)
            .Set(Tags.StudyTime, patient.Time)
            .Set(Tags.StudyID, "1")
            .Set(Tags.AccessionNumber, patient.Accession)
            .Set(Tags.StudyDescription, patient.Description)
            .Set(Tags.ReferringPhysicianName, "")
            .Set(Tags.Modality, patient.Modality)
            .Set(Tags.SeriesNumber, 1)
            .Set(Tags.InstanceNumber, 1);
    }

    private static byte[] File(DataSet dataSet)
    {
        using var file = new DicomFile(dataSet.Freeze(), TransferSyntax.ExplicitVRLittleEndian);
        return file.ToArray();
    }
}
