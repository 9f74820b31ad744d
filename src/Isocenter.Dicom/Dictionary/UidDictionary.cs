namespace Isocenter.Dicom;

/// <summary>What kind of thing a well-known UID names (PS3.6 Annex A).</summary>
public enum UidKind
{
    /// <summary>None of the others.</summary>
    Other,
    /// <summary>A SOP Class.</summary>
    SopClass,
    /// <summary>A transfer syntax.</summary>
    TransferSyntax,
    /// <summary>A meta SOP class.</summary>
    MetaSopClass,
    /// <summary>A well-known SOP Instance.</summary>
    SopInstance,
    /// <summary>A well-known frame of reference.</summary>
    FrameOfReference,
    /// <summary>A coding scheme.</summary>
    CodingScheme,
    /// <summary>An application context name.</summary>
    ApplicationContext,
}

/// <summary>One line of PS3.6 Annex A.</summary>
/// <param name="Uid">The UID.</param>
/// <param name="Name">Its name in words.</param>
/// <param name="Keyword">Its keyword.</param>
/// <param name="Kind">What it names.</param>
/// <param name="IsRetired">Retired.</param>
public readonly record struct UidEntry(string Uid, string Name, string Keyword, UidKind Kind, bool IsRetired);
