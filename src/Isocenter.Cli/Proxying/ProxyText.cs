using System.Globalization;
using Isocenter.Cli.Dump;
using Isocenter.Network;
using Isocenter.Network.Dimse;

namespace Isocenter.Cli.Proxying;

/// <summary>Writes what passes a proxy as lines for people: time, connection, direction, what.</summary>
internal sealed class ProxyText(Terminal terminal, bool eachPdu, ShownDataSet data)
{
    private readonly Lock _lock = new();

    public void Write(ProxyEvent seen)
    {
        if (seen is ProxyPdu && !eachPdu) return;
        lock (_lock)
        {
            foreach (string line in Lines(seen)) terminal.Output.WriteLine(Printable.Of(line));
            terminal.Output.Flush();
        }
    }

    private IEnumerable<string> Lines(ProxyEvent seen)
    {
        string time = terminal.Time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture);
        string head = $"{time} #{seen.Connection} {(seen is ProxyConnected or ProxyClosed ? " " : seen.FromRequestor ? "→" : "←")} ";
        string indent = new(' ', head.Length + 2);
        yield return head + Line(seen);
        switch (seen)
        {
            case ProxyAssociate associate:
                foreach (string line in Details(associate)) yield return indent + line;
                break;
            case ProxyDataSet dataSet:
                foreach (var element in data.Of(dataSet))
                    yield return string.Create(CultureInfo.InvariantCulture, $"{indent}{element.Path} {element.VR} {element.Length,6} {element.Keyword}{(element.Value is null ? "" : ": " + element.Value)}");
                break;
        }
    }

    private static string Line(ProxyEvent seen) => seen switch
    {
        ProxyConnected connected => $"connected from {connected.Remote}",
        ProxyClosed closed => string.Create(CultureInfo.InvariantCulture,
            $"closed{(closed.Problem is null ? "" : ": " + closed.Problem)}; {closed.BytesFromRequestor} bytes there, {closed.BytesFromAcceptor} back"),
        ProxyPdu pdu => string.Create(CultureInfo.InvariantCulture, $"PDU {ProxyWords.OfPdu(pdu.Type)}, {pdu.Length} bytes"),
        ProxyAssociate { FromRequestor: true } request => $"A-ASSOCIATE-RQ  {request.CallingAETitle} calls {request.CalledAETitle}",
        ProxyAssociate accept => string.Create(CultureInfo.InvariantCulture,
            $"A-ASSOCIATE-AC  {accept.Contexts.Count(c => c.Result == PresentationContextResult.Acceptance)} of {accept.Contexts.Count} presentation contexts accepted"),
        ProxyReject reject => $"A-ASSOCIATE-RJ  {reject.Rejection.Message}",
        ProxyRelease release => release.IsResponse ? "A-RELEASE-RP" : "A-RELEASE-RQ",
        ProxyAbort abort => $"A-ABORT  by {(abort.Source == AbortSource.ServiceProvider ? $"the protocol machine: {abort.Reason}" : "the application")}",
        ProxyCommand { Command: var command } => Line(command),
        ProxyDataSet dataSet => string.Create(CultureInfo.InvariantCulture,
            $"  data set, {dataSet.Length} bytes{(dataSet.TransferSyntax is { } syntax ? $", {syntax.Name}" : "")}"),
        ProxyUnreadable unreadable => $"this direction cannot be explained any further: {unreadable.Problem}",
        _ => "",
    };

    private static string Line(CommandSet command)
    {
        var parts = new List<string>();
        if (command.Status is { } status) parts.Add(status.ToString());
        if ((command.AffectedSopClassUid ?? command.RequestedSopClassUid) is { } sopClass) parts.Add(ProxyWords.NameOf(sopClass));
        foreach (var (name, value) in ProxyWords.Elements(command))
        {
            if (name is "messageId" or "messageIdBeingRespondedTo") parts.Insert(0, string.Create(CultureInfo.InvariantCulture, $"#{value}"));
            else if (name is not ("status" or "errorComment" or "affectedSopClassUid" or "requestedSopClassUid" or "dataSet"))
                parts.Add(name.EndsWith("InstanceUid", StringComparison.Ordinal) ? $"{value}" : string.Create(CultureInfo.InvariantCulture, $"{name} {value}"));
        }
        return $"{ProxyWords.Of(command.CommandField)}  {string.Join(", ", parts)}";
    }

    private static IEnumerable<string> Details(ProxyAssociate associate)
    {
        yield return string.Create(CultureInfo.InvariantCulture,
            $"PDUs up to {(associate.MaxPduLength == 0 ? "any length" : $"{associate.MaxPduLength} bytes")}, {associate.ImplementationVersionName} ({associate.ImplementationClassUid})");
        foreach (var context in associate.Contexts)
        {
            yield return string.Create(CultureInfo.InvariantCulture,
                $"{context.Id,3}  {ProxyWords.NameOf(context.AbstractSyntax)}: {(context.Result is null or PresentationContextResult.Acceptance
                    ? string.Join(", ", context.TransferSyntaxes.Select(ProxyWords.NameOf)) : $"refused, {context.Result}")}");
        }
        if (associate.Window is { } window)
            yield return string.Create(CultureInfo.InvariantCulture, $"window: {window.Invoked} operations invoked, {window.Performed} performed at a time (0: any)");
        foreach (var (sopClass, scu, scp) in associate.Roles) yield return $"roles: {ProxyWords.NameOf(sopClass)}: SCU {(scu ? "yes" : "no")}, SCP {(scp ? "yes" : "no")}";
        foreach (var extended in associate.ExtendedNegotiations)
            yield return $"extended negotiation: {ProxyWords.NameOf(extended.SopClassUid)}: {Convert.ToHexString(extended.ServiceClassApplicationInformation.Span)}";
        if (associate.UserIdentity is { } identity) yield return $"user identity: {identity.Type}";
    }
}
