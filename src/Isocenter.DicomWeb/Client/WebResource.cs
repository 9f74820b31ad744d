using Isocenter.Dicom;

namespace Isocenter.DicomWeb;

/// <summary>A study, a series of it or an instance of that, as DICOMweb addresses it (PS3.18 Table 10.4.1-1).</summary>
/// <param name="Study">Study Instance UID.</param>
/// <param name="Series">Series Instance UID; null: the study.</param>
/// <param name="Instance">SOP Instance UID; null: the series.</param>
public sealed record WebResource(Uid Study, Uid? Series = null, Uid? Instance = null)
{
    /// <summary>The path below the root of the service, without a slash in front.</summary>
    public override string ToString() => $"studies/{Study}{(Series is null ? "" : $"/series/{Series}")}{(Instance is null ? "" : $"/instances/{Instance}")}";
}
