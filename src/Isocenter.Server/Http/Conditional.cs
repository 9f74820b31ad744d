using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Isocenter.Archive;

namespace Isocenter.Server.Http;

/// <summary>Validators and conditional requests (RFC 9110 §8.8, §13).</summary>
internal static class Conditional
{
    /// <summary>One tag for all these instances in one representation.</summary>
    public static string TagOf(IReadOnlyList<StoredInstance> instances, string representation)
    {
        var hash = new XxHash128();
        foreach (var instance in instances) hash.Append(Encoding.ASCII.GetBytes(instance.ContentHash + instance.Revision + instance.SopInstanceUid.Value));
        hash.Append(Encoding.UTF8.GetBytes(representation));
        return $"\"{Convert.ToHexStringLower(hash.GetCurrentHash())}\"";
    }

    /// <summary>Sets the validators; when the client has this representation already, answers 304.</summary>
    /// <returns>True: the answer is given.</returns>
    public static bool IsUnchanged(HttpContext http, IReadOnlyList<StoredInstance> instances, string representation)
    {
        var newest = DateTimeOffset.MinValue;
        foreach (var instance in instances)
        {
            if (instance.ModifiedAt > newest) newest = instance.ModifiedAt;
        }
        return IsUnchanged(http, TagOf(instances, representation), newest);
    }

    /// <inheritdoc cref="IsUnchanged(HttpContext, IReadOnlyList{StoredInstance}, string)"/>
    public static bool IsUnchanged(HttpContext http, string tag, DateTimeOffset modified)
    {
        var headers = http.Response.Headers;
        // The browser may keep it if it asks each time whether it still holds.
        headers.CacheControl = "private, no-cache";
        headers.ETag = tag;
        headers.LastModified = modified.ToString("R", CultureInfo.InvariantCulture);
        headers.Append("Vary", "Accept");
        CheckPreconditions(http, tag, modified);
        bool isUnchanged = http.Request.Headers.IfNoneMatch is { Count: > 0 } known
            ? known.SelectMany(value => (value ?? "").Split(',')).Any(value => Matches(value.Trim(), tag))
            : DateTimeOffset.TryParse(http.Request.Headers.IfModifiedSince, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
                && modified.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
        if (isUnchanged) http.Response.StatusCode = StatusCodes.Status304NotModified;
        return isUnchanged;
    }

    /// <summary>If-Match and If-Unmodified-Since (RFC 9110 §13.1.1, §13.1.4).</summary>
    private static void CheckPreconditions(HttpContext http, string tag, DateTimeOffset modified)
    {
        bool holds = http.Request.Headers.IfMatch is { Count: > 0 } wanted
            ? wanted.SelectMany(value => (value ?? "").Split(',')).Any(value => value.Trim() is var one && (one == "*" || one == tag))
            : !DateTimeOffset.TryParse(http.Request.Headers.IfUnmodifiedSince, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since)
                || modified.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
        if (!holds) throw new PreconditionFailedException();
    }

    /// <summary>If-Range: the range holds for the representation that is here (RFC 9110 §13.1.5).</summary>
    public static bool RangeHolds(HttpContext http)
    {
        string? condition = http.Request.Headers.IfRange;
        if (string.IsNullOrEmpty(condition)) return true;
        return condition == http.Response.Headers.ETag || condition == http.Response.Headers.LastModified;
    }

    /// <summary>Nothing may be kept of an answer that says what went wrong, and it is not the resource.</summary>
    public static void Forget(HttpContext http)
    {
        http.Response.Headers.ETag = default;
        http.Response.Headers.LastModified = default;
        http.Response.Headers.ContentLocation = default;
        http.Response.Headers.CacheControl = "no-store";
    }

    // A proxy that compresses makes the tag a weak one: for GET they are the same.
    private static bool Matches(string value, string tag) => value == "*" || value == tag || value.StartsWith("W/", StringComparison.Ordinal) && value[2..] == tag;
}

/// <summary>The client asks for a representation that is not the present one: 412.</summary>
internal sealed class PreconditionFailedException() : Exception("the resource is not what the precondition of the request names");
