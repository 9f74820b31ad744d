namespace Isocenter.Dicom;

/// <summary>Byte order of undecoded values (PS3.5 §7.3).</summary>
public static class ByteOrder
{
    /// <summary>Turns the byte order in place, in the units of the VR. Bytes that make up no whole unit stay.</summary>
    public static void Swap(Span<byte> bytes, VR vr) => ValueBytes.Swap(bytes, vr);
}
