using System.Text;

namespace Isocenter.Network;

/// <summary>The users who may come in, for <see cref="AcceptancePolicy.JudgeUser"/>: user identity of the types user name, and
/// user name with pass code (PS3.7 §D.3.3.7, PS3.15 §B.4, §B.5).</summary>
/// <remarks>A text file, a user a line: <c>NAME:pbkdf2-sha256:ITERATIONS:SALT:HASH</c>, or <c>NAME:-</c> for one who needs no pass
/// code; lines that begin with # are left alone. <see cref="Set"/> and <see cref="Remove"/> write it. It is looked at again for each
/// association; while it is damaged, what was read before holds. Safe from many threads.</remarks>
public sealed class UserList
{
    private const string NoSecret = "-";

    /// <summary>An unknown name costs as much time as a wrong pass code: nobody can try out who is here.</summary>
    private static readonly UserSecret Nobody = UserSecret.Of([]);

    private readonly WatchedFiles<Dictionary<string, UserSecret?>> _users;

    private UserList(WatchedFiles<Dictionary<string, UserSecret?>> users) => _users = users;

    /// <summary>Who sends no user identity is refused. Off: let in, and only who sends a wrong one is refused.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Judges what is no name: Kerberos tickets, SAML assertions, JSON Web Tokens. Null: they are refused.</summary>
    public Func<UserIdentity, UserVerdict>? JudgeToken { get; init; }

    /// <summary>Reads a file of users.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">A line of it is none of a user.</exception>
    public static UserList FromFile(string path, bool isRequired = false, Func<UserIdentity, UserVerdict>? judgeToken = null) =>
        new(new WatchedFiles<Dictionary<string, UserSecret?>>([path], () => Read(path))) { IsRequired = isRequired, JudgeToken = judgeToken };

    /// <summary>Decides about who calls; null for a peer that does not say.</summary>
    public UserVerdict Judge(UserIdentity? identity)
    {
        if (identity is null) return IsRequired ? UserVerdict.Refuse("no user identity was given, and one is required") : UserVerdict.Allow();
        if (identity.UserName is not { } name)
        {
            return JudgeToken?.Invoke(identity)
                ?? UserVerdict.Refuse($"the user identity is of type {identity.Type}, and nothing here can judge that");
        }
        bool known = _users.Current.TryGetValue(name, out var secret);
        if (known && secret is null) return UserVerdict.Allow();
        if (identity.Type == UserIdentityType.UserName)
            return UserVerdict.Refuse(known ? $"user '{name}' gave no pass code" : $"user '{name}' is not known");
        bool right = (secret ?? Nobody).Is(identity.SecondaryField.Span);
        return !known ? UserVerdict.Refuse($"user '{name}' is not known")
            : right ? UserVerdict.Allow()
            : UserVerdict.Refuse($"user '{name}' gave a wrong pass code");
    }

    /// <summary>The names in a file of users, in its order; none when there is no file.</summary>
    /// <returns>Name, and whether a pass code belongs to it.</returns>
    /// <exception cref="InvalidDataException">A line of it is none of a user.</exception>
    public static IReadOnlyList<(string Name, bool HasPasscode)> Names(string path) =>
        File.Exists(path) ? [.. Read(path).Select(user => (user.Key, user.Value is not null))] : [];

    /// <summary>Adds a user to a file, or changes the pass code. The file is made when it is not there, for its owner only.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Without colon, line break and leading #.</param>
    /// <param name="passcode">Null: the name alone is enough.</param>
    /// <exception cref="InvalidDataException">A line of it is none of a user.</exception>
    public static void Set(string path, string name, string? passcode)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (name.Contains(':', StringComparison.Ordinal) || name[0] == '#' || name.Any(char.IsControl) || name != name.Trim())
            throw new ArgumentException("a user name has no colon, no control characters, no # in front and no spaces around it", nameof(name));
        string line = $"{name}:{(passcode is null ? NoSecret : UserSecret.Of(Encoding.UTF8.GetBytes(passcode)).ToString())}";
        Write(path, [.. Others(path, name), line]);
    }

    /// <summary>Takes a user out of a file.</summary>
    /// <returns>False when there was none of that name.</returns>
    /// <exception cref="InvalidDataException">A line of it is none of a user.</exception>
    public static bool Remove(string path, string name)
    {
        if (!File.Exists(path) || !Read(path).ContainsKey(name)) return false;
        Write(path, Others(path, name));
        return true;
    }

    private static List<string> Others(string path, string name)
    {
        if (!File.Exists(path)) return [];
        _ = Read(path);   // a damaged file is not written over
        return [.. File.ReadLines(path).Where(line => !line.StartsWith(name + ":", StringComparison.Ordinal))];
    }

    private static void Write(string path, List<string> lines)
    {
        // A reader sees the old file or the new one, never half of one.
        string temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = File.Exists(path) ? File.GetUnixFileMode(path) : UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var writer = new StreamWriter(temporary, options))
        {
            writer.NewLine = "\n";
            foreach (string line in lines) writer.WriteLine(line);
        }
        File.Move(temporary, path, overwrite: true);
    }

    private static Dictionary<string, UserSecret?> Read(string path)
    {
        var users = new Dictionary<string, UserSecret?>(StringComparer.Ordinal);
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line) || line[0] == '#') continue;
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            UserSecret? secret = null;
            if (colon <= 0 || line[(colon + 1)..] is var text && text != NoSecret && !UserSecret.TryParse(text, out secret))
                throw new InvalidDataException($"{path}, line {number}: expected NAME:pbkdf2-sha256:ITERATIONS:SALT:HASH or NAME:-");
            if (!users.TryAdd(line[..colon], secret)) throw new InvalidDataException($"{path}, line {number}: user '{line[..colon]}' is there twice");
        }
        return users;
    }
}
