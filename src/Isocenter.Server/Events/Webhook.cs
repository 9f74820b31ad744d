using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Isocenter.Archive;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Events;

/// <summary>Who is told of changes, where, and how he can tell that it is us.</summary>
/// <param name="Name">Its name: letters, digits, hyphens.</param>
/// <param name="Url">Where events are posted.</param>
/// <param name="Secret">Key of the signature; null: events are not signed.</param>
/// <param name="Kinds">What is told; empty: everything.</param>
public sealed record Webhook(string Name, Uri Url, string? Secret, IReadOnlyCollection<ChangeKind> Kinds)
{
    /// <summary>Before the Base64 text of a secret, as Standard Webhooks writes it. Any other text is the key itself.</summary>
    private const string Base64Secret = "whsec_";

    internal bool Wants(Change change) => Kinds.Count == 0 || Kinds.Contains(change.Kind);

    /// <summary>The signature header of Standard Webhooks 1.0: HMAC-SHA256 of id, time and body, with points between them.</summary>
    internal string? Sign(string id, long unixSeconds, ReadOnlySpan<byte> body)
    {
        if (Secret is null) return null;
        byte[] key = Secret.StartsWith(Base64Secret, StringComparison.Ordinal) ? Convert.FromBase64String(Secret[Base64Secret.Length..]) : Encoding.UTF8.GetBytes(Secret);
        byte[] head = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{unixSeconds}."));
        byte[] signed = [.. head, .. body];
        return "v1," + Convert.ToBase64String(HMACSHA256.HashData(key, signed));
    }

    /// <summary>Checks the parts of one.</summary>
    /// <exception cref="SettingsException">One of them cannot be.</exception>
    internal static Webhook Checked(string setting, string name, string url, string? secret, string events)
    {
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new SettingsException(setting + ":name", $"'{name}' is no name of up to 64 letters, digits and hyphens");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps)
            throw new SettingsException(setting + ":url", $"'{url}' is no address of http or https");
        if (secret is { Length: 0 }) secret = null;
        if (secret?.StartsWith(Base64Secret, StringComparison.Ordinal) == true && !Convert.TryFromBase64String(secret[Base64Secret.Length..], new byte[secret.Length], out _))
            throw new SettingsException(setting + ":secret", $"what follows {Base64Secret} is not Base64");
        var kinds = new HashSet<ChangeKind>();
        foreach (string text in events.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var found = ChangeText.Names.Where(known => known.Value == text).ToList();
            if (found.Count == 0) throw new SettingsException(setting + ":events", $"'{text}' is none of {string.Join(", ", ChangeText.Names.Values)}");
            kinds.Add(found[0].Key);
        }
        return new Webhook(name, uri, secret, kinds);
    }
}
