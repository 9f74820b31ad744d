using System.Diagnostics.CodeAnalysis;

namespace Isocenter.Dicom;

/// <summary>One line of the data dictionary (PS3.6 §6).</summary>
/// <param name="Tag">The tag; for a repeating group (50xx, 60xx, …) the tag that was asked for.</param>
/// <param name="VR">The VR; where the standard allows several ("US or SS"), the first of them.</param>
/// <param name="Keyword">The keyword, as PatientName.</param>
/// <param name="Name">The name in words, as Patient's Name.</param>
/// <param name="VM">The value multiplicity as printed, as 1-n.</param>
/// <param name="IsRetired">Retired, kept for the objects that have it.</param>
public readonly record struct DictionaryEntry(Tag Tag, VR VR, string Keyword, string Name, string VM, bool IsRetired);
