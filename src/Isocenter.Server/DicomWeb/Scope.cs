using System.Diagnostics.CodeAnalysis;
using Isocenter.Archive;
using Isocenter.Dicom;

namespace Isocenter.Server.DicomWeb;

/// <summary>The study, series and instance that an address names.</summary>
internal sealed record Scope(Uid? Study, Uid? Series, Uid? Instance)
{
    public static Scope None { get; } = new(null, null, null);

    /// <summary>The Transaction UID of a storage commitment.</summary>
    public Uid? Transaction { get; private init; }

    /// <summary>Everything within.</summary>
    public Selection ToSelection() => Selection.Of(Study!, Series, Instance);

    /// <summary>The UIDs of an address. UIDs with leading zeros exist in the field and are let through.</summary>
    public static bool TryRead(Microsoft.AspNetCore.Routing.RouteValueDictionary values, out Scope scope, [NotNullWhen(false)] out string? problem)
    {
        scope = None;
        problem = null;
        if (!TryRead(values, "study", out var study) || !TryRead(values, "series", out var series) || !TryRead(values, "instance", out var instance)
            || !TryRead(values, "transaction", out var transaction))
        {
            problem = "the address holds something that is no UID: digits and dots, 64 characters at most (PS3.5 §9.1)";
            return false;
        }
        scope = new Scope(study, series, instance) { Transaction = transaction };
        return true;
    }

    private static bool TryRead(Microsoft.AspNetCore.Routing.RouteValueDictionary values, string name, out Uid? uid)
    {
        uid = null;
        return values[name] is not string text || Uid.TryParseLenient(text, out uid);
    }
}
