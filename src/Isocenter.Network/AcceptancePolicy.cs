using Isocenter.Dicom;

namespace Isocenter.Network;

/// <summary>The usual way to decide on a request: what is served, by name; storage in any transfer syntax.</summary>
/// <remarks>Immutable and safe from many threads.</remarks>
public sealed record AcceptancePolicy
{
    private static readonly TransferSyntax[] Uncompressed =
    [
        TransferSyntax.ExplicitVRLittleEndian, TransferSyntax.ImplicitVRLittleEndian, TransferSyntax.ExplicitVRBigEndian,
    ];

    /// <summary>AE titles we answer to; empty: any.</summary>
    public IReadOnlyCollection<string> CalledAETitles { get; init; } = [];

    /// <summary>AE titles that may call; empty: any.</summary>
    public IReadOnlyCollection<string> CallingAETitles { get; init; } = [];

    /// <summary>Over TLS, the calling AE title must be one of the names in the peer's certificate (its common name, a DNS
    /// name, or the first label of one; capitals make no difference): a certificate is then good for its own titles only.
    /// A peer that shows no certificate is rejected.</summary>
    public bool CertificateMustNameCallingAETitle { get; init; }

    /// <summary>Decides about the user, null for a peer that does not name one (PS3.7 §D.3.3.7); <see cref="UserList.Judge"/> is one
    /// way. Null: any user, and the identity is not looked at. Who is refused is rejected: permanent, ACSE, no reason given.</summary>
    /// <remarks>A user who is let in and asked for it gets the positive response.</remarks>
    public Func<UserIdentity?, UserVerdict>? JudgeUser { get; init; }

    /// <summary>SOP classes served besides storage; as the other side's SCP. Default: Verification, and Patient Root and
    /// Study Root Query/Retrieve.</summary>
    public IReadOnlyCollection<Uid> AbstractSyntaxes { get; init; } = DefaultAbstractSyntaxes;

    /// <summary>Accept every storage SOP class of the standard.</summary>
    public bool AcceptStorage { get; init; } = true;

    /// <summary>Take a SOP class that is not in the standard, private or newer than our dictionary, for a storage class. Not one
    /// that cannot be: of the standard but not among its storage classes, or 1.2.3.</summary>
    public bool AcceptUnknownStorage { get; init; }

    /// <summary>Transfer syntaxes accepted for storage; empty: any, private ones too. The requestor's order decides, but one that is
    /// in no edition we know is taken only when no other was offered.</summary>
    public IReadOnlyCollection<TransferSyntax> StorageTransferSyntaxes { get; init; } = [];

    /// <summary>Prefer for storage, when the requestor offers several, a compressed one to one that it would have to
    /// decompress for. Off: the requestor's order.</summary>
    public bool PreferCompressed { get; init; }

    /// <summary>Answers SOP class extended negotiation of accepted SOP classes; null, or null returned: not answered, and so
    /// not agreed to.</summary>
    public Func<ExtendedNegotiation, ExtendedNegotiation?>? AnswerExtendedNegotiation { get; init; }

    /// <summary>Verification, and Patient Root and Study Root Query/Retrieve.</summary>
    public static IReadOnlyCollection<Uid> DefaultAbstractSyntaxes { get; } =
    [
        Uid.Parse(SopClasses.Verification),
        Uid.Parse(SopClasses.PatientRootQueryRetrieveInformationModelFind),
        Uid.Parse(SopClasses.PatientRootQueryRetrieveInformationModelMove),
        Uid.Parse(SopClasses.PatientRootQueryRetrieveInformationModelGet),
        Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelFind),
        Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelMove),
        Uid.Parse(SopClasses.StudyRootQueryRetrieveInformationModelGet),
    ];

    /// <summary>A SOP class whose instances are stored by C-STORE (PS3.4 Annex B and GG): the ones of PS3.6 that say so.</summary>
    public static bool IsStorage(Uid sopClassUid)
    {
        ArgumentNullException.ThrowIfNull(sopClassUid);
        return StorageSopClasses.Contains(sopClassUid.Value) || StorageSopClasses.IsNonPatientObject(sopClassUid.Value);
    }

    /// <summary>Decides.</summary>
    public AssociationDecision Decide(AssociationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (CalledAETitles.Count > 0 && !CalledAETitles.Contains(request.CalledAETitle))
            return AssociationDecision.Reject(RejectReason.CalledAETitleNotRecognized);
        if (CallingAETitles.Count > 0 && !CallingAETitles.Contains(request.CallingAETitle))
            return AssociationDecision.Reject(RejectReason.CallingAETitleNotRecognized);
        if (CertificateMustNameCallingAETitle
            && request.Tls?.PeerNames.Contains(request.CallingAETitle, StringComparer.OrdinalIgnoreCase) != true)
            return AssociationDecision.Reject(RejectReason.CallingAETitleNotRecognized);
        var user = JudgeUser?.Invoke(request.UserIdentity);
        if (user?.Refusal is { } why) return AssociationDecision.Reject(RejectReason.AcseNoReasonGiven, explanation: why);
        bool respond = request.UserIdentity?.PositiveResponseRequested ?? false;
        return AssociationDecision.Accept([.. request.PresentationContexts.Select(Decide)],
            respond ? user?.Response ?? ReadOnlyMemory<byte>.Empty : default(ReadOnlyMemory<byte>?), Answers(request));
    }

    /// <summary>Decides on one presentation context.</summary>
    public ContextDecision Decide(ProposedContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (AbstractSyntaxes.Contains(context.AbstractSyntax))
        {
            var syntax = Array.Find(Uncompressed, context.TransferSyntaxes.Contains);
            return syntax is null ? Refuse(PresentationContextResult.TransferSyntaxesNotSupported) : Accept(syntax);
        }
        bool isStorage = AcceptStorage && IsStorage(context.AbstractSyntax)
            || AcceptUnknownStorage && MayBeStorage(context.AbstractSyntax.Value);
        if (!isStorage) return Refuse(PresentationContextResult.AbstractSyntaxNotSupported);

        var chosen = Usable(context).FirstOrDefault(s => PreferCompressed && s.IsEncapsulated) ?? Usable(context).FirstOrDefault();
        return chosen is null ? Refuse(PresentationContextResult.TransferSyntaxesNotSupported) : Accept(chosen);

        ContextDecision Refuse(PresentationContextResult result) => new(context.Id, result);
        // Both roles are granted as asked: SCP of storage is the receiving end of a C-GET.
        ContextDecision Accept(TransferSyntax syntax) =>
            new(context.Id, PresentationContextResult.Acceptance, syntax, context.Scu, context.Scp);
    }

    private List<ExtendedNegotiation> Answers(AssociationRequest request)
    {
        var answers = new List<ExtendedNegotiation>();
        if (AnswerExtendedNegotiation is not { } answer) return answers;
        foreach (var asked in request.ExtendedNegotiations)
        {
            if (AbstractSyntaxes.Any(uid => uid.Value == asked.SopClassUid) && answer(asked) is { } agreed) answers.Add(agreed);
        }
        return answers;
    }

    private IEnumerable<TransferSyntax> Usable(ProposedContext context)
    {
        var offered = context.TransferSyntaxes.Where(s => StorageTransferSyntaxes.Count == 0 ? s.IsKnown || MayBe(s.Uid.Value, "1.2.840.10008.1.2.")
            : StorageTransferSyntaxes.Contains(s));
        return offered.OrderBy(s => !s.IsKnown);
    }

    /// <summary>A class that we do not know.</summary>
    private static bool MayBeStorage(string uid) => !UidDictionary.TryFind(uid, out _) && MayBe(uid, "1.2.840.10008.5.1.4.1.1.");

    /// <summary>A UID of the standard only where it has its like, and nothing below 1.2.3, which ISO has given to nobody and
    /// examples use.</summary>
    private static bool MayBe(string uid, string inTheStandard) => uid.StartsWith(inTheStandard, StringComparison.Ordinal)
        || !uid.StartsWith("1.2.840.10008.", StringComparison.Ordinal) && !uid.StartsWith("1.2.3.", StringComparison.Ordinal) && uid != "1.2.3";
}
