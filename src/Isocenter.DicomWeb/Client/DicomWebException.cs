using System.Globalization;
using System.Net;

namespace Isocenter.DicomWeb;

/// <summary>The origin server said no.</summary>
/// <param name="statusCode">Its status.</param>
/// <param name="detail">What it says about it; null when it says nothing.</param>
public sealed class DicomWebException(HttpStatusCode statusCode, string? detail)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"the server answers {(int)statusCode} {statusCode}{(detail is null ? "" : ": " + detail)}"))
{
    /// <summary>Its status.</summary>
    public HttpStatusCode StatusCode { get; } = statusCode;

    /// <summary>What it says about it; null when it says nothing.</summary>
    public string? Detail { get; } = detail;
}
