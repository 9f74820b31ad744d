using System.Globalization;

namespace Isocenter.Server.Events;

/// <summary>How far one receiver was told, in a file of its own in the data folder: <c>webhooks/NAME.cursor</c>, one decimal
/// number. Replaced as a whole; when a power cut takes the last step with it, events are told again.</summary>
internal sealed class WebhookCursor(string dataFolder, string name)
{
    private readonly string _path = Path.Combine(dataFolder, "webhooks", name + ".cursor");

    /// <returns>Null: nothing was noted yet, or it is unreadable.</returns>
    public long? Read()
    {
        try
        {
            return long.TryParse(File.ReadAllText(_path), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out long number) ? number : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public void Write(long number)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        File.WriteAllText(_path + ".new", number.ToString(CultureInfo.InvariantCulture) + "\n");
        File.Move(_path + ".new", _path, overwrite: true);
    }
}
