using System.Net;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;
using Isocenter.Server.Portal;
using Isocenter.Server.Settings;
using Isocenter.Server.Telemetry;

namespace Isocenter.Server.Dimse;

/// <summary>The DIMSE side of the server: what is accepted, and which handler answers what.</summary>
internal sealed class DimseScp(ServerSettings settings, ImageArchive archive, KnownNodes nodes, ServerMetrics metrics, CallLog calls, ILogger logger,
    CancellationToken stopping)
{
    private const int OperationsAtATime = 8;

    public AssociationServer Create()
    {
        var storage = new StorageScp(archive, logger);
        var query = new QueryScp(archive, settings);
        var retrieve = new RetrieveScp(archive, settings, nodes, logger);
        var events = new EventSender(settings, nodes, logger, stopping);
        ServiceHandlers[] services = [new CommitmentScp(archive, settings, events, logger, stopping).Handlers, .. new WorkflowScp(settings, events, logger).Handlers,
            .. new NonPatientScp(archive, settings, nodes).Handlers];
        var policy = new AcceptancePolicy
        {
            CalledAETitles = settings.AcceptAnyCalledAETitle ? [] : [settings.AETitle],
            AbstractSyntaxes = [.. AcceptancePolicy.DefaultAbstractSyntaxes, .. QueryLevels.PatientStudyOnly, .. RetrieveScp.CompositeSopClasses, .. services.SelectMany(s => s.AbstractSyntaxes)],
            JudgeUser = settings.DicomUsers is { } users ? users.Judge : null,
            AcceptUnknownStorage = settings.StoreUnknownSopClasses && settings.UnknownSopClasses != UnknownClassPolicy.Refuse,
            AnswerExtendedNegotiation = QueryLevels.Negotiate,
        };
        return new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [settings.Dicom],
            TlsEndPoints = settings.DicomTls is { } tls ? [tls.EndPoint] : [],
            Tls = settings.DicomTls?.Options,
            MaxAssociations = settings.MaxAssociations,
            MaxAssociationsPerPeer = settings.MaxAssociationsPerPeer ?? settings.MaxAssociations,
            MaxOperationsPerformed = OperationsAtATime,
            MaxOperations = OperationsAtATime,
            MaxDataSetLength = settings.MaxObjectLength,
            OnAssociate = (request, _) => ValueTask.FromResult(settings.OnlyKnownNodes && Stranger(request) is { } who
                ? AssociationDecision.Reject(RejectReason.CallingAETitleNotRecognized, explanation: who)
                : (request.Tls is null ? policy : policy with { CertificateMustNameCallingAETitle = settings.DicomTls?.BindAETitles ?? false }).Decide(request)),
            OnStore = metrics.Measured(storage.StoreAsync),
            OnFind = metrics.Measured<FindContext, DataSet>("C-FIND", query.Find, static _ => Status.Success),
            OnMove = metrics.Measured<MoveContext, SubOperationProgress>("C-MOVE", retrieve.Move, static progress => progress.FinalStatus),
            OnGet = metrics.Measured(retrieve.GetAsync),
            OnEvent = Report,
        }.WithServices(services));
    }

    /// <summary>Why the peer is none of the known nodes, null when it is one: by its AE title, and by its address where the node has
    /// one rather than a name.</summary>
    private string? Stranger(AssociationRequest request)
    {
        if (nodes.Find(request.CallingAETitle) is not { } node) return $"no node is called '{request.CallingAETitle}' (dicom:onlyKnownNodes)";
        if (!IPAddress.TryParse(node.Host, out var expected) || request.RemoteEndPoint is not IPEndPoint { Address: var address }) return null;
        return address.MapToIPv6().Equals(expected.MapToIPv6()) ? null : $"node '{node.AETitle}' is {expected}, not {address} (dicom:onlyKnownNodes)";
    }

    private void Report(AssociationEvent e)
    {
        calls.Note(e);
        string calling = e.Association?.CallingAETitle ?? "?", remote = e.Association?.RemoteEndPoint?.ToString() ?? "?";
        long id = e.Association?.Id ?? 0;
        string user = e.Kind == AssociationEventKind.Established && settings.DicomUsers is not null && e.Association?.UserIdentity?.UserName is { } name ? $", user '{name}'" : "";
        if (e.Exception is null && e.Kind != AssociationEventKind.TlsFailed) Log.Association(logger, id, calling, remote, e.Message + user);
        else Log.AssociationTrouble(logger, id, calling, remote,
            e.Exception is null || e.Kind == AssociationEventKind.TlsFailed || e.Message.Contains(e.Exception.Message, StringComparison.Ordinal) ? e.Message : $"{e.Message}: {e.Exception.Message}");
    }
}
