namespace Isocenter.Server.Settings;

/// <summary>The peers we know, by AE title. The configuration file is looked at again when it has changed, so that
/// <c>isocenter node add</c> works on a running server.</summary>
internal sealed class KnownNodes(ServerSettings settings, ILogger logger)
{
    private readonly Lock _lock = new();
    private IReadOnlyList<Node> _nodes = settings.Nodes;
    private DateTime _read = Stamp(settings.ConfigFile);

    public Node? Find(string aeTitle) => All.FirstOrDefault(node => node.AETitle == aeTitle);

    /// <summary>All that are known now.</summary>
    public IReadOnlyList<Node> All
    {
        get
        {
            lock (_lock)
            {
                var stamp = Stamp(settings.ConfigFile);
                if (stamp != _read) Reload(stamp);
                return _nodes;
            }
        }
    }

    private void Reload(DateTime stamp)
    {
        _read = stamp;
        try
        {
            var file = SettingsReader.ReadNodes(settings.ConfigFile!);
            _nodes = [.. file, .. settings.Nodes.Where(known => file.All(node => node.AETitle != known.AETitle) && FromElsewhere(known))];
        }
        catch (Exception e) when (e is SettingsException or IOException)
        {
            Log.NodesNotReloaded(logger, e.Message);
        }
    }

    /// <summary>A node of the environment stays; one of the file goes when it is taken out of the file.</summary>
    private bool FromElsewhere(Node node) => settings.NodesFromElsewhere.Contains(node);

    private static DateTime Stamp(string? file) => file is null ? default : File.GetLastWriteTimeUtc(file);
}
