using Isocenter.Archive;
using Isocenter.Network;
using Isocenter.Network.Services;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Dimse;

/// <summary>Hanging protocols, palettes, implants, protocols and inventories as SCP of their information models (PS3.4 Annex U,
/// X, BB, HH, II): what came by C-STORE or by STOW-RS is found and given back.</summary>
internal sealed class NonPatientScp(ImageArchive archive, ServerSettings settings, KnownNodes nodes)
{
    public IEnumerable<ServiceHandlers> Handlers => InstanceModel.All.Select(model =>
    {
        string[] classes = [.. model.Instances.Select(uid => uid.Value)];
        return new InstanceRetrieval(model, _ => archive.NonPatientInstances.Search(new(), classes), Destination).Handlers;
    });

    private AssociationOptions? Destination(string aeTitle) => nodes.Find(aeTitle) is not { } node ? null : new AssociationOptions
    {
        Host = node.Host,
        Port = node.Port,
        CallingAETitle = settings.AETitle,
        CalledAETitle = node.AETitle,
    };
}
