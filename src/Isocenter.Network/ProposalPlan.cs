using Isocenter.Dicom;

namespace Isocenter.Network;

/// <summary>Makes presentation context proposals out of what is to be sent.</summary>
public static class ProposalPlan
{
    /// <summary>One context for each pair of SOP class and transfer syntax: an acceptor chooses one syntax of a context, so
    /// objects of one class in two syntaxes need two.</summary>
    /// <param name="instances">What is to be sent; repetitions do no harm.</param>
    /// <returns>In order of first appearance, in portions of at most 128: more than one portion needs more than one
    /// association (PS3.8 §9.3.2.2).</returns>
    public static IReadOnlyList<IReadOnlyList<PresentationContextProposal>> ForStorage(
        IEnumerable<(Uid SopClassUid, TransferSyntax TransferSyntax)> instances) =>
        [.. instances.Distinct()
            .Select(i => new PresentationContextProposal(i.SopClassUid, [i.TransferSyntax]))
            .Chunk(128)];

    /// <summary>For a C-GET: the model, and storage contexts in which we are the SCP. A SOP class gets one context for each
    /// of the transfer syntaxes, as far as 128 contexts go.</summary>
    public static IReadOnlyList<PresentationContextProposal> ForGet(
        Uid model, IEnumerable<Uid> storageSopClasses, IReadOnlyList<TransferSyntax> transferSyntaxes)
    {
        Uid[] classes = [.. storageSopClasses.Distinct().Take(127)];
        int each = classes.Length == 0 ? 1 : Math.Max(1, 127 / classes.Length);
        // What does not get a context of its own goes into the last one as an alternative.
        int own = Math.Min(each, transferSyntaxes.Count) - 1;
        return [new PresentationContextProposal(model), .. classes.SelectMany(Contexts)];

        IEnumerable<PresentationContextProposal> Contexts(Uid sopClass)
        {
            for (int i = 0; i < own; i++) yield return Storage(sopClass, [transferSyntaxes[i]]);
            yield return Storage(sopClass, [.. transferSyntaxes.Skip(Math.Max(0, own))]);
        }

        static PresentationContextProposal Storage(Uid sopClass, IReadOnlyList<TransferSyntax> syntaxes) =>
            new(sopClass, syntaxes) { Scu = false, Scp = true };
    }
}
