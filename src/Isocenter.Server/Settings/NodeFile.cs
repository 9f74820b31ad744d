using System.Text.Json;
using System.Text.Json.Nodes;

namespace Isocenter.Server.Settings;

/// <summary>Adds and removes nodes in a configuration file and leaves the rest of it alone. Comments get lost.</summary>
public static class NodeFile
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>Adds a node, in place of one with the same AE title. The file is made when it is not there.</summary>
    public static void Add(string file, Node node)
    {
        ArgumentNullException.ThrowIfNull(node);
        Change(file, list =>
        {
            RemoveFrom(list, node.AETitle);
            list.Add(new JsonObject { ["aet"] = node.AETitle, ["host"] = node.Host, ["port"] = node.Port });
            return true;
        });
    }

    /// <summary>Takes a node out.</summary>
    /// <returns>False when there was none.</returns>
    public static bool Remove(string file, string aeTitle) => File.Exists(file) && Change(file, list => RemoveFrom(list, aeTitle));

    private static bool Change(string file, Func<JsonArray, bool> change)
    {
        _ = SettingsReader.ReadNodes(file);   // refuses a file that is wrong, with the name of what is wrong in it
        var options = new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
        var root = File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file), documentOptions: options)!.AsObject() : [];
        if (root["nodes"] is not JsonArray list) root["nodes"] = list = [];
        if (!change(list)) return false;
        // A reader sees the old file or the new one, never half of one.
        string temporary = file + ".new";
        File.WriteAllText(temporary, root.ToJsonString(Indented) + "\n");
        File.Move(temporary, file, overwrite: true);
        return true;
    }

    private static bool RemoveFrom(JsonArray list, string aeTitle)
    {
        bool found = false;
        for (int i = list.Count - 1; i >= 0; i--)
        {
            if (list[i]?["aet"]?.ToString() != aeTitle) continue;
            list.RemoveAt(i);
            found = true;
        }
        return found;
    }
}
