namespace Isocenter.Dicom;

/// <summary>How encapsulated frames are found (PS3.5 §A.4).</summary>
public enum OffsetTable
{
    /// <summary>The first item of Pixel Data: 32-bit offsets.</summary>
    Basic,

    /// <summary>(7FE0,0001) and (7FE0,0002): 64-bit offsets and lengths.</summary>
    Extended,

    /// <summary>None; a reader looks for the start of each code stream.</summary>
    None,
}
