using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>Which instances to retrieve: the unique keys of a C-MOVE or C-GET Identifier (PS3.4 §C.4.2.2.1), or of a
/// WADO-RS address. Null: any. Values match exactly; there are no wildcards here.</summary>
public sealed record Selection
{
    /// <summary>Patient ID.</summary>
    public string? PatientId { get; init; }

    /// <summary>What belongs to patients who are linked to that one is selected too.</summary>
    public bool IncludeLinkedPatients { get; init; }

    /// <summary>Study Instance UIDs.</summary>
    public IReadOnlyList<Uid>? StudyInstanceUids { get; init; }

    /// <summary>Series Instance UIDs.</summary>
    public IReadOnlyList<Uid>? SeriesInstanceUids { get; init; }

    /// <summary>SOP Instance UIDs.</summary>
    public IReadOnlyList<Uid>? SopInstanceUids { get; init; }

    /// <summary>Everything of a study, of one series of it, or one instance.</summary>
    public static Selection Of(Uid study, Uid? series = null, Uid? instance = null) => new()
    {
        StudyInstanceUids = [study],
        SeriesInstanceUids = series is null ? null : [series],
        SopInstanceUids = instance is null ? null : [instance],
    };

    /// <summary>Reads an Identifier. The unique key of its level must have a value; those above may be missing, as
    /// relational retrieval allows (PS3.4 §C.4.2.2.2).</summary>
    /// <returns>False when the key of the level has no value. UIDs that are none select nothing.</returns>
    public static bool TryParse(DataSet identifier, QueryLevel level, out Selection selection)
    {
        ArgumentNullException.ThrowIfNull(identifier);
        selection = new Selection
        {
            PatientId = identifier.TryGet(Tags.PatientID, out string? id) && id.Length > 0 ? id : null,
            StudyInstanceUids = level >= QueryLevel.Study ? UidsOf(identifier, Tags.StudyInstanceUID) : null,
            SeriesInstanceUids = level >= QueryLevel.Series ? UidsOf(identifier, Tags.SeriesInstanceUID) : null,
            SopInstanceUids = level >= QueryLevel.Image ? UidsOf(identifier, Tags.SOPInstanceUID) : null,
        };
        return level switch
        {
            QueryLevel.Patient => selection.PatientId is not null,
            QueryLevel.Study => selection.StudyInstanceUids is not null,
            QueryLevel.Series => selection.SeriesInstanceUids is not null,
            _ => selection.SopInstanceUids is not null,
        };
    }

    private static List<Uid>? UidsOf(DataSet identifier, Tag tag)
    {
        if (!identifier.TryFind(tag, out var element) || element.IsEmpty) return null;
        var uids = new List<Uid>();
        foreach (string text in identifier.GetAll<string>(tag))
        {
            if (Uid.TryParseLenient(text, out var uid)) uids.Add(uid);
        }
        return uids;
    }
}
