using System.Runtime.CompilerServices;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>Relevant Patient Information Query (PS3.4 Annex Q), both sides: what is known of one patient, as a structured
/// document by a template.</summary>
public static class RelevantPatientInformation
{
    /// <summary>General: TID 9007.</summary>
    public static Uid General { get; } = Uid.Parse(SopClasses.GeneralRelevantPatientInformationQuery);

    /// <summary>Breast imaging: TID 9000.</summary>
    public static Uid BreastImaging { get; } = Uid.Parse(SopClasses.BreastImagingRelevantPatientInformationQuery);

    /// <summary>Cardiac: TID 3802.</summary>
    public static Uid Cardiac { get; } = Uid.Parse(SopClasses.CardiacRelevantPatientInformationQuery);

    /// <summary>An Identifier that asks for one patient (PS3.4 Table Q.4-1).</summary>
    /// <param name="patientId">Patient ID, whole: this is no search.</param>
    /// <param name="templateId">Template Identifier, as 9007.</param>
    /// <param name="issuer">Issuer of Patient ID; null: not told.</param>
    public static DataSet Keys(string patientId, string templateId, string? issuer = null)
    {
        var keys = new DataSet().Set(Tags.PatientID, patientId);
        if (issuer is not null) keys.Set(Tags.IssuerOfPatientID, issuer);
        foreach (var tag in (ReadOnlySpan<Tag>)[Tags.PatientName, Tags.PatientBirthDate, Tags.PatientSex, Tags.ObservationDateTime, Tags.ValueType])
            keys.SetBytes(tag, DataDictionary.VROf(tag), []);
        keys.Set<DataSet>(Tags.ConceptNameCodeSequence);
        return keys.Set(Tags.ContentTemplateSequence, new DataSet().Set(Tags.MappingResource, "DCMR").Set(Tags.TemplateIdentifier, templateId))
            .Set<DataSet>(Tags.ContentSequence);
    }

    /// <summary>As provider: one answer for the patient, or none.</summary>
    /// <param name="sopClass"><see cref="General"/>, <see cref="BreastImaging"/> or <see cref="Cardiac"/>.</param>
    /// <param name="templates">Template Identifiers that can be answered; another one is 0xC200.</param>
    /// <param name="documents">The root content items for an identifier, each with its patient. More than one is 0xC100.</param>
    public static ServiceHandlers Provider(Uid sopClass, IReadOnlyCollection<string> templates, Func<DataSet, CancellationToken, ValueTask<IReadOnlyList<DataSet>>> documents) => new()
    {
        AbstractSyntaxes = [sopClass],
        OnFind = (context, cancel) => FindAsync(context, templates, documents, cancel),
    };

    private static async IAsyncEnumerable<DataSet> FindAsync(FindContext context, IReadOnlyCollection<string> templates,
        Func<DataSet, CancellationToken, ValueTask<IReadOnlyList<DataSet>>> documents, [EnumeratorCancellation] CancellationToken cancel)
    {
        var keys = context.Identifier;
        string patient = keys.Get(Tags.PatientID, "").Trim();
        if (patient.Length == 0 || patient.AsSpan().ContainsAny('*', '?'))
            throw new StatusException(Status.DataSetDoesNotMatchSopClass.With("Patient ID must be a single value"));
        string template = keys.GetAll<DataSet>(Tags.ContentTemplateSequence) is [var item, ..] ? item.Get(Tags.TemplateIdentifier, "").Trim() : "";
        if (template.Length == 0) throw new StatusException(Status.DataSetDoesNotMatchSopClass.With("no Template Identifier in Content Template Sequence"));
        if (!templates.Contains(template)) throw new StatusException(new Status(0xC200, $"template {template} is not supported"));
        var found = await documents(keys, cancel).ConfigureAwait(false);
        if (found.Count > 1) throw new StatusException(new Status(0xC100, $"{found.Count} patients match"));
        foreach (var document in found) yield return document;
    }
}
