using Isocenter.Dicom;
using Isocenter.Imaging.Phantom;

namespace Isocenter.Imaging;

/// <summary>A study to try things with: a CT series and an Enhanced MR image of one computed head, and a colour
/// ultrasound loop. Everything in it is computed; there is no patient and no copied data.</summary>
public static class DemoStudy
{
    /// <summary>Objects in the study.</summary>
    public const int Count = DemoCT.Slices + 2;

    /// <summary>Makes the objects one after the other, as they are asked for. About 60 MB in all.</summary>
    /// <param name="options">Null: the defaults, which give the same bytes each time.</param>
    /// <returns>64 CT Images, an Enhanced MR Image and an Ultrasound Multi-frame Image, in Explicit VR Little Endian.</returns>
    /// <exception cref="ArgumentException">An option does not fit its VR.</exception>
    public static IEnumerable<DicomFile> Create(DemoStudyOptions? options = null)
    {
        var study = new DemoStudyModules(options ?? new DemoStudyOptions());
        var phantom = new HeadPhantom(study.Options.Seed);
        foreach (var dataSet in DemoCT.Create(study, phantom)) yield return File(dataSet);
        yield return File(DemoMR.Create(study, phantom));
        yield return File(DemoUltrasound.Create(study));
    }

    private static DicomFile File(DataSet dataSet) => new(dataSet.Freeze(), TransferSyntax.ExplicitVRLittleEndian);
}
