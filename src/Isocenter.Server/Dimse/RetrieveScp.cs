using System.Runtime.CompilerServices;
using Isocenter.Archive;
using Isocenter.Codecs;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Dimse;

/// <summary>Retrieve as SCP (PS3.4 §C.4.2, §C.4.3): C-MOVE to a known node, C-GET on the same association.</summary>
/// <remarks>Objects go out as they are stored. Where the receiver does not take their transfer syntax, they are brought into
/// one that it takes, decompressed if need be.</remarks>
internal sealed class RetrieveScp(ImageArchive archive, ServerSettings settings, KnownNodes nodes, ILogger logger)
{
    private const int MaxContexts = 128;

    /// <summary>Associations that a destination may lose before the rest is given up.</summary>
    private const int MaxLosses = 3;

    /// <summary>Retrieval of single objects, whole, some frames of them, or without bulk data (PS3.4 Annex Y, Z).</summary>
    public static IReadOnlyList<Uid> CompositeSopClasses { get; } =
    [
        Uid.Parse(SopClasses.CompositeInstanceRootRetrieveMove),
        Uid.Parse(SopClasses.CompositeInstanceRootRetrieveGet),
        Uid.Parse(SopClasses.CompositeInstanceRetrieveWithoutBulkDataGet),
    ];

    public async ValueTask GetAsync(GetContext context, CancellationToken cancel)
    {
        var (instances, extract) = await SelectAsync(context.Identifier, context.SopClassUid, cancel);
        using var extracted = extract;
        context.Total = instances.Count;
        foreach (var instance in instances)
        {
            try
            {
                TransferSyntax[] accepted = [.. context.AcceptedTransferSyntaxes(instance.SopClassUid)];
                using var outgoing = context.SopClassUid.Value == SopClasses.CompositeInstanceRetrieveWithoutBulkDataGet
                    ? Outgoing.WithoutBulkData(archive, instance, accepted)
                    : extract is not null ? await Outgoing.PrepareAsync(extract, instance.SopClassUid, accepted, cancel)
                    : await Outgoing.PrepareAsync(archive, instance, accepted, cancel);
                await context.StoreSubOperationAsync(outgoing.Request, cancel);
            }
            catch (Exception e) when (IsAboutOneObject(e))
            {
                Log.Failed(logger, e, $"sending {instance.SopInstanceUid}");
                await context.FailSubOperationAsync(instance.SopInstanceUid);
            }
        }
    }

    public async IAsyncEnumerable<SubOperationProgress> Move(MoveContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        string destination = context.Destination.Trim();
        if (nodes.Find(destination) is not { } node)
            throw new StatusException(Status.MoveDestinationUnknown.With($"'{destination}' is not among the known nodes"));
        var (instances, extract) = await SelectAsync(context.Identifier, context.SopClassUid, cancel);
        using var extracted = extract;
        var tally = new MoveTally(instances.Count);
        foreach (var (contexts, portion) in Portions(instances))
        {
            var association = await TryConnectAsync(node, contexts, tally, cancel);
            int losses = 0;
            try
            {
                foreach (var instance in portion)
                {
                    cancel.ThrowIfCancellationRequested();
                    if (association is { Failure: not null } && losses++ < MaxLosses)
                    {
                        // What one object cost is not the fault of the others.
                        await association.DisposeAsync();
                        association = await TryConnectAsync(node, contexts, tally, cancel);
                    }
                    if (association is null or { Failure: not null }) tally.Fail(instance.SopInstanceUid);
                    else await SendAsync(association, instance, extract, context, tally);
                    if (tally.Progress.Remaining > 0) yield return tally.Progress;
                }
                if (association is { Failure: null }) await ReleaseAsync(association, cancel);
            }
            finally
            {
                if (association is not null) await association.DisposeAsync();
            }
        }
        yield return tally.Final;
    }

    private static bool IsAboutOneObject(Exception e) => e is ArchiveException or DicomFormatException or IOException
        or InvalidOperationException or PixelDataException or CodecException;

    /// <returns>With an extract: the one object that it is made of, under the UID of the extract.</returns>
    private async Task<(IReadOnlyList<StoredInstance>, FrameExtract?)> SelectAsync(DataSet identifier, Uid sopClassUid, CancellationToken cancel)
    {
        var level = QueryLevels.Read(identifier, sopClassUid);
        if (!Selection.TryParse(identifier, level, out var selection))
            throw new StatusException(Status.DataSetDoesNotMatchSopClass.With($"no UID or ID at the {QueryLevels.Name(level)} level"));
        if (IllegalUid(identifier, level) is { } illegal)
            throw new StatusException(Status.DataSetDoesNotMatchSopClass.With($"'{illegal}' is not a UID"));
        var instances = await archive.FindInstancesAsync(selection with { IncludeLinkedPatients = settings.LinkedPatients }, cancel);
        if (!QueryLevels.IsFrame(identifier, sopClassUid)) return (instances, null);
        var extract = await ExtractAsync(instances, identifier, cancel);
        return ([instances[0] with { SopInstanceUid = extract.SopInstanceUid, TransferSyntax = extract.File.TransferSyntax }], extract);
    }

    private async Task<FrameExtract> ExtractAsync(IReadOnlyList<StoredInstance> instances, DataSet identifier, CancellationToken cancel)
    {
        try
        {
            var range = FrameRange.Read(identifier);
            if (identifier.GetAll<string>(Tags.SOPInstanceUID).Count != 1) throw new FrameExtractionException(FrameExtractionProblem.Request, "frames are those of one object");
            if (instances.Count == 0) throw new FrameExtractionException(FrameExtractionProblem.NoSuchFrames, "there is no such object");
            return await FrameExtract.OfAsync(archive, instances[0], range, cancel);
        }
        catch (FrameExtractionException e)
        {
            throw FrameExtract.Refused(e);
        }
    }

    /// <summary>Retrieval takes single UIDs and lists of them, no wildcards (PS3.4 §C.4.2.2.1).</summary>
    private static string? IllegalUid(DataSet identifier, QueryLevel level)
    {
        Tag[] keys = level switch
        {
            QueryLevel.Patient => [],
            QueryLevel.Study => [Tags.StudyInstanceUID],
            QueryLevel.Series => [Tags.StudyInstanceUID, Tags.SeriesInstanceUID],
            _ => [Tags.StudyInstanceUID, Tags.SeriesInstanceUID, Tags.SOPInstanceUID],
        };
        return keys.SelectMany(identifier.GetAll<string>).FirstOrDefault(text => text.Length > 0 && !Uid.TryParseLenient(text, out _));
    }

    /// <returns>Null when the destination does not take us: its objects count as failed.</returns>
    private async Task<Association?> TryConnectAsync(Node node, IReadOnlyList<PresentationContextProposal> contexts, MoveTally tally,
        CancellationToken cancel)
    {
        try
        {
            return await Association.ConnectAsync(new AssociationOptions
            {
                Host = node.Host,
                Port = node.Port,
                CallingAETitle = settings.AETitle,
                CalledAETitle = node.AETitle,
                PresentationContexts = contexts,
            }, cancel);
        }
        catch (AssociationException e)
        {
            Log.MoveTrouble(logger, node.AETitle, e.Message);
            tally.Problem = e is ConnectionFailedException ? $"{node.AETitle} at {node.Host}:{node.Port} cannot be reached" : e.Message;
            return null;
        }
    }

    /// <summary>An object that is on its way is brought to its end: a C-CANCEL ends the next one, and half an object cannot
    /// be taken back but by aborting.</summary>
    private async Task SendAsync(Association association, StoredInstance instance, FrameExtract? extract, MoveContext context, MoveTally tally)
    {
        try
        {
            var accepted = association.PresentationContexts
                .Where(c => c.IsAccepted && c.AbstractSyntax == instance.SopClassUid).Select(c => c.TransferSyntax!);
            using var outgoing = extract is not null ? await Outgoing.PrepareAsync(extract, instance.SopClassUid, [.. accepted], CancellationToken.None)
                : await Outgoing.PrepareAsync(archive, instance, [.. accepted], CancellationToken.None);
            var request = outgoing.Request.ForMove(context.Association.CallingAETitle, context.MessageId);
            tally.Count(instance.SopInstanceUid, await association.StoreAsync(request, CancellationToken.None));
        }
        catch (Exception e) when (IsAboutOneObject(e) || e is AssociationException or NoPresentationContextException)
        {
            Log.MoveTrouble(logger, context.Destination, $"{instance.SopInstanceUid}: {e.Message}");
            tally.Problem ??= e.Message;
            tally.Fail(instance.SopInstanceUid);
        }
    }

    private async Task ReleaseAsync(Association association, CancellationToken cancel)
    {
        try
        {
            await association.ReleaseAsync(cancel);
        }
        catch (AssociationException e)
        {
            // All objects were acknowledged; that the peer hangs up rudely changes nothing.
            Log.Association(logger, association.Info.Id, settings.AETitle, association.Info.CalledAETitle, e.Message);
        }
    }

    /// <summary>Proposes each stored transfer syntax, and the uncompressed ones as a way out, for each SOP class. 128 contexts fit into an
    /// association (PS3.8 §9.3.2.2), so that a motley selection needs several.</summary>
    private static IEnumerable<(IReadOnlyList<PresentationContextProposal> Contexts, List<StoredInstance> Instances)> Portions(IReadOnlyList<StoredInstance> instances)
    {
        foreach (var chunk in instances.GroupBy(i => (i.SopClassUid, i.TransferSyntax)).Chunk(MaxContexts / 2))
        {
            var contexts = new List<PresentationContextProposal>();
            foreach (var ofClass in chunk.GroupBy(group => group.Key.SopClassUid))
            {
                contexts.AddRange(ofClass.Select(group => new PresentationContextProposal(ofClass.Key, [group.Key.TransferSyntax])));
                contexts.Add(new PresentationContextProposal(ofClass.Key, [TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian]));
            }
            yield return (contexts, [.. chunk.SelectMany(group => group)]);
        }
    }
}
