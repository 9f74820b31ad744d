using Isocenter.Archive;
using Isocenter.Dicom;

namespace Isocenter.Server.DicomWeb;

/// <summary>Addresses of resources, as the client would write them.</summary>
internal static class Addresses
{
    public static string Root(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase}{DicomWebRoutes.Root}";

    /// <summary>Of what is asked for, without its parameters: the Content-Location of an answer that holds a resource (PS3.18 §8.4.3).</summary>
    public static string Of(HttpRequest request) => $"{request.Scheme}://{request.Host}{request.PathBase.Add(request.Path).ToUriComponent()}";

    public static string Of(string root, StoredInstance instance) =>
        $"{root}/studies/{instance.StudyInstanceUid}/series/{instance.SeriesInstanceUid}/instances/{instance.SopInstanceUid}";

    /// <summary>The address of what a query answer is about.</summary>
    public static string Of(string root, DataSet match, QueryLevel level)
    {
        string address = $"{root}/studies/{match.Get(Tags.StudyInstanceUID, "")}";
        if (level >= QueryLevel.Series) address += $"/series/{match.Get(Tags.SeriesInstanceUID, "")}";
        if (level >= QueryLevel.Image) address += $"/instances/{match.Get(Tags.SOPInstanceUID, "")}";
        return address;
    }
}
