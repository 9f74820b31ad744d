using System.Buffers;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

/// <summary>What both directions of one connection know of each other: the presentation contexts.</summary>
internal sealed class ProxyDecoder
{
    private readonly Lock _lock = new();
    private readonly Dictionary<byte, string> _abstractSyntaxes = [];
    private readonly Dictionary<byte, TransferSyntax> _transferSyntaxes = [];
    private string _calling = "", _called = "";

    public ProxyDecoder(long connection, AssociationProxyOptions options)
    {
        Connection = connection;
        Options = options;
        FromRequestor = new PduFollower(this, fromRequestor: true);
        FromAcceptor = new PduFollower(this, fromRequestor: false);
    }

    public long Connection { get; }

    public AssociationProxyOptions Options { get; }

    public PduFollower FromRequestor { get; }

    public PduFollower FromAcceptor { get; }

    public TransferSyntax? SyntaxOf(byte context)
    {
        lock (_lock) return _transferSyntaxes.GetValueOrDefault(context);
    }

    public ProxyEvent Request(AAssociateRQ request)
    {
        lock (_lock)
        {
            (_calling, _called) = (request.CallingAETitle, request.CalledAETitle);
            foreach (var context in request.PresentationContexts) _abstractSyntaxes[context.Id] = context.AbstractSyntax;
        }
        return Associate(fromRequestor: true, request.CallingAETitle, request.CalledAETitle, request.ApplicationContext, request.UserInformation,
            [.. request.PresentationContexts.Select(c => new ProxyContext(c.Id, c.AbstractSyntax, c.TransferSyntaxes, null))]);
    }

    public ProxyEvent Accept(AAssociateAC accept)
    {
        var contexts = new List<ProxyContext>();
        lock (_lock)
        {
            foreach (var answer in accept.PresentationContexts)
            {
                bool accepted = answer.Result == PresentationContextResult.Acceptance;
                if (accepted && Uid.TryParseLenient(answer.TransferSyntax, out var uid)) _transferSyntaxes[answer.Id] = TransferSyntax.Of(uid);
                contexts.Add(new ProxyContext(answer.Id, _abstractSyntaxes.GetValueOrDefault(answer.Id, ""), accepted ? [answer.TransferSyntax] : [], answer.Result));
            }
        }
        return Associate(fromRequestor: false, accept.CallingAETitle, accept.CalledAETitle, accept.ApplicationContext, accept.UserInformation, contexts);
    }

    public ProxyEvent Reject(AAssociateRJ reject)
    {
        lock (_lock) return new ProxyReject(Connection, new AssociationRejectedException(reject.Result, reject.Source, reject.Reason, _calling, _called));
    }

    private ProxyAssociate Associate(bool fromRequestor, string calling, string called, string application, UserInformation user, IReadOnlyList<ProxyContext> contexts) =>
        new(Connection, fromRequestor)
        {
            CallingAETitle = calling,
            CalledAETitle = called,
            ApplicationContext = application,
            Contexts = contexts,
            MaxPduLength = user.MaximumLength,
            ImplementationClassUid = user.ImplementationClassUid,
            ImplementationVersionName = user.ImplementationVersionName,
            Window = user.AsynchronousOperationsWindow is { } window ? (window.Invoked, window.Performed) : null,
            Roles = [.. user.RoleSelections.Select(role => (role.SopClassUid, role.Scu, role.Scp))],
            ExtendedNegotiations = user.ExtendedNegotiations,
            UserIdentity = user.UserIdentity,
        };
}

/// <summary>Follows the PDUs of one direction as their bytes pass, in whatever pieces (PS3.8 §9.3).</summary>
/// <remarks>Holds a PDU of the association's beginning and end as a whole, of P-DATA-TF the command sets and the beginning
/// of a data set. For one thread at a time.</remarks>
internal sealed class PduFollower(ProxyDecoder decoder, bool fromRequestor)
{
    /// <summary>The follower judges nobody: P-DATA-TF may be as long as its sender likes.</summary>
    private static readonly PduLimits Limits = new(uint.MaxValue, PduLimits.DefaultAssociate);

    private const int MaxCommandLength = 1024 * 1024;

    private readonly ArrayBufferWriter<byte> _rest = new(256);
    private readonly ArrayBufferWriter<byte> _command = new(512);
    private readonly ArrayBufferWriter<byte> _dataSet = new(512);
    private PdvCutter _cutter;
    private long _dataSetLength;
    private bool _isUnreadable;

    /// <summary>Takes what has just come.</summary>
    public void Take(ReadOnlySpan<byte> bytes)
    {
        if (_isUnreadable) return;
        try
        {
            if (_rest.WrittenCount > 0)
            {
                _rest.Write(bytes);
                bytes = _rest.WrittenSpan;
            }
            int taken = Follow(bytes);
            byte[] left = bytes[taken..].ToArray();
            _rest.ResetWrittenCount();
            _rest.Write(left);
        }
        catch (PduException wrong)
        {
            _isUnreadable = true;
            decoder.Options.OnEvent(new ProxyUnreadable(decoder.Connection, fromRequestor, wrong.Message));
        }
    }

    /// <returns>Bytes that need not come again.</returns>
    private int Follow(ReadOnlySpan<byte> bytes)
    {
        int at = 0;
        while (true)
        {
            if (_cutter.IsInPdu)
            {
                if (!_cutter.TryCut(bytes[at..], out int consumed, out var piece)) return at;
                at += consumed;
                Add(piece, bytes.Slice(at - piece.Length, piece.Length));
                continue;
            }
            if (!PduReader.TryReadHeader(bytes[at..], Limits, out var type, out uint length)) return at;
            if (type == PduType.PDataTF)
            {
                decoder.Options.OnEvent(new ProxyPdu(decoder.Connection, fromRequestor, (byte)type, length));
                _cutter.Begin(length);
                at += RawPdu.HeaderLength;
                continue;
            }
            var rest = bytes[at..];
            if (!PduReader.TryRead(ref rest, Limits, out var pdu)) return at;
            at = bytes.Length - rest.Length;
            decoder.Options.OnEvent(new ProxyPdu(decoder.Connection, fromRequestor, (byte)type, length));
            decoder.Options.OnEvent(type switch
            {
                PduType.AAssociateRQ => decoder.Request(AssociateReader.ReadRequest(pdu.Body)),
                PduType.AAssociateAC => decoder.Accept(AssociateReader.ReadAccept(pdu.Body)),
                PduType.AAssociateRJ => decoder.Reject(PduReader.ReadReject(pdu.Body)),
                PduType.AReleaseRQ or PduType.AReleaseRP => new ProxyRelease(decoder.Connection, fromRequestor, type == PduType.AReleaseRP),
                _ => Abort(PduReader.ReadAbort(pdu.Body)),
            });
        }
    }

    private ProxyAbort Abort(AAbort abort) => new(decoder.Connection, fromRequestor, abort.Source, abort.Reason);

    private void Add(in PdvPiece piece, ReadOnlySpan<byte> bytes)
    {
        if (piece.IsCommand)
        {
            if (_command.WrittenCount + bytes.Length > MaxCommandLength) throw PduException.Invalid("a command set has no end");
            _command.Write(bytes);
            if (!piece.EndsSet) return;
            var command = CommandSetReader.Read(_command.WrittenSpan);
            _command.ResetWrittenCount();
            decoder.Options.OnEvent(new ProxyCommand(decoder.Connection, fromRequestor, piece.ContextId, command));
            return;
        }
        int kept = Math.Min(bytes.Length, decoder.Options.MaxDataSetBytes - _dataSet.WrittenCount);
        if (kept > 0) _dataSet.Write(bytes[..kept]);
        _dataSetLength += bytes.Length;
        if (!piece.EndsSet) return;
        decoder.Options.OnEvent(new ProxyDataSet(decoder.Connection, fromRequestor, piece.ContextId, decoder.SyntaxOf(piece.ContextId),
            _dataSet.WrittenSpan.ToArray(), _dataSetLength));
        _dataSet.ResetWrittenCount();
        _dataSetLength = 0;
    }
}
