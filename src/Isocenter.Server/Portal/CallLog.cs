using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Server.Portal;

/// <summary>Who called by DIMSE lately, what they proposed and what came of it: for the person who connects a scanner. Kept
/// in memory only. Safe from many threads.</summary>
internal sealed class CallLog(TimeProvider clock)
{
    private const int Kept = 60;

    private readonly Lock _lock = new();
    private readonly LinkedList<Call> _calls = [];

    private sealed record Call(DateTimeOffset At, AssociationInfo Association, AssociationEventKind Kind, string Message);

    /// <summary>Remembers what happened to an association: one entry for each, with the last that was heard of it.</summary>
    public void Note(AssociationEvent e)
    {
        if (e.Association is null or { IsRequestor: true }) return;
        lock (_lock)
        {
            for (var node = _calls.First; node is not null; node = node.Next)
            {
                if (node.Value.Association.Id != e.Association.Id || e.Association.Id == 0) continue;
                node.Value = node.Value with { Kind = e.Kind, Message = e.Message };
                return;
            }
            _calls.AddFirst(new Call(clock.GetUtcNow(), e.Association, e.Kind, e.Message));
            if (_calls.Count > Kept) _calls.RemoveLast();
        }
    }

    /// <summary>The newest first.</summary>
    public void Write(Utf8JsonWriter json, Func<string, bool> isKnown)
    {
        Call[] calls;
        lock (_lock) calls = [.. _calls];
        json.WriteStartArray("calls");
        foreach (var call in calls)
        {
            var association = call.Association;
            json.WriteStartObject();
            json.WriteNumber("id", association.Id);
            json.WriteString("at", call.At);
            json.WriteString("calling", association.CallingAETitle);
            json.WriteString("called", association.CalledAETitle);
            json.WriteString("address", (association.RemoteEndPoint as System.Net.IPEndPoint)?.Address.ToString());
            json.WriteString("software", association.PeerImplementationVersionName);
            json.WriteString("state", call.Kind.ToString());
            json.WriteBoolean("refused", call.Kind is not (AssociationEventKind.Established or AssociationEventKind.Released));
            json.WriteString("message", call.Message);
            json.WriteBoolean("known", isKnown(association.CallingAETitle));
            json.WriteStartArray("proposals");
            foreach (var context in association.PresentationContexts) Write(json, context);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, PresentationContext context)
    {
        json.WriteStartObject();
        json.WriteString("what", UidDictionary.TryFind(context.AbstractSyntax.Value, out var entry) ? entry.Name : context.AbstractSyntax.Value);
        json.WriteBoolean("accepted", context.IsAccepted);
        json.WriteString("how", context.IsAccepted ? context.TransferSyntax!.Name : context.Result switch
        {
            PresentationContextResult.AbstractSyntaxNotSupported => "this service is not offered here",
            PresentationContextResult.TransferSyntaxesNotSupported => "none of its transfer syntaxes is taken: " + string.Join(", ", context.Proposed.Select(syntax => syntax.Name)),
            _ => "refused",
        });
        json.WriteEndObject();
    }
}
