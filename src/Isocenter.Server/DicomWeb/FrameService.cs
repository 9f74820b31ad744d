using System.Globalization;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Transaction of Frame Pixel Data (PS3.18 §10.4.1.1.6): frames, numbered from 1, as they are encoded
/// in the object or in another transfer syntax.</summary>
internal sealed class FrameService(ImageArchive archive, FrameTables tables)
{
    /// <summary>Frames of one request: more come with another one.</summary>
    private const int MaxFrames = 100_000;

    public async Task AnswerAsync(HttpContext http, Scope scope)
    {
        if (!TryReadList(http.Request.RouteValues["frames"] as string, out var numbers))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a list of frame numbers is expected, such as 1 or 1,2,5");
            return;
        }
        var found = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (found.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such instance");
            return;
        }
        var instance = found[0];
        // A type of one body is none for several frames (PS3.18 §10.4.4).
        var allAccepted = numbers.Count == 1 ? Negotiation.Accepted(http.Request) : [.. Negotiation.Accepted(http.Request).Where(a => a.IsMultipart || a.IsWildcard)];
        if (allAccepted.Count == 0) throw new NotAcceptableException("several frames come in multipart/related");
        using var buffer = new FrameBytes();
        if (FrameSource.AsStored(allAccepted, instance.TransferSyntax) is { } asStored)
        {
            using var known = tables.Open(instance);
            if (known is not null)
            {
                if (numbers.Exists(n => n > known.Count)) await Answers.NotFoundAsync(http, $"the object has {known.Count} frames");
                else await SendAsync(http, found, numbers, asStored, FrameSource.Of(asStored, instance.TransferSyntax, known, numbers[0] - 1, buffer));
                return;
            }
        }
        using var file = archive.OpenDataSet(instance);
        if (!TryFindFrames(file.DataSet, out var frames) || numbers.Exists(n => n > frames.Count))
        {
            await Answers.NotFoundAsync(http, frames is null ? "the object has no pixel data" : $"the object has {frames.Count} frames");
            return;
        }
        tables.Keep(instance, frames);
        var (accepted, source) = FrameSource.Choose(allAccepted, instance, file.DataSet, frames, numbers[0] - 1, buffer, http.RequestAborted);
        await SendAsync(http, found, numbers, accepted, source);
    }

    private static async Task SendAsync(HttpContext http, IReadOnlyList<StoredInstance> found, List<int> numbers, Accepted accepted, FrameSource source)
    {
        var instance = found[0];
        bool isSingle = numbers.Count == 1 && Negotiation.IsSinglePart(http.Request, accepted);
        if (Conditional.IsUnchanged(http, found, $"frames {string.Join(',', numbers)} {source.ContentType} {isSingle}")) return;
        string address = $"{Addresses.Of(Addresses.Root(http.Request), instance)}/frames";
        if (isSingle)
        {
            await SinglePart.SendAsync(http, source.ContentType, source.First, $"{address}/{numbers[0].ToString(CultureInfo.InvariantCulture)}");
            return;
        }
        var body = MultipartBody.Start(http, source.Type);
        if (numbers.Count == 1 && !body.Announce([Head(numbers[0], source.First)])) return;
        for (int i = 0; i < numbers.Count; i++)
        {
            var frame = i == 0 ? source.First : source.Read(numbers[i] - 1);
            body.Begin(Head(numbers[i], frame));
            await body.WriteAsync(frame);
            body.End();
        }
        await body.FinishAsync();

        PartHead Head(int number, ReadOnlyMemory<byte> frame) =>
            new(source.ContentType, frame.Length, string.Create(CultureInfo.InvariantCulture, $"{address}/{number}"));
    }

    internal static bool TryFindFrames(DataSet dataSet, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PixelDataFrames? frames)
    {
        try
        {
            frames = PixelDataFrames.Of(dataSet);
            return true;
        }
        catch (DicomFormatException)
        {
            // No pixel data, or a header that describes none: then there are no frames.
            frames = null;
            return false;
        }
    }

    internal static bool TryReadList(string? text, out List<int> numbers)
    {
        numbers = [];
        foreach (string part in (text ?? "").Split(','))
        {
            if (numbers.Count == MaxFrames || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1) return false;
            numbers.Add(number);
        }
        return true;
    }
}
