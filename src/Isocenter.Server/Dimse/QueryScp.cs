using System.Runtime.CompilerServices;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Dimse;

/// <summary>Query as SCP (PS3.4 §C.4.1): C-FIND in the Patient Root and Study Root models, at every level.</summary>
/// <remarks>Every query is relational, negotiated or not: unique keys of the levels above narrow the search where they
/// are given (PS3.4 §C.4.1.2.2.1), since many a requestor leaves them out without having asked whether it may.</remarks>
internal sealed class QueryScp(ImageArchive archive, ServerSettings settings)
{
    public async IAsyncEnumerable<DataSet> Find(FindContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        var level = QueryLevels.Read(context.Identifier, context.SopClassUid);
        var negotiated = QueryRetrieveNegotiation.Of(context.Association.ExtendedNegotiations, context.SopClassUid);
        var query = new Query
        {
            Level = level,
            Identifier = context.Identifier,
            FuzzyMatching = negotiated.FuzzyMatching,
            IncludeLinkedPatients = settings.LinkedPatients,
            CombinedDateTime = negotiated.CombinedDateTimeMatching,
            TimeZone = negotiated.TimezoneQueryAdjustment && QueryKeys.TryParseTimeZone(context.Identifier.Get(Tags.TimezoneOffsetFromUTC, ""), out var zone) ? zone : null,
        };
        // Who asks in time zones learns that of the study (PS3.4 §C.4.1.1.3.2).
        if (negotiated.TimezoneQueryAdjustment && !context.Identifier.Contains(Tags.TimezoneOffsetFromUTC)) context.Identifier.SetBytes(Tags.TimezoneOffsetFromUTC, VR.SH, default);
        bool wantsAvailability = context.Identifier.Contains(Tags.InstanceAvailability);
        context.OptionalKeysNotSupported = archive.UnsupportedKeys(query).Any(tag => tag != Tags.InstanceAvailability);
        await foreach (var match in Timed(archive.QueryAsync(query, cancel), cancel))
        {
            match.Set(Tags.QueryRetrieveLevel, QueryLevels.Name(level));
            match.Set(Tags.RetrieveAETitle, settings.AETitle);
            // There is no slower storage behind this one (PS3.4 §C.4.1.1.3.2).
            if (wantsAvailability) match.Set(Tags.InstanceAvailability, "ONLINE");
            yield return match;
        }
    }

    /// <summary>A query that takes too long ends with "out of resources", and what was found before stands (PS3.4 Table C.4-1).</summary>
    private static async IAsyncEnumerable<DataSet> Timed(IAsyncEnumerable<DataSet> matches, [EnumeratorCancellation] CancellationToken cancel)
    {
        await using var each = matches.GetAsyncEnumerator(cancel);
        while (true)
        {
            try
            {
                if (!await each.MoveNextAsync()) yield break;
            }
            catch (ArchiveException e) when (e.Problem == ArchiveProblem.QueryTooLong)
            {
                throw new StatusException(Status.OutOfResources.With(e.Message));
            }
            yield return each.Current;
        }
    }
}
