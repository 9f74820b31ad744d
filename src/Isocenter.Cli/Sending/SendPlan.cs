using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Cli.Sending;

/// <summary>The objects that go over one association, and what is proposed for them.</summary>
internal sealed record SendPortion(IReadOnlyList<PresentationContextProposal> Contexts, IReadOnlyList<SendItem> Items);

/// <summary>Cuts what is to be sent into associations of at most 128 presentation contexts (PS3.8 §9.3.2.2).</summary>
internal static class SendPlan
{
    /// <summary>A context for each SOP class in each syntax that occurs, and for uncompressed objects the default syntax
    /// beside it (PS3.5 §10.1): they can be rewritten for a peer that knows no other.</summary>
    public static IReadOnlyList<SendPortion> For(IReadOnlyList<SendItem> items)
    {
        var pairs = new List<(Uid SopClassUid, TransferSyntax Syntax)>();
        foreach (var ofClass in items.GroupBy(item => item.SopClassUid))
        {
            pairs.AddRange(ofClass.Select(item => (ofClass.Key, item.TransferSyntax)).Distinct());
            if (ofClass.Any(item => item.CanBeRewritten)) pairs.Add((ofClass.Key, TransferSyntax.ImplicitVRLittleEndian));
        }
        var portions = ProposalPlan.ForStorage(pairs);
        var portionOf = new Dictionary<(Uid, TransferSyntax), int>();
        for (int i = 0; i < portions.Count; i++)
        {
            foreach (var context in portions[i]) portionOf[(context.AbstractSyntax, context.TransferSyntaxes[0])] = i;
        }
        return [.. items
            .GroupBy(item => portionOf[(item.SopClassUid, item.TransferSyntax)])
            .OrderBy(group => group.Key)
            .Select(group => new SendPortion(portions[group.Key], [.. group]))];
    }
}
