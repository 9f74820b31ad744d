using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;

namespace Isocenter.Dicom;

/// <summary>A Unique Identifier: dotted decimal, at most 64 characters (PS3.5 §9.1). Always legal.</summary>
/// <remarks>UIDs that break the rule exist in the field; they stay reachable as text (<c>Get&lt;string&gt;</c>) and
/// become a <see cref="Uid"/> by the named entrance <see cref="TryParseLenient"/> only.</remarks>
public sealed record Uid : IParsable<Uid>
{
    /// <summary>Longest UID, in characters.</summary>
    public const int MaxLength = 64;

    private Uid(string value) => Value = value;

    /// <summary>The text, without the NULL that pads it to even length on the wire.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;

    /// <summary>Reads a UID that obeys PS3.5 §9.1: digits and dots, no component with a leading zero, 64 at most.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, IFormatProvider? provider, [MaybeNullWhen(false)] out Uid uid)
    {
        uid = text is not null && IsLegal(text, strict: true) ? new Uid(text) : null;
        return uid is not null;
    }

    /// <summary>Reads a UID as it occurs in the field: digits and dots, 64 at most, but leading zeros and empty
    /// components are let through. Still safe in a file name or an address.</summary>
    public static bool TryParseLenient([NotNullWhen(true)] string? text, [MaybeNullWhen(false)] out Uid uid)
    {
        text = text?.Trim(' ', '\0');
        uid = text is not null && IsLegal(text, strict: false) ? new Uid(text) : null;
        return uid is not null;
    }

    /// <summary>Reads a legal UID.</summary>
    /// <exception cref="FormatException">It breaks PS3.5 §9.1.</exception>
    public static Uid Parse(string text, IFormatProvider? provider = null) =>
        TryParse(text, provider, out var uid)
            ? uid
            : throw new FormatException($"'{text}' is not a UID: digits and dots, 64 characters at most (PS3.5 §9.1)");

    /// <summary>Makes a new UID under the root 2.25 from a random UUID (PS3.5 §B.2). Needs no registration.</summary>
    public static Uid New() => FromUuid(Guid.NewGuid());

    /// <summary>The UID under the root 2.25 for a name: the same name gives the same UID (a name-based UUID,
    /// RFC 9562 §5.8).</summary>
    public static Uid FromName(ReadOnlySpan<byte> name)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(name, hash);
        hash[6] = (byte)(hash[6] & 0x0F | 0x80);
        hash[8] = (byte)(hash[8] & 0x3F | 0x80);
        return FromUuid(new Guid(hash[..16], bigEndian: true));
    }

    private static Uid FromUuid(Guid uuid)
    {
        Span<byte> bytes = stackalloc byte[16];
        uuid.TryWriteBytes(bytes, bigEndian: true, out _);
        return new Uid("2.25." + new BigInteger(bytes, isUnsigned: true, isBigEndian: true).ToString(CultureInfo.InvariantCulture));
    }

    private static bool IsLegal(ReadOnlySpan<char> text, bool strict)
    {
        if (text.Length is 0 or > MaxLength) return false;
        bool hasDigits = false;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && text[i] != '.')
            {
                if (!char.IsAsciiDigit(text[i])) return false;
                hasDigits = true;
                continue;
            }
            if (strict && (i == start || i - start > 1 && text[start] == '0')) return false;
            start = i + 1;
        }
        return hasDigits;
    }
}
