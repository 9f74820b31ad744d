using System.IO.Pipelines;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>The Storage Commitment Service (PS3.18 §13): what is named is read and compared with its checksum; the answer
/// comes at once and can be asked for again for a while.</summary>
internal sealed class CommitmentService(ImageArchive archive)
{
    private const int MaxLength = 16 << 20;
    private const int MaxKept = 1000;
    private const ushort ProcessingFailure = 0x0110, NoSuchObject = 0x0112, ClassMismatch = 0x0119;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DataSet?> _results = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>Request Transaction (PS3.18 §13.4).</summary>
    public async Task RequestAsync(HttpContext http, string transaction)
    {
        string type = Negotiation.Choose(http.Request, "results", MediaTypes.DicomJson, MediaTypes.Json, MediaTypes.DicomXml);
        if (!MediaType.TryParse(http.Request.ContentType, out var media) || media.Type is not (MediaTypes.DicomJson or MediaTypes.Json or MediaTypes.DicomXml))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status415UnsupportedMediaType, $"expected {MediaTypes.DicomJson} or {MediaTypes.DicomXml}");
            return;
        }
        var request = await ReadAsync(http.Request.BodyReader, media.Type == MediaTypes.DicomXml, http.RequestAborted);
        var references = ReferencesOf(request).ToList();
        if (references.Count == 0)
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "the request references no instance (PS3.18 Table J.1-1)");
            return;
        }
        if (!TryBegin(transaction))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status409Conflict, "the Transaction UID is in use");
            return;
        }
        DataSet? result = null;
        try
        {
            result = (await CommitAsync(references, http.RequestAborted)).Freeze();
        }
        finally
        {
            lock (_lock)
            {
                if (result is null) _results.Remove(transaction);
                else _results[transaction] = result;
            }
        }
        await WriteAsync(http, result, type);
    }

    /// <summary>Result Check Transaction (PS3.18 §13.5).</summary>
    public async Task CheckAsync(HttpContext http, string transaction)
    {
        string type = Negotiation.Choose(http.Request, "results", MediaTypes.DicomJson, MediaTypes.Json, MediaTypes.DicomXml);
        DataSet? result;
        bool isKnown;
        lock (_lock) isKnown = _results.TryGetValue(transaction, out result);
        if (!isKnown) await Answers.NotFoundAsync(http, "there is no request of this Transaction UID");
        else if (result is not null) await WriteAsync(http, result, type);
        else
        {
            http.Response.StatusCode = StatusCodes.Status202Accepted;
            http.Response.Headers.RetryAfter = "1";
        }
    }

    private bool TryBegin(string transaction)
    {
        lock (_lock)
        {
            if (!_results.TryAdd(transaction, null)) return false;
            _order.Enqueue(transaction);
            if (_order.Count > MaxKept) _results.Remove(_order.Dequeue());
            return true;
        }
    }

    /// <summary>What is answered has the form of what was asked: references by themselves, or in the tree of studies and series
    /// (PS3.18 Table J.2-1).</summary>
    private async Task<DataSet> CommitAsync(List<Reference> references, CancellationToken cancel)
    {
        var outcomes = new List<(Reference Reference, ushort? Failure)>();
        foreach (var reference in references) outcomes.Add((reference, await FailureOfAsync(reference, cancel)));
        var result = new DataSet();
        foreach (bool isFailed in new[] { true, false })
        {
            var own = outcomes.Where(outcome => outcome.Failure is not null == isFailed).ToLookup(outcome => outcome.Reference.Study is not null);
            if (own[false].Any()) result.Set(isFailed ? Tags.FailedSOPSequence : Tags.ReferencedSOPSequence, own[false].Select(one => Instance(one.Reference, one.Failure, isInTree: false)).ToArray());
            if (own[true].Any()) result.Set(isFailed ? Tags.FailedStudySequence : Tags.ReferencedStudySequence, own[true].GroupBy(one => one.Reference.Study!).Select(Study).ToArray());
        }
        return result;

        static DataSet Study(IGrouping<string, (Reference Reference, ushort? Failure)> study) => new DataSet().SetText(Tags.StudyInstanceUID, VR.UI, study.Key)
            .Set(Tags.ReferencedSeriesSequence, study.GroupBy(one => one.Reference.Series!).Select(Series).ToArray());

        static DataSet Series(IGrouping<string, (Reference Reference, ushort? Failure)> series) => new DataSet().SetText(Tags.SeriesInstanceUID, VR.UI, series.Key)
            .Set(Tags.ReferencedInstancesBySOPClassSequence, series.GroupBy(one => one.Reference.SopClass).Select(group => new DataSet().SetText(Tags.ReferencedSOPClassUID, VR.UI, group.Key)
                .Set(Tags.ReferencedInstanceSequence, group.Select(one => Instance(one.Reference, one.Failure, isInTree: true)).ToArray())).ToArray());

        static DataSet Instance(Reference reference, ushort? failure, bool isInTree)
        {
            var item = new DataSet();
            if (!isInTree) item.SetText(Tags.ReferencedSOPClassUID, VR.UI, reference.SopClass);
            item.SetText(Tags.ReferencedSOPInstanceUID, VR.UI, reference.SopInstance);
            return failure is { } reason ? item.Set(Tags.FailureReason, reason) : item;
        }
    }

    private async Task<ushort?> FailureOfAsync(Reference reference, CancellationToken cancel)
    {
        if (!Uid.TryParseLenient(reference.SopInstance, out var uid)) return NoSuchObject;
        var found = await archive.FindInstancesAsync(new Selection { SopInstanceUids = [uid] }, cancel);
        if (found.Count == 0) return NoSuchObject;
        if (reference.Study is not null && (found[0].StudyInstanceUid.Value != reference.Study || found[0].SeriesInstanceUid.Value != reference.Series)) return NoSuchObject;
        if (found[0].SopClassUid.Value != reference.SopClass) return ClassMismatch;
        return await archive.VerifyAsync(found[0], cancel) == VerifyResult.Intact ? null : ProcessingFailure;
    }

    /// <summary>An instance that a request names (PS3.18 Table J.1-1).</summary>
    private sealed record Reference(string? Study, string? Series, string SopClass, string SopInstance);

    private static IEnumerable<Reference> ReferencesOf(DataSet request)
    {
        foreach (var item in request.GetAll<DataSet>(Tags.ReferencedSOPSequence))
            yield return new Reference(null, null, item.Get(Tags.ReferencedSOPClassUID, ""), item.Get(Tags.ReferencedSOPInstanceUID, ""));
        foreach (var study in request.GetAll<DataSet>(Tags.ReferencedStudySequence))
        {
            foreach (var series in study.GetAll<DataSet>(Tags.ReferencedSeriesSequence))
            {
                foreach (var group in series.GetAll<DataSet>(Tags.ReferencedInstancesBySOPClassSequence))
                {
                    foreach (var instance in group.GetAll<DataSet>(Tags.ReferencedInstanceSequence))
                    {
                        yield return new Reference(study.Get(Tags.StudyInstanceUID, ""), series.Get(Tags.SeriesInstanceUID, ""),
                            group.Get(Tags.ReferencedSOPClassUID, ""), instance.Get(Tags.ReferencedSOPInstanceUID, ""));
                    }
                }
            }
        }
    }

    private static async Task<DataSet> ReadAsync(PipeReader body, bool isXml, CancellationToken cancel)
    {
        while (true)
        {
            var result = await body.ReadAsync(cancel);
            if (result.Buffer.Length > MaxLength) throw new BadHttpRequestException("the request is too long", StatusCodes.Status413PayloadTooLarge);
            if (!result.IsCompleted)
            {
                body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }
            byte[] text = System.Buffers.BuffersExtensions.ToArray(result.Buffer);
            body.AdvanceTo(result.Buffer.End);
            try
            {
                if (isXml) return DicomXml.Read(text);
                return DicomJson.ReadArray(text) is [var one] ? one : throw new BadHttpRequestException("one data set is expected");
            }
            catch (DicomFormatException e)
            {
                throw new BadHttpRequestException(e.Message);
            }
        }
    }

    private static async Task WriteAsync(HttpContext http, DataSet result, string type)
    {
        http.Response.ContentType = type;
        if (type == MediaTypes.DicomXml) DicomXml.Write(result, http.Response.BodyWriter);
        else DicomJson.Write(result, http.Response.BodyWriter);
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
