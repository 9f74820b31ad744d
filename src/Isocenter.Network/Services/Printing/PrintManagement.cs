using System.Collections.Concurrent;
using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>Print Management as provider: grayscale and colour, with Presentation LUT, annotation boxes, print jobs, the
/// printer and its configuration (PS3.4 Annex H). A film that is printed is handed on.</summary>
/// <remarks>Film sessions, film boxes and LUTs live as long as their association; print jobs are remembered for all. The
/// answer to a print request goes out when the film has been taken: Success means <em>taken</em>; with
/// <see cref="PrinterOptions.MaxQueuedJobs"/> it goes out at once, and print jobs tell the rest by their events. Safe from many threads.</remarks>
public sealed partial class PrintManagement
{
    private readonly Func<PrintedFilm, CancellationToken, ValueTask> _onFilm;
    private readonly PrinterOptions _options;
    private readonly ConcurrentDictionary<long, FilmSessionState> _sessions = new();

    /// <summary>Prints by <paramref name="onFilm"/>.</summary>
    /// <param name="onFilm">Takes a film. A <see cref="StatusException"/> is the answer to the user, 0xC602 when there is no
    /// room; any other exception is 0x0110. Films of one association come one after the other.</param>
    /// <param name="options">Null: the defaults.</param>
    public PrintManagement(Func<PrintedFilm, CancellationToken, ValueTask> onFilm, PrinterOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(onFilm);
        _onFilm = onFilm;
        _options = options ?? new PrinterOptions();
    }

    /// <summary>The handlers for a server. Its <see cref="NetworkOptions.MaxIdentifierLength"/> has to have room for an image:
    /// N-SET brings it in one piece.</summary>
    public IReadOnlyList<ServiceHandlers> Handlers
    {
        get
        {
            return
            [
                Of([PrintClasses.GrayscaleMeta], PrintClasses.FilmSession, PrintClasses.FilmBox, PrintClasses.GrayscaleImageBox, PrintClasses.Printer),
                Of([PrintClasses.ColorMeta], PrintClasses.FilmSession, PrintClasses.FilmBox, PrintClasses.ColorImageBox, PrintClasses.Printer),
                // Each of these is negotiated by itself.
                Of([PrintClasses.PresentationLut]), Of([PrintClasses.AnnotationBox]), Of([PrintClasses.PrintJob]),
                Of([PrintClasses.Printer]), Of([PrintClasses.PrinterConfiguration]),
            ];

            ServiceHandlers Of(Uid[] contexts, params Uid[] classes) => new()
            {
                AbstractSyntaxes = contexts,
                SopClasses = classes,
                OnNCreate = (c, _) => ValueTask.FromResult(Create(c)),
                OnNSet = (c, _) => ValueTask.FromResult(Set(c)),
                OnNGet = (c, _) => ValueTask.FromResult(Get(c)),
                OnNDelete = (c, _) => ValueTask.FromResult(Delete(c)),
                OnNAction = PrintAsync,
            };
        }
    }

    private FilmSessionState StateOf(NormalizedContext context)
    {
        long id = context.Association.Id;
        if (_sessions.TryGetValue(id, out var known)) return known;
        var state = _sessions.GetOrAdd(id, new FilmSessionState { User = context });
        context.AssociationEnded.ContinueWith(_ => _sessions.TryRemove(id, out FilmSessionState? _), TaskScheduler.Default);
        return state;
    }

    private NormalizedResponse Create(NormalizedContext context)
    {
        var state = StateOf(context);
        var uid = context.SopInstanceUid ?? Uid.New();
        var attributes = context.DataSet?.Copy() ?? new DataSet();
        if (state.Knows(uid)) return Status.DuplicateSopInstance;
        if (context.SopClassUid == PrintClasses.FilmSession) return CreateSession(state, uid, attributes);
        if (context.SopClassUid == PrintClasses.FilmBox) return CreateBox(context, state, uid, attributes);
        return context.SopClassUid == PrintClasses.PresentationLut ? CreateLut(state, uid, attributes) : Status.UnrecognizedOperation;
    }

    private NormalizedResponse CreateSession(FilmSessionState state, Uid uid, DataSet session)
    {
        // One at a time (PS3.4 §H.4.1.2.1).
        if (state.Uid is not null) return Status.DuplicateSopInstance.With("the association has a film session already");
        var said = PrintChecks.Session(session, _options);
        if (said is { Status.Category: StatusCategory.Failure }) return said;
        Default(session, Tags.NumberOfCopies, "1");
        Default(session, Tags.PrintPriority, "MED");
        Default(session, Tags.MediumType, "BLUE FILM");
        Default(session, Tags.FilmDestination, "PROCESSOR");
        state.Begin(uid, session);
        return Answer(said, session, uid);
    }

    private NormalizedResponse CreateBox(NormalizedContext context, FilmSessionState state, Uid uid, DataSet box)
    {
        if (AttributeCheck.Require(box, Tags.ImageDisplayFormat, Tags.ReferencedFilmSessionSequence) is { } missing) return missing;
        if (state.Uid is not { } session || box.GetAll<DataSet>(Tags.ReferencedFilmSessionSequence)[0].Get(Tags.ReferencedSOPInstanceUID, "") != session.Value)
            return NormalizedResponse.Refuse(Status.InvalidAttributeValue.With("no such film session"), Tags.ReferencedFilmSessionSequence);
        if (!ImageDisplayFormat.TryParse(string.Join('\\', box.GetAll<string>(Tags.ImageDisplayFormat)), out var format))
            return NormalizedResponse.Refuse(Status.InvalidAttributeValue, Tags.ImageDisplayFormat);
        if (state.Boxes.Count >= _options.MaxFilmBoxes) return Status.ResourceLimitation.With($"more than {_options.MaxFilmBoxes} film boxes");
        var said = PrintChecks.FilmBox(box, state, _options);
        if (said is { Status.Category: StatusCategory.Failure }) return said;
        Default(box, Tags.FilmOrientation, "PORTRAIT");
        Default(box, Tags.FilmSizeID, _options.FilmSizes[0]);
        Default(box, Tags.MagnificationType, "CUBIC");
        bool isColor = context.PresentationContext.AbstractSyntax == PrintClasses.ColorMeta;
        int annotations = IsAccepted(context, PrintClasses.AnnotationBox) ? Annotations(box.Get(Tags.AnnotationDisplayFormatID, "")) : 0;
        var made = new FilmBoxState(uid, format, isColor, annotations) { Attributes = box };
        state.Boxes.Add(made);
        var imageClass = isColor ? PrintClasses.ColorImageBox : PrintClasses.GrayscaleImageBox;
        box.Set(Tags.ReferencedImageBoxSequence, [.. made.Images.Select(i => StorageCommitment.Item(new InstanceReference(imageClass, i.Uid)))]);
        if (annotations > 0)
            box.Set(Tags.ReferencedBasicAnnotationBoxSequence, [.. made.Annotations.Select(a => StorageCommitment.Item(new InstanceReference(PrintClasses.AnnotationBox, a.Uid)))]);
        return Answer(said, box, uid);
    }

    private NormalizedResponse CreateLut(FilmSessionState state, Uid uid, DataSet lut)
    {
        string shape = lut.Get(Tags.PresentationLUTShape, "").Trim();
        bool hasTable = lut.GetAll<DataSet>(Tags.PresentationLUTSequence).Count > 0;
        if (shape.Length > 0 && shape is not ("IDENTITY" or "LIN OD")) return NormalizedResponse.Refuse(Status.InvalidAttributeValue, Tags.PresentationLUTShape);
        // One of the two (PS3.4 Table H.4.9-1).
        if (shape.Length > 0 == hasTable) return NormalizedResponse.Refuse(hasTable ? Status.InvalidAttributeValue : Status.MissingAttribute, Tags.PresentationLUTShape);
        if (hasTable && AttributeCheck.Require(lut.GetAll<DataSet>(Tags.PresentationLUTSequence)[0], Tags.LUTDescriptor, Tags.LUTData) is { } missing) return missing;
        if (state.PresentationLuts.Count >= _options.MaxPresentationLuts) return Status.ResourceLimitation;
        state.PresentationLuts.Add(uid, lut.Freeze());
        return NormalizedResponse.Success(lut, uid);
    }

    private NormalizedResponse Set(NormalizedContext context)
    {
        var state = StateOf(context);
        var uid = context.SopInstanceUid!;
        var changes = context.DataSet?.Copy() ?? new DataSet();
        if (context.SopClassUid == PrintClasses.FilmSession)
        {
            if (state.Uid != uid) return Unknown(state, uid);
            var said = PrintChecks.Session(changes, _options);
            if (said is { Status.Category: StatusCategory.Failure }) return said;
            state.Session = Changed(state.Session, changes);
            return Answer(said, state.Session, uid);
        }
        if (context.SopClassUid == PrintClasses.FilmBox)
        {
            if (state.BoxOf(uid) is not { } box) return Unknown(state, uid);
            // What image boxes there are is settled with the creation (PS3.4 Table H.4-8).
            if (changes.Contains(Tags.ImageDisplayFormat) && string.Join('\\', changes.GetAll<string>(Tags.ImageDisplayFormat)) != box.Format.Text)
                return NormalizedResponse.Refuse(Status.InvalidAttributeValue, Tags.ImageDisplayFormat);
            var said = PrintChecks.FilmBox(changes, state, _options);
            if (said is { Status.Category: StatusCategory.Failure }) return said;
            box.Attributes = Changed(box.Attributes, changes, Tags.ImageDisplayFormat, Tags.ReferencedFilmSessionSequence,
                Tags.ReferencedImageBoxSequence, Tags.ReferencedBasicAnnotationBoxSequence, Tags.AnnotationDisplayFormatID);
            return Answer(said, box.Attributes, uid);
        }
        if (context.SopClassUid == PrintClasses.GrayscaleImageBox || context.SopClassUid == PrintClasses.ColorImageBox)
        {
            if (state.ImageOf(uid) is not var (box, image)) return Unknown(state, uid);
            if (box.IsColor != (context.SopClassUid == PrintClasses.ColorImageBox)) return Status.ClassInstanceConflict;
            return SetImage(state, box, image, changes);
        }
        if (context.SopClassUid == PrintClasses.AnnotationBox)
        {
            if (state.AnnotationOf(uid) is not { } annotation) return Unknown(state, uid);
            annotation.Text = changes.Get(Tags.TextString, "");
            return NormalizedResponse.Success(changes, uid);
        }
        return Status.UnrecognizedOperation;
    }

    private NormalizedResponse SetImage(FilmSessionState state, FilmBoxState box, ImageBoxState place, DataSet changes)
    {
        var sequence = box.IsColor ? Tags.BasicColorImageSequence : Tags.BasicGrayscaleImageSequence;
        if (!changes.Contains(sequence)) return NormalizedResponse.Refuse(Status.MissingAttribute, sequence);
        if (AttributeCheck.Require(changes, Tags.ImageBoxPosition) is { } missing) return missing;
        if (changes.Get(Tags.ImageBoxPosition, 0) != Array.IndexOf(box.Images, place) + 1)
            return NormalizedResponse.Refuse(Status.InvalidAttributeValue.With("the image box has another position"), Tags.ImageBoxPosition);
        if (PrintChecks.ImageBox(changes, state) is { } wrong) return wrong;
        var items = changes.GetAll<DataSet>(sequence);
        DataSet? image = null;
        long length = 0;
        if (items.Count > 0)
        {
            image = items[0];
            if (PrintChecks.Image(image, box.IsColor) is { } bad) return bad;
            length = image.TryFind(Tags.PixelData, out var pixels) ? pixels.Bytes.Length : 0;
            if (state.ImageBytes - place.Length + length > _options.MaxImageBytes) return new Status(0xC605);
            image = image.Copy().Freeze();
        }
        // An empty sequence takes the image out of the box (PS3.4 §H.4.3.1.2.1).
        changes.Remove(sequence);
        (place.Attributes, place.Image, place.Length) = (changes, image, length);
        return NormalizedResponse.Success(changes, place.Uid);
    }

    private NormalizedResponse Get(NormalizedContext context)
    {
        var uid = context.SopInstanceUid!;
        DataSet? instance;
        StateOf(context);
        if (context.SopClassUid == PrintClasses.Printer) instance = uid == PrintClasses.PrinterInstance ? Printer() : null;
        else if (context.SopClassUid == PrintClasses.PrintJob) instance = FindJob(uid);
        else if (context.SopClassUid == PrintClasses.PrinterConfiguration) instance = uid == PrintClasses.PrinterConfigurationInstance ? Configuration() : null;
        else return Status.UnrecognizedOperation;
        return instance is null ? Status.NoSuchSopInstance : NormalizedResponse.Success(AttributeCheck.Select(instance, context.AttributeIdentifierList));
    }

    private NormalizedResponse Delete(NormalizedContext context)
    {
        var state = StateOf(context);
        var uid = context.SopInstanceUid!;
        if (context.SopClassUid == PrintClasses.FilmSession)
        {
            if (state.Uid != uid) return Unknown(state, uid);
            state.End();
            return Status.Success;
        }
        if (context.SopClassUid == PrintClasses.FilmBox) return state.Boxes.RemoveAll(b => b.Uid == uid) > 0 ? Status.Success : Unknown(state, uid);
        if (context.SopClassUid == PrintClasses.PresentationLut) return state.PresentationLuts.Remove(uid) ? Status.Success : Unknown(state, uid);
        return Status.UnrecognizedOperation;
    }

    private DataSet Printer() => new DataSet()
        .Set(Tags.Manufacturer, "Isocenter").Set(Tags.ManufacturerModelName, "Isocenter")
        .Set(Tags.PrinterStatus, _printer.Status).Set(Tags.PrinterStatusInfo, _printer.Information).Set(Tags.PrinterName, _options.Name);

    private DataSet Configuration()
    {
        var item = new DataSet().Set(Tags.SOPClassesSupported, [.. Handlers.SelectMany(h => h.AbstractSyntaxes).Select(u => u.Value)])
            .Set(Tags.MaximumMemoryAllocation, 0)
            .Set(Tags.MinDensity, (ushort)_options.Density.Min).Set(Tags.MaxDensity, (ushort)_options.Density.Max)
            .Set(Tags.FilmSizeID, _options.FilmSizes[0])
            .Set(Tags.MemoryBitDepth, (ushort)12).Set(Tags.PrintingBitDepth, (ushort)8);
        return new DataSet().Set(Tags.PrinterConfigurationSequence, item);
    }

    /// <summary>There is no such instance, or one of another class.</summary>
    private static Status Unknown(FilmSessionState state, Uid uid) => state.Knows(uid) ? Status.ClassInstanceConflict : Status.NoSuchSopInstance;

    private static bool IsAccepted(NormalizedContext context, Uid abstractSyntax) =>
        context.Association.PresentationContexts.Any(c => c.IsAccepted && c.AbstractSyntax == abstractSyntax);

    /// <summary>The formats are the printer's own: ours is a number of lines, anything else is one.</summary>
    private static int Annotations(string format) => format.Trim() is not { Length: > 0 } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int lines) ? Math.Clamp(lines, 1, 10) : 1;

    private static void Default(DataSet attributes, Tag tag, string value)
    {
        if (attributes.Get(tag, "").Trim().Length == 0) attributes.SetText(tag, DataDictionary.VROf(tag), value);
    }

    private static DataSet Changed(DataSet instance, DataSet changes, params ReadOnlySpan<Tag> except)
    {
        var changed = instance.Copy();
        AttributeCheck.Modify(changed, changes, except);
        return changed;
    }

    private static NormalizedResponse Answer(NormalizedResponse? said, DataSet attributes, Uid uid) =>
        (said ?? NormalizedResponse.Success()) with { DataSet = attributes.Copy(), SopInstanceUid = uid };
}
