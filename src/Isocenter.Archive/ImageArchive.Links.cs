using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <content>Links: patients that are one person.</content>
public sealed partial class ImageArchive
{
    private readonly LinkJournal _linkJournal;
    private volatile IReadOnlyList<PatientLink> _links;

    /// <summary>All links, the newest first; those that are undone too.</summary>
    public IReadOnlyList<PatientLink> GetLinks() => [.. _links.Reverse()];

    /// <summary>Notes that patients are one person. Nothing of theirs changes.</summary>
    /// <param name="patients">Two or more, which are there.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="reason">Why.</param>
    /// <param name="cancel">Ends the search.</param>
    /// <returns>The record. What is returned survives a power cut.</returns>
    /// <exception cref="CorrectionException">There are fewer than two, or one is not there; nothing has changed.</exception>
    /// <exception cref="IOException">The record cannot be written; nothing has changed.</exception>
    public async ValueTask<PatientLink> LinkPatientsAsync(IReadOnlyList<LinkedPatient> patients, string who, string reason, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(patients);
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(reason);
        if (patients.Distinct().Count() < 2) throw new CorrectionException("two different patients at least are to be named");
        foreach (var patient in patients) await StudiesOfAsync(patient.Id, patient.Issuer, cancel).ConfigureAwait(false);
        PatientLink? link = null;
        await Committer.RunAsync(index =>
        {
            link = new PatientLink(_links.Count == 0 ? 1 : _links[^1].Number + 1, Options.TimeProvider.GetUtcNow(), who, reason, [.. patients.Distinct()]);
            _linkJournal.Append(link);
            Apply(index, [.. _links, link]);
        }).ConfigureAwait(false);
        return link!;
    }

    /// <summary>Undoes a link.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="who">Who asks for it, for the record.</param>
    /// <param name="reason">Why.</param>
    /// <returns>False: there is no such link, or it is undone already.</returns>
    /// <exception cref="IOException">The record cannot be written; nothing has changed.</exception>
    public async ValueTask<bool> UnlinkPatientsAsync(long number, string who, string reason)
    {
        ArgumentNullException.ThrowIfNull(who);
        ArgumentNullException.ThrowIfNull(reason);
        bool isDone = false;
        await Committer.RunAsync(index =>
        {
            if (!_links.Any(link => link.Number == number && link.Undone is null)) return;
            var undo = new CorrectionUndo(Options.TimeProvider.GetUtcNow(), who, reason);
            _linkJournal.AppendUndo(number, undo);
            Apply(index, [.. _links.Select(link => link.Number == number ? link with { Undone = undo } : link)]);
            isDone = true;
        }).ConfigureAwait(false);
        return isDone;
    }

    private void Apply(IndexConnection index, IReadOnlyList<PatientLink> links)
    {
        _links = links;
        index.Begin();
        LinkRows.Write(index, links);
        index.Commit();
    }

    /// <summary>The query with the patients that the one it asks for is linked to.</summary>
    /// <param name="query">The query.</param>
    /// <param name="literal">Asterisks and question marks mean themselves.</param>
    private Query WithLinked(Query query, bool literal = false)
    {
        var links = _links;
        if (!query.IncludeLinkedPatients || links.Count == 0 || query.Identifier.GetAll<string>(Tags.PatientID) is not [{ Length: > 0 } id] || !literal && Wildcard.IsIn(id)) return query;
        string? issuer = query.Identifier.TryGet(Tags.IssuerOfPatientID, out string? text) && text.Length > 0 ? text : null;
        if (issuer is not null && Wildcard.IsIn(issuer)) return query;
        var group = new HashSet<LinkedPatient>(LinkRows.Persons(links)
            .Where(person => person.Any(patient => patient.Id == id && (issuer is null || patient.Issuer == issuer))).SelectMany(person => person));
        return group.Count == 0 ? query : query with { LinkedPatients = [.. group.OrderBy(patient => patient.ToString(), StringComparer.Ordinal)] };
    }
}
