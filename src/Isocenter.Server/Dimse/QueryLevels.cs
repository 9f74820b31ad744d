using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Server.Dimse;

/// <summary>Query/Retrieve Level (0008,0052) (PS3.4 §C.6).</summary>
internal static class QueryLevels
{
    private static readonly QueryRetrieveNegotiation Offered = new() { Relational = true, CombinedDateTimeMatching = true, FuzzyMatching = true, TimezoneQueryAdjustment = true };

    /// <summary>Patient/Study Only, retired in 2004 (PS3.4-2004 §C.6.3), which old workstations still ask with.</summary>
    public static IReadOnlyList<Uid> PatientStudyOnly { get; } =
    [
        Uid.Parse(SopClasses.PatientStudyOnlyQueryRetrieveInformationModelFind),
        Uid.Parse(SopClasses.PatientStudyOnlyQueryRetrieveInformationModelMove),
        Uid.Parse(SopClasses.PatientStudyOnlyQueryRetrieveInformationModelGet),
    ];

    /// <exception cref="StatusException">Missing, unknown, or not of this information model: 0xA900.</exception>
    public static QueryLevel Read(DataSet identifier, Uid sopClassUid)
    {
        string text = identifier.Get(Tags.QueryRetrieveLevel, "").Trim();
        QueryLevel? level = text switch
        {
            "PATIENT" => QueryLevel.Patient,
            "STUDY" => QueryLevel.Study,
            "SERIES" => QueryLevel.Series,
            "IMAGE" => QueryLevel.Image,
            _ => null,
        };
        // Composite Instance Root Retrieve, and Retrieve Without Bulk Data: single objects by their UID (PS3.4 §Y.4, §Z.4). The level
        // goes without saying, but for frames.
        if (IsCompositeRoot(sopClassUid) || sopClassUid.Value == SopClasses.CompositeInstanceRetrieveWithoutBulkDataGet)
        {
            return text is "" or "IMAGE" || IsFrame(identifier, sopClassUid) ? QueryLevel.Image
                : throw new StatusException(Status.DataSetDoesNotMatchSopClass.With($"Query/Retrieve Level '{text}' is not IMAGE{(IsCompositeRoot(sopClassUid) ? " or FRAME" : "")}"));
        }
        bool studyRoot = sopClassUid.Value.StartsWith("1.2.840.10008.5.1.4.1.2.2.", StringComparison.Ordinal);
        bool studyOnly = PatientStudyOnly.Contains(sopClassUid);
        if (level is null || studyRoot && level == QueryLevel.Patient || studyOnly && level is (QueryLevel.Series or QueryLevel.Image))
        {
            string expected = studyOnly ? "PATIENT or STUDY" : studyRoot ? "STUDY, SERIES or IMAGE" : "PATIENT, STUDY, SERIES or IMAGE";
            throw new StatusException(Status.DataSetDoesNotMatchSopClass.With($"Query/Retrieve Level '{text}' is not {expected}"));
        }
        return level.Value;
    }

    /// <summary>Some frames of one object are asked for (PS3.4 §Y.6.1).</summary>
    public static bool IsFrame(DataSet identifier, Uid sopClassUid) => IsCompositeRoot(sopClassUid) && identifier.Get(Tags.QueryRetrieveLevel, "").Trim() == "FRAME";

    private static bool IsCompositeRoot(Uid sopClassUid) => sopClassUid.Value is SopClasses.CompositeInstanceRootRetrieveMove or SopClasses.CompositeInstanceRootRetrieveGet;

    /// <summary>Queries and retrieval are relational here; names are matched by meaning, dates together with times
    /// and in their time zone, when that was asked for.</summary>
    public static ExtendedNegotiation? Negotiate(ExtendedNegotiation asked) =>
        Uid.TryParseLenient(asked.SopClassUid, out var sopClass)
            ? Offered.And(QueryRetrieveNegotiation.Of([asked], sopClass)).For(sopClass)
            : null;

    public static string Name(QueryLevel level) => level switch
    {
        QueryLevel.Patient => "PATIENT",
        QueryLevel.Study => "STUDY",
        QueryLevel.Series => "SERIES",
        _ => "IMAGE",
    };
}
