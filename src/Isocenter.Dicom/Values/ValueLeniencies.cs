namespace Isocenter.Dicom;

/// <summary>What typed reading (<c>Get</c>, <c>TryGet</c>, <c>GetAll</c>) forgives in values that break PS3.5 Table 6.2-1.
/// Writing forgives nothing. <see cref="ValueCheck"/> tells what was forgiven.</summary>
/// <remarks>The bytes are kept as they are, and <c>Get&lt;string&gt;</c> always gives the text.</remarks>
[Flags]
public enum ValueLeniencies
{
    /// <summary>Only what the standard allows is read.</summary>
    None = 0,

    /// <summary>YYYY.MM.DD in DA. ACR-NEMA 300 wrote it, and PS3.5 recommends that readers know it.</summary>
    AcrNemaDates = 1,

    /// <summary>HH:MM:SS in TM. From the same time.</summary>
    AcrNemaTimes = 2,

    /// <summary>18M, 018m and 18 Y in AS: modalities print the number as it is.</summary>
    ShortAges = 4,

    /// <summary>12.0 and 1.2e1 in IS where an integer is asked for: written by programs that keep all numbers as doubles.</summary>
    DecimalIntegers = 8,

    /// <summary>IS beyond 32 bits, as the exposure counters and byte counts of some devices are.</summary>
    WideIntegers = 16,

    /// <summary>Numbers from text that is not declared as a number: private elements are often LO or UN.</summary>
    NumbersInText = 32,

    /// <summary>Text beyond ASCII without (0008,0005) that is UTF-8: nothing else looks like it.</summary>
    UndeclaredUtf8 = 64,

    /// <summary>Text beyond ASCII without (0008,0005), and not UTF-8, is taken for ISO_IR 100: most such files come from
    /// where that is spoken, and no byte is lost.</summary>
    UndeclaredLatin1 = 128,

    /// <summary>All of them: the default.</summary>
    All = AcrNemaDates | AcrNemaTimes | ShortAges | DecimalIntegers | WideIntegers | NumbersInText | UndeclaredUtf8 | UndeclaredLatin1,
}
