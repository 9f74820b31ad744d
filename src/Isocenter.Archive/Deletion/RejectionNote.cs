using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>A Key Object Selection whose title says that what it refers to is rejected (IHE Radiology, Imaging Object Change
/// Management; titles of PS3.16 CID 7010).</summary>
/// <param name="Title">Code and meaning of the title.</param>
/// <param name="Instances">SOP Instance UIDs of what is rejected.</param>
internal sealed record RejectionNote(string Title, IReadOnlyList<Uid> Instances)
{
    public const string SopClass = "1.2.840.10008.5.1.4.1.1.88.59";

    private const string Expired = "113039";

    /// <summary>It says that the time of the instances has passed, not that something is wrong with them.</summary>
    public bool IsExpiry => Title.StartsWith(Expired, StringComparison.Ordinal);

    private static readonly Dictionary<string, string> Titles = new(StringComparer.Ordinal)
    {
        ["113001"] = "Rejected for Quality Reasons",
        ["113037"] = "Rejected for Patient Safety Reasons",
        ["113038"] = "Incorrect Modality Worklist Entry",
        [Expired] = "Data Retention Policy Expired",
    };

    /// <returns>Null: it rejects nothing.</returns>
    public static RejectionNote? Of(DataSet keyObject)
    {
        if (keyObject.GetAll<DataSet>(Tags.ConceptNameCodeSequence) is not [var title, ..] || title.Get(Tags.CodingSchemeDesignator, "") != "DCM"
            || !Titles.TryGetValue(title.Get(Tags.CodeValue, ""), out string? meaning)) return null;
        var instances = new List<Uid>();
        foreach (var study in keyObject.GetAll<DataSet>(Tags.CurrentRequestedProcedureEvidenceSequence))
        {
            foreach (var series in study.GetAll<DataSet>(Tags.ReferencedSeriesSequence))
            {
                foreach (var reference in series.GetAll<DataSet>(Tags.ReferencedSOPSequence))
                {
                    if (Uid.TryParseLenient(reference.Get(Tags.ReferencedSOPInstanceUID, ""), out var uid)) instances.Add(uid);
                }
            }
        }
        return new RejectionNote($"{title.Get(Tags.CodeValue, "")} {meaning}", instances);
    }
}
