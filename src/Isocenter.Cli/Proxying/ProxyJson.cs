using System.Globalization;
using System.Text.Json;
using Isocenter.Cli.Dump;
using Isocenter.Network;

namespace Isocenter.Cli.Proxying;

/// <summary>Writes what passes a proxy as JSON Lines: an object for each event, with time, connection and direction.</summary>
internal sealed class ProxyJson(Terminal terminal, bool eachPdu, ShownDataSet data)
{
    private readonly Lock _lock = new();

    public void Write(ProxyEvent seen)
    {
        if (seen is ProxyPdu && !eachPdu) return;
        var line = new Dictionary<string, object?>
        {
            ["time"] = terminal.Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            ["connection"] = seen.Connection,
            ["from"] = seen.FromRequestor ? "requestor" : "acceptor",
        };
        Add(line, seen);
        string text = JsonSerializer.Serialize(line, JsonText.Options);
        lock (_lock)
        {
            terminal.Output.WriteLine(text);
            terminal.Output.Flush();
        }
    }

    private void Add(Dictionary<string, object?> line, ProxyEvent seen)
    {
        switch (seen)
        {
            case ProxyConnected connected:
                line["event"] = "connected";
                line["remote"] = connected.Remote?.ToString();
                break;
            case ProxyClosed closed:
                line["event"] = "closed";
                line["bytesFromRequestor"] = closed.BytesFromRequestor;
                line["bytesFromAcceptor"] = closed.BytesFromAcceptor;
                if (closed.Problem is not null) line["problem"] = closed.Problem;
                break;
            case ProxyPdu pdu:
                line["event"] = "pdu";
                line["pdu"] = ProxyWords.OfPdu(pdu.Type);
                line["length"] = pdu.Length;
                break;
            case ProxyAssociate associate:
                AddAssociate(line, associate);
                break;
            case ProxyReject { Rejection: var rejection }:
                line["event"] = "A-ASSOCIATE-RJ";
                line["result"] = (int)rejection.Result;
                line["source"] = (int)rejection.RejectedBy;
                line["reason"] = rejection.ReasonNumber;
                line["message"] = rejection.Message;
                break;
            case ProxyRelease release:
                line["event"] = release.IsResponse ? "A-RELEASE-RP" : "A-RELEASE-RQ";
                break;
            case ProxyAbort abort:
                line["event"] = "A-ABORT";
                line["source"] = (int)abort.Source;
                line["reason"] = (int)abort.Reason;
                break;
            case ProxyCommand command:
                line["event"] = "command";
                line["command"] = ProxyWords.Of(command.Command.CommandField);
                line["context"] = command.ContextId;
                foreach (var (name, value) in ProxyWords.Elements(command.Command)) line[name] = value;
                break;
            case ProxyDataSet dataSet:
                line["event"] = "dataSet";
                line["context"] = dataSet.ContextId;
                line["transferSyntax"] = dataSet.TransferSyntax?.Uid.Value;
                line["length"] = dataSet.Length;
                line["elements"] = data.Of(dataSet).Select(element => new { path = element.Path, vr = element.VR, length = element.Length, keyword = element.Keyword, value = element.Value });
                break;
            case ProxyUnreadable unreadable:
                line["event"] = "unreadable";
                line["problem"] = unreadable.Problem;
                break;
        }
    }

    private static void AddAssociate(Dictionary<string, object?> line, ProxyAssociate associate)
    {
        line["event"] = associate.FromRequestor ? "A-ASSOCIATE-RQ" : "A-ASSOCIATE-AC";
        line["calling"] = associate.CallingAETitle;
        line["called"] = associate.CalledAETitle;
        line["maxPduLength"] = associate.MaxPduLength;
        line["implementationClassUid"] = associate.ImplementationClassUid;
        line["implementationVersionName"] = associate.ImplementationVersionName;
        if (associate.Window is { } window) line["window"] = new[] { window.Invoked, window.Performed };
        if (associate.UserIdentity is { } identity) line["userIdentity"] = identity.Type.ToString();
        line["contexts"] = associate.Contexts.Select(context => new
        {
            id = context.Id,
            abstractSyntax = context.AbstractSyntax,
            name = ProxyWords.NameOf(context.AbstractSyntax),
            result = (int?)context.Result,
            transferSyntaxes = context.TransferSyntaxes,
        });
        if (associate.Roles.Count > 0) line["roles"] = associate.Roles.Select(role => new { sopClass = role.SopClassUid, scu = role.Scu, scp = role.Scp });
        if (associate.ExtendedNegotiations.Count > 0)
            line["extended"] = associate.ExtendedNegotiations.Select(e => new { sopClass = e.SopClassUid, bytes = Convert.ToHexString(e.ServiceClassApplicationInformation.Span) });
    }
}
