using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <content>Corrections.</content>
public sealed partial class ImageArchive
{
    private readonly CorrectionJournal _correctionJournal;
    private readonly SemaphoreSlim _correcting = new(1, 1);
    private volatile CorrectionBook _corrections;

    /// <summary>All corrections, the newest first; those that are undone too.</summary>
    public IReadOnlyList<Correction> GetCorrections() => [.. _corrections.All.Reverse()];

    internal CorrectionBook Corrections => _corrections;

    /// <summary>Corrects attributes of patient and study in all objects of studies.</summary>
    /// <param name="studies">Study Instance UIDs.</param>
    /// <param name="changes">Attributes with their right values; an empty one takes the value away.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancel">Ends the reading; once it is recorded it is done whole.</param>
    /// <returns>The record. What is returned survives a power cut.</returns>
    /// <exception cref="CorrectionException">It cannot be done; nothing has changed.</exception>
    /// <exception cref="IOException">The record cannot be written; nothing has changed.</exception>
    public ValueTask<Correction> CorrectAsync(IReadOnlyList<string> studies, DataSet changes, string who, string reason, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(studies);
        CorrectionChanges.Check(changes);
        return ApplyAsync(studies, [], changes, who, reason, cancel);
    }

    /// <summary>Corrects attributes of a patient in all the studies that are there now.</summary>
    /// <param name="patientId">Patient ID.</param>
    /// <param name="issuer">Issuer of Patient ID; empty: none.</param>
    /// <param name="changes">Attributes with their right values.</param>
    /// <param name="who">Who asks for it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <inheritdoc cref="CorrectAsync"/>
    public async ValueTask<Correction> CorrectPatientAsync(string patientId, string issuer, DataSet changes, string who, string reason, CancellationToken cancel = default)
    {
        CorrectionChanges.Check(changes);
        return await ApplyAsync(await StudiesOfAsync(patientId, issuer, cancel).ConfigureAwait(false), [], changes, who, reason, cancel).ConfigureAwait(false);
    }

    /// <summary>Gives studies to another patient, who must be there: ID, issuer, name, birth date and sex become that patient's.</summary>
    /// <param name="studies">Study Instance UIDs.</param>
    /// <param name="patientId">Patient ID of the other patient.</param>
    /// <param name="issuer">Issuer of that ID; empty: none.</param>
    /// <param name="who">Who asks for it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <inheritdoc cref="CorrectAsync"/>
    public async ValueTask<Correction> MoveToPatientAsync(IReadOnlyList<string> studies, string patientId, string issuer, string who, string reason, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(studies);
        var attributes = await _readers.RunAsync(index => PatientRows.AttributesOf(index, patientId, issuer), cancel).ConfigureAwait(false)
            ?? throw new CorrectionException("there is no such patient to give studies to");
        return await ApplyAsync(studies, [], CorrectionChanges.ToPatient(attributes), who, reason, cancel).ConfigureAwait(false);
    }

    /// <summary>Merges a patient into another: gives all the studies that are there now to the other.</summary>
    /// <param name="patientId">Patient ID that is given up.</param>
    /// <param name="issuer">Issuer of that ID; empty: none.</param>
    /// <param name="intoPatientId">Patient ID that stays.</param>
    /// <param name="intoIssuer">Issuer of that ID; empty: none.</param>
    /// <param name="who">Who asks for it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <inheritdoc cref="CorrectAsync"/>
    public async ValueTask<Correction> MergePatientAsync(string patientId, string issuer, string intoPatientId, string intoIssuer, string who, string reason,
        CancellationToken cancel = default)
    {
        if (patientId == intoPatientId && issuer == intoIssuer) throw new CorrectionException("a patient cannot be merged into itself");
        return await MoveToPatientAsync(await StudiesOfAsync(patientId, issuer, cancel).ConfigureAwait(false), intoPatientId, intoIssuer, who, reason, cancel).ConfigureAwait(false);
    }

    /// <summary>Moves series into another study: one that is there, whose patient and study attributes they get, or a new one,
    /// for which they keep theirs.</summary>
    /// <param name="study">Study Instance UID.</param>
    /// <param name="series">Series Instance UIDs; empty: all of the study.</param>
    /// <param name="intoStudy">Study Instance UID of the other study.</param>
    /// <param name="who">Who asks for it.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <inheritdoc cref="CorrectAsync"/>
    public async ValueTask<Correction> MoveSeriesAsync(Uid study, IReadOnlyList<Uid> series, Uid intoStudy, string who, string reason, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        if (study == intoStudy) throw new CorrectionException("the series are in this study already");
        foreach (var one in series)
        {
            if ((await FindInstancesAsync(Selection.Of(study, one), cancel).ConfigureAwait(false)).Count == 0) throw new CorrectionException($"there is no series {one} in this study");
        }
        var target = await _readers.RunAsync(index => CorrectionChanges.AttributesOfStudy(index, intoStudy.Value), cancel).ConfigureAwait(false);
        return await ApplyAsync([study.Value], [.. series.Select(uid => uid.Value)], CorrectionChanges.ToStudy(intoStudy.Value, target), who, reason, cancel).ConfigureAwait(false);
    }

    /// <summary>Undoes a correction. Those that came after it stay, as far as they still concern the same studies.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <returns>False: there is no such correction, or it is undone already.</returns>
    /// <exception cref="IOException">The record cannot be written; nothing has changed.</exception>
    public async ValueTask<bool> UndoCorrectionAsync(long number, string who, string reason, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(reason);
        await _correcting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            if (_corrections.All.FirstOrDefault(c => c.Number == number) is not { Undone: null } correction) return false;
            var undo = new CorrectionUndo(Options.TimeProvider.GetUtcNow(), who, reason);
            var undone = correction with { Undone = undo };
            var book = new CorrectionBook([.. _corrections.All.Select(c => c.Number == number ? undone : c)]);
            await RedoAsync(book, undone, book.AffectedBy(undone), () => _correctionJournal.AppendUndo(number, undo), mustBeReadable: false, cancel).ConfigureAwait(false);
            return true;
        }
        finally
        {
            _correcting.Release();
        }
    }

    private async ValueTask<Correction> ApplyAsync(IReadOnlyList<string> studies, IReadOnlyList<string> series, DataSet changes, string who, string reason, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(reason);
        if (studies.Count == 0) throw new CorrectionException("there is no study to correct");
        foreach (string study in studies)
        {
            if (!Uid.TryParseLenient(study, out var uid) || (await FindInstancesAsync(Selection.Of(uid), cancel).ConfigureAwait(false)).Count == 0)
                throw new CorrectionException($"there is no study {IndexEntry.Shorten(study)}");
        }
        await _correcting.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            long number = _corrections.All.Count == 0 ? 1 : _corrections.All[^1].Number + 1;
            var correction = new Correction(number, Options.TimeProvider.GetUtcNow(), who, reason, studies, series, changes.Freeze());
            var book = new CorrectionBook([.. _corrections.All, correction]);
            await RedoAsync(book, correction, correction.Studies, () => _correctionJournal.Append(correction), mustBeReadable: true, cancel).ConfigureAwait(false);
            return correction;
        }
        finally
        {
            _correcting.Release();
        }
    }

    /// <summary>Reads the files while others store, then records the change and writes the rows in one go.</summary>
    /// <param name="book">The corrections as they will be.</param>
    /// <param name="changed">The one that comes or goes.</param>
    /// <param name="from">Studies that objects may leave with it, or that may get another patient.</param>
    /// <param name="append">Records it.</param>
    /// <param name="mustBeReadable">A file that cannot be read prevents it.</param>
    /// <param name="cancel">Ends the reading.</param>
    private async ValueTask RedoAsync(CorrectionBook book, Correction changed, IEnumerable<string> from, Func<long> append, bool mustBeReadable, CancellationToken cancel)
    {
        var studies = book.AffectedBy(changed);
        var files = await _readers.RunAsync(index => CorrectionWriter.FilesOf(index, studies), cancel).ConfigureAwait(false);
        var ready = await Task.Run(() =>
        {
            var described = new Dictionary<long, NewObject?>(files.Count);
            foreach (var (id, _) in files)
            {
                cancel.ThrowIfCancellationRequested();
                described[id.High] = StoredFile.Describe(Store, id, book, _extra);
                if (mustBeReadable && described[id.High] is null) throw new CorrectionException($"the file {id} of this study cannot be read; 'isocenter verify' says more");
            }
            return described;
        }, cancel).ConfigureAwait(false);
        await Committer.RunAsync(index =>
        {
            // What is held by its study or its patient stays there.
            if (changed.MovesAway && HoldRows.FirstOf(index, from) is { } held) throw OnHold(held, "nothing was changed");
            long end = append();
            _corrections = book;
            index.Begin();
            CorrectionWriter.Redo(index, studies, id => ready.TryGetValue(id.High, out var described) ? described : StoredFile.Describe(Store, id, book, _extra), Options.TimeProvider);
            CorrectionWriter.NoteApplied(index, end);
            index.Commit();
        }).ConfigureAwait(false);
    }

    private async ValueTask<IReadOnlyList<string>> StudiesOfAsync(string patientId, string issuer, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(patientId);
        ArgumentNullException.ThrowIfNull(issuer);
        if (patientId.Length == 0) throw new CorrectionException("a Patient ID is needed; without one, name the studies");
        var studies = await _readers.RunAsync(index => PatientRows.StudiesOf(index, patientId, issuer), cancel).ConfigureAwait(false);
        return studies.Count > 0 ? studies : throw new CorrectionException("there is no such patient");
    }
}
