using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Querying;

/// <summary>What to propose for a C-GET: 128 presentation contexts do not hold every storage SOP class in every transfer
/// syntax, so that the peer is asked first what there is.</summary>
internal static class StorageClasses
{
    /// <summary>Uncompressed, then lossless, then lossy; video last.</summary>
    public static IReadOnlyList<TransferSyntax> TransferSyntaxes { get; } =
    [
        TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian,
        TransferSyntax.JPEGLosslessSV1, TransferSyntax.JPEG2000Lossless, TransferSyntax.JPEGLSLossless, TransferSyntax.RLELossless,
        TransferSyntax.JPEGBaseline8Bit, TransferSyntax.JPEGExtended12Bit, TransferSyntax.JPEG2000, TransferSyntax.JPEGLSNearLossless,
        TransferSyntax.JPEGLossless, TransferSyntax.HTJ2KLossless, TransferSyntax.HTJ2KLosslessRPCL, TransferSyntax.HTJ2K,
        TransferSyntax.JPEGXLLossless, TransferSyntax.JPEGXLJPEGRecompression, TransferSyntax.JPEGXL,
        TransferSyntax.DeflatedExplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian,
        TransferSyntax.MPEG2MPML, TransferSyntax.MPEG2MPHL, TransferSyntax.MPEG4HP41, TransferSyntax.MPEG4HP41BD,
        TransferSyntax.MPEG4HP422D, TransferSyntax.MPEG4HP423D, TransferSyntax.MPEG4HP42STEREO,
        TransferSyntax.HEVCMP51, TransferSyntax.HEVCM10P51,
    ];

    /// <summary>The classes that most archives hold most of; the rest follows as far as there is room.</summary>
    private static readonly string[] Common =
    [
        SopClasses.CTImageStorage, SopClasses.MRImageStorage, SopClasses.EnhancedCTImageStorage, SopClasses.EnhancedMRImageStorage,
        SopClasses.ComputedRadiographyImageStorage, SopClasses.DigitalXRayImageStorageForPresentation,
        SopClasses.DigitalMammographyXRayImageStorageForPresentation, SopClasses.BreastTomosynthesisImageStorage,
        SopClasses.UltrasoundImageStorage, SopClasses.UltrasoundMultiFrameImageStorage, SopClasses.SecondaryCaptureImageStorage,
        SopClasses.XRayAngiographicImageStorage, SopClasses.PositronEmissionTomographyImageStorage, SopClasses.NuclearMedicineImageStorage,
        SopClasses.BasicTextSRStorage, SopClasses.EnhancedSRStorage, SopClasses.ComprehensiveSRStorage, SopClasses.XRayRadiationDoseSRStorage,
        SopClasses.GrayscaleSoftcopyPresentationStateStorage, SopClasses.KeyObjectSelectionDocumentStorage, SopClasses.SegmentationStorage,
        SopClasses.EncapsulatedPDFStorage, SopClasses.RTStructureSetStorage, SopClasses.RTPlanStorage, SopClasses.RTDoseStorage, SopClasses.RTImageStorage,
    ];

    /// <summary>The SOP classes in a study, as the peer says; where it does not, all that can be proposed.</summary>
    public static async Task<IReadOnlyList<Uid>> OfStudyAsync(AssociationOptions peer, string? study, CancellationToken cancel)
    {
        if (study is not null && await AskAsync(peer, study, cancel) is { Count: > 0 } classes) return classes;
        return [.. Common.Concat(StorageSopClasses.All.Where(entry => !entry.IsRetired).Select(entry => entry.Uid)).Distinct().Select(uid => Uid.Parse(uid))];
    }

    private static async Task<IReadOnlyList<Uid>> AskAsync(AssociationOptions peer, string study, CancellationToken cancel)
    {
        var model = Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelFind);
        await using var association = await Association.ConnectAsync(peer with { PresentationContexts = [new PresentationContextProposal(model)] }, cancel);
        var classes = new HashSet<Uid>();
        try
        {
            var keys = new DataSet().Set(Tags.QueryRetrieveLevel, "STUDY").SetText(Tags.StudyInstanceUID, VR.UI, study).Set<string>(Tags.SOPClassesInStudy);
            await foreach (var match in association.FindAsync(new FindRequest(model, keys), cancel))
            {
                foreach (string text in match.GetAll<string>(Tags.SOPClassesInStudy))
                    if (Uid.TryParseLenient(text, out var uid)) classes.Add(uid);
            }
            await association.ReleaseAsync(cancel);
        }
        catch (Exception e) when (e is NoPresentationContextException or StatusException or DicomFormatException)
        {
            return [];      // it cannot tell; the retrieval may work all the same
        }
        return [.. classes];
    }
}
