using System.Collections.Concurrent;
using Isocenter.Dicom;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

/// <summary>An object in the queue.</summary>
internal sealed class StoreEntry(StoreItem item)
{
    public StoreItem Item { get; } = item;

    public int Attempts { get; set; }
}

/// <summary>Objects whose presentation contexts fit into one association, and those contexts (PS3.8 §9.3.2.2).</summary>
internal sealed class StorePortion
{
    private StorePortion(IReadOnlyList<PresentationContextProposal> contexts, IEnumerable<StoreItem> items)
    {
        Contexts = contexts;
        Waiting = new ConcurrentQueue<StoreEntry>(items.Select(item => new StoreEntry(item)));
    }

    public IReadOnlyList<PresentationContextProposal> Contexts { get; }

    public ConcurrentQueue<StoreEntry> Waiting { get; }

    /// <summary>Associations that work on it; guarded by whoever chooses among portions.</summary>
    public int Workers { get; set; }

    /// <summary>A context for each SOP class in each syntax that occurs, since an acceptor chooses one syntax of a context;
    /// and one of the class for what its objects can be brought into.</summary>
    public static List<StorePortion> Plan(IEnumerable<StoreItem> items)
    {
        var portions = new List<StorePortion>();
        var contexts = new List<PresentationContextProposal>();
        var members = new List<StoreItem>();
        foreach (var ofClass in items.GroupBy(item => item.SopClassUid))
        {
            foreach (var bySyntax in ofClass.GroupBy(item => item.TransferSyntax).Chunk(AAssociateRQ.MaxPresentationContexts - 1))
            {
                StoreItem[] some = [.. bySyntax.SelectMany(group => group)];
                List<PresentationContextProposal> needed = [.. bySyntax.Select(group => new PresentationContextProposal(ofClass.Key, [group.Key]))];
                TransferSyntax[] others = [.. some.SelectMany(item => item.Alternatives).Distinct().OrderBy(IsDefault)];
                if (others.Length > 0) needed.Add(new PresentationContextProposal(ofClass.Key, others));
                if (contexts.Count + needed.Count > AAssociateRQ.MaxPresentationContexts) Close();
                contexts.AddRange(needed);
                members.AddRange(some);
            }
        }
        Close();
        return portions;

        void Close()
        {
            if (members.Count > 0) portions.Add(new StorePortion([.. contexts], members));
            contexts.Clear();
            members.Clear();
        }

        // Explicit VR keeps what Implicit VR has to guess.
        static bool IsDefault(TransferSyntax syntax) => syntax.Equals(TransferSyntax.ImplicitVRLittleEndian);
    }
}
