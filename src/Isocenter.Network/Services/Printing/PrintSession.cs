using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>A film session as user: film boxes, images, printing (PS3.4 Annex H).</summary>
/// <remarks>Each step returns what the printer said; a failure is a value. What a warning changed stands in its data set.</remarks>
public sealed class PrintSession
{
    private readonly Association _association;
    private readonly Uid _meta;

    private PrintSession(Association association, Uid meta, NormalizedResponse created, Uid uid)
    {
        _association = association;
        _meta = meta;
        Created = created;
        SopInstanceUid = uid;
    }

    /// <summary>Itself.</summary>
    public Uid SopInstanceUid { get; }

    /// <summary>The answer to its creation.</summary>
    public NormalizedResponse Created { get; }

    /// <summary>What to propose for printing.</summary>
    /// <param name="isColor">Basic Color, else Basic Grayscale Print Management.</param>
    public static IReadOnlyList<PresentationContextProposal> Proposals(bool isColor) =>
    [
        new(isColor ? PrintClasses.ColorMeta : PrintClasses.GrayscaleMeta), new(PrintClasses.AnnotationBox), new(PrintClasses.PresentationLut),
        new(PrintClasses.PrintJob), new(PrintClasses.Printer),
    ];

    /// <summary>The state of the printer (N-GET): Printer Status NORMAL, WARNING or FAILURE, with its reason.</summary>
    public static Task<NormalizedResponse> GetPrinterAsync(Association association, bool isColor, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NGetAsync(new NormalizedTarget(PrintClasses.Printer, PrintClasses.PrinterInstance)
        {
            AbstractSyntax = isColor ? PrintClasses.ColorMeta : PrintClasses.GrayscaleMeta,
        }, [], cancel);
    }

    /// <summary>N-CREATE of a film session.</summary>
    /// <param name="association">Has accepted one of <see cref="Proposals"/>.</param>
    /// <param name="isColor">Which of the two.</param>
    /// <param name="attributes">Copies, priority, medium, destination, label.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="StatusException">The printer refuses.</exception>
    public static async Task<PrintSession> CreateAsync(Association association, bool isColor, DataSet? attributes = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        var meta = isColor ? PrintClasses.ColorMeta : PrintClasses.GrayscaleMeta;
        var uid = Uid.New();
        var answer = await association.NCreateAsync(new NormalizedTarget(PrintClasses.FilmSession, uid) { AbstractSyntax = meta }, attributes, cancel).ConfigureAwait(false);
        if (!answer.Status.IsSuccessOrWarning) throw new StatusException(answer.Status);
        return new PrintSession(association, meta, answer, answer.SopInstanceUid ?? uid);
    }

    /// <summary>N-CREATE of a film box.</summary>
    /// <param name="format">How its image boxes lie.</param>
    /// <param name="attributes">Orientation, size, densities; may be null.</param>
    /// <param name="cancel">Gives up waiting.</param>
    /// <exception cref="StatusException">The printer refuses, or does not say which image boxes it made.</exception>
    public async Task<PrintedFilmBox> AddFilmBoxAsync(ImageDisplayFormat format, DataSet? attributes = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(format);
        var box = attributes?.Copy() ?? new DataSet();
        box.SetText(Tags.ImageDisplayFormat, VR.ST, format.Text);
        box.Set(Tags.ReferencedFilmSessionSequence, StorageCommitment.Item(new InstanceReference(PrintClasses.FilmSession, SopInstanceUid)));
        var uid = Uid.New();
        var answer = await _association.NCreateAsync(Target(PrintClasses.FilmBox, uid), box, cancel).ConfigureAwait(false);
        if (!answer.Status.IsSuccessOrWarning) throw new StatusException(answer.Status);
        var made = answer.DataSet ?? new DataSet();
        var images = StorageCommitment.References(made, Tags.ReferencedImageBoxSequence);
        if (images.Count < format.Places.Count) throw new StatusException(Status.ProcessingFailure.With($"the printer made {images.Count} of {format.Places.Count} image boxes"));
        return new PrintedFilmBox(answer.SopInstanceUid ?? uid, answer, images, StorageCommitment.References(made, Tags.ReferencedBasicAnnotationBoxSequence));
    }

    /// <summary>N-SET of an image.</summary>
    /// <param name="box">Its film box.</param>
    /// <param name="position">Image Box Position, from 1.</param>
    /// <param name="image">Image Pixel attributes and Pixel Data, preformatted (PS3.3 §C.13.5).</param>
    /// <param name="attributes">Polarity, magnification and the like; may be null.</param>
    /// <param name="cancel">Gives up waiting.</param>
    public Task<NormalizedResponse> SetImageAsync(PrintedFilmBox box, int position, DataSet image, DataSet? attributes = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(box);
        ArgumentOutOfRangeException.ThrowIfNotEqual(position >= 1 && position <= box.Images.Count, true, nameof(position));
        var set = attributes?.Copy() ?? new DataSet();
        set.Set(Tags.ImageBoxPosition, (ushort)position)
            .Set(_meta == PrintClasses.ColorMeta ? Tags.BasicColorImageSequence : Tags.BasicGrayscaleImageSequence, image);
        var place = box.Images[position - 1];
        return _association.NSetAsync(Target(place.SopClassUid, place.SopInstanceUid), set, cancel);
    }

    /// <summary>N-SET of a text, where the printer has made annotation boxes.</summary>
    public Task<NormalizedResponse> SetAnnotationAsync(PrintedFilmBox box, int position, string text, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(box);
        // Printers know few attributes, and some refuse a character set where none is needed.
        var set = System.Text.Ascii.IsValid(text) ? new DataSet() : new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        return _association.NSetAsync(new NormalizedTarget(PrintClasses.AnnotationBox, box.Annotations[position - 1].SopInstanceUid),
            set.Set(Tags.AnnotationPosition, (ushort)position).Set(Tags.TextString, text), cancel);
    }

    /// <summary>N-ACTION: prints one film box. The printer may name a print job in its reply.</summary>
    public Task<NormalizedResponse> PrintAsync(PrintedFilmBox box, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(box);
        return _association.NActionAsync(Target(PrintClasses.FilmBox, box.SopInstanceUid), 1, null, cancel);
    }

    /// <summary>N-ACTION: prints all film boxes. Many printers can only do one film box at a time.</summary>
    public Task<NormalizedResponse> PrintAsync(CancellationToken cancel = default) =>
        _association.NActionAsync(Target(PrintClasses.FilmSession, SopInstanceUid), 1, null, cancel);

    /// <summary>N-DELETE of a film box.</summary>
    public Task<NormalizedResponse> DeleteAsync(PrintedFilmBox box, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(box);
        return _association.NDeleteAsync(Target(PrintClasses.FilmBox, box.SopInstanceUid), cancel);
    }

    /// <summary>N-DELETE of the film session with all that hangs on it.</summary>
    public Task<NormalizedResponse> DeleteAsync(CancellationToken cancel = default) =>
        _association.NDeleteAsync(Target(PrintClasses.FilmSession, SopInstanceUid), cancel);

    /// <summary>N-GET of a print job that the reply to a print request has named.</summary>
    public static Task<NormalizedResponse> GetJobAsync(Association association, Uid job, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NGetAsync(new NormalizedTarget(PrintClasses.PrintJob, job), [], cancel);
    }

    private NormalizedTarget Target(Uid sopClass, Uid instance) => new(sopClass, instance) { AbstractSyntax = _meta };
}

/// <summary>A film box that the printer has made.</summary>
/// <param name="SopInstanceUid">Itself.</param>
/// <param name="Created">The answer to its creation.</param>
/// <param name="Images">Its image boxes, by position.</param>
/// <param name="Annotations">Its annotation boxes; none when the printer does not annotate.</param>
public sealed record PrintedFilmBox(Uid SopInstanceUid, NormalizedResponse Created, IReadOnlyList<InstanceReference> Images, IReadOnlyList<InstanceReference> Annotations);
