using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Cli.Sending;

/// <summary>One object to send: what the association must know of it beforehand, and how to get at its bytes.</summary>
internal sealed class SendItem
{
    private readonly Func<TransferSyntax, (StoreRequest Request, IDisposable? Source)> _open;

    private SendItem(string name, Uid sopClass, Uid sopInstance, TransferSyntax syntax, long length,
        Func<TransferSyntax, (StoreRequest, IDisposable?)> open)
    {
        Name = name;
        SopClassUid = sopClass;
        SopInstanceUid = sopInstance;
        TransferSyntax = syntax;
        Length = length;
        _open = open;
    }

    /// <summary>Path, or what else tells a person which object this is.</summary>
    public string Name { get; }

    public Uid SopClassUid { get; }

    public Uid SopInstanceUid { get; }

    /// <summary>As it is now.</summary>
    public TransferSyntax TransferSyntax { get; }

    /// <summary>Bytes of the data set, for progress.</summary>
    public long Length { get; }

    /// <summary>It can be sent in another uncompressed syntax as well: its pixels are not compressed.</summary>
    public bool CanBeRewritten => !TransferSyntax.IsEncapsulated && TransferSyntax.IsKnown;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="DicomFormatException">Not DICOM, or without UIDs.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SendItem FromFile(string path)
    {
        using var file = DicomFile.Open(path, ReadOptions.HeaderOnly);
        var (sopClass, sopInstance, syntax, offset) = (UidOf(file, Tags.SOPClassUID), UidOf(file, Tags.SOPInstanceUID), file.TransferSyntax, file.DataSetOffset);
        return new SendItem(path, sopClass, sopInstance, syntax, new FileInfo(path).Length - offset, wanted =>
        {
            if (wanted.Equals(syntax)) return (StoreRequest.FromFile(sopClass, sopInstance, syntax, path, offset), null);
            var whole = DicomFile.Open(path);
            try
            {
                return (StoreRequest.FromDataSet(whole.DataSet, wanted), whole);
            }
            catch
            {
                whole.Dispose();
                throw;
            }
        });
    }

    /// <summary>An object in memory.</summary>
    public static SendItem FromMemory(DicomFile file, string name) =>
        new(name, UidOf(file, Tags.SOPClassUID), UidOf(file, Tags.SOPInstanceUID), file.TransferSyntax,
            file.DataSet.TryFind(Tags.PixelData, out var pixels) ? pixels.Length : 0,
            wanted => (StoreRequest.FromDataSet(file.DataSet, wanted), null));

    /// <summary>Sends it.</summary>
    /// <exception cref="NoPresentationContextException">Not accepted in any syntax that it can be sent in.</exception>
    public async Task<Network.Dimse.Status> SendAsync(Association association, CancellationToken cancel)
    {
        var (request, source) = _open(SyntaxFor(association));
        using (source)
        using (request)
        {
            return await association.StoreAsync(request, cancel);
        }
    }

    /// <summary>Its own syntax where the peer takes it, else another uncompressed one.</summary>
    private TransferSyntax SyntaxFor(Association association)
    {
        TransferSyntax? other = null;
        foreach (var context in association.PresentationContexts)
        {
            if (context.AbstractSyntax != SopClassUid || !context.IsAccepted || !context.RequestorIsScu) continue;
            if (context.TransferSyntax!.Equals(TransferSyntax)) return TransferSyntax;
            if (CanBeRewritten && !context.TransferSyntax.IsEncapsulated && !context.TransferSyntax.IsDeflated) other ??= context.TransferSyntax;
        }
        return other ?? TransferSyntax;      // which the association will refuse with the reason
    }

    private static Uid UidOf(DicomFile file, Tag tag)
    {
        string name = tag == Tags.SOPClassUID ? "SOP Class UID" : "SOP Instance UID";
        if (!file.DataSet.TryGet(tag, out string? text) || text.Length == 0) throw new DicomFormatException($"the object has no {name}", path: tag.ToString());
        return Uid.TryParseLenient(text, out var uid) ? uid : throw new DicomFormatException($"the {name} '{text}' is not a UID", path: tag.ToString());
    }
}
