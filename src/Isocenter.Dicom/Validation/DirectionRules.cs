using System.Globalization;

namespace Isocenter.Dicom.Validation;

/// <summary>Directions wherever they stand: direction cosines, Patient Orientation.</summary>
internal static class DirectionRules
{
    private const double Tolerance = 1e-4;

    private static readonly System.Buffers.SearchValues<char> Biped = System.Buffers.SearchValues.Create("LRAPHF");

    public static void Check(DataElement element, ValidationRun run)
    {
        if (element.Tag == Tags.ImageOrientationPatient || element.Tag == Tags.ImageOrientationSlide) CheckRowAndColumn(element, run);
        else if (element.Tag == Tags.VelocityEncodingDirection || element.Tag == Tags.SlabOrientation) CheckUnit(ElementValues.Numbers(element), "", element, run);
        else if (element.Tag == Tags.PatientOrientation) CheckPatientOrientation(element, run);
    }

    private static void CheckRowAndColumn(DataElement element, ValidationRun run)
    {
        double[] n = ElementValues.Numbers(element);
        if (n.Length != 6) return;
        CheckUnit(n[..3], "of the rows ", element, run);
        CheckUnit(n[3..], "of the columns ", element, run);
        double product = n[0] * n[3] + n[1] * n[4] + n[2] * n[5];
        if (Math.Abs(product) > Tolerance) run.Error(ValidationRule.Consistency, element.Tag, "PS3.3 §C.7.6.2.1.1", "has directions of rows and columns that are not at a right angle");
    }

    private static void CheckUnit(double[] vector, string which, DataElement element, ValidationRun run)
    {
        if (vector.Length != 3) return;
        double length = Math.Sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
        if (Math.Abs(length - 1) <= Tolerance) return;
        run.Error(ValidationRule.Consistency, element.Tag, "PS3.3 §C.7.6.2.1.1",
            string.Create(CultureInfo.InvariantCulture, $"has a direction {which}of length {length:0.#####} instead of 1"));
    }

    /// <summary>PS3.3 §C.7.6.1.1.1. Animals have other letters.</summary>
    private static void CheckPatientOrientation(DataElement element, ValidationRun run)
    {
        const string Section = "PS3.3 §C.7.6.1.1.1";
        bool isQuadruped = run.Root.Get(Tags.AnatomicalOrientationType, "") == "QUADRUPED";
        string[] values = [.. element.DataSet.GetAll<string>(element.Tag)];
        foreach (string value in values)
        {
            if (isQuadruped)
            {
                string rest = value;
                foreach (string term in new[] { "CD", "CR", "DI", "LE", "PA", "PL", "PR", "RT", "D", "L", "M", "R", "V" }) rest = rest.Replace(term, "", StringComparison.Ordinal);
                if (rest.Length > 0) run.Error(ValidationRule.EnumeratedValue, element.Tag, Section, $"has {ValidationRun.Quote(value)}, which is no direction of a quadruped");
                continue;
            }
            if (value.AsSpan().ContainsAnyExcept(Biped))
                run.Error(ValidationRule.EnumeratedValue, element.Tag, Section, $"has {ValidationRun.Quote(value)}; only L, R, A, P, H and F are directions");
            foreach (var (a, b) in new[] { ('L', 'R'), ('A', 'P'), ('H', 'F') })
            {
                if (value.Contains(a) && value.Contains(b)) run.Error(ValidationRule.Consistency, element.Tag, Section, $"has {ValidationRun.Quote(value)}, two opposite directions in one");
            }
        }
        if (values is [{ Length: > 0 } rows, var columns] && rows == columns)
            run.Error(ValidationRule.Consistency, element.Tag, Section, "has the same direction for rows and columns");
    }
}
