namespace Isocenter.Codecs.Jpeg;

/// <summary>A frame header (T.81 §B.2.2) and what follows from it (§A.1, §A.2).</summary>
internal sealed class JpegFrame
{
    /// <summary>Composes the frame; the largest sampling factors give the size of an MCU. The marker, SOF0 to SOF11, is the
    /// process; the rows are those of DNL where the frame header says 0.</summary>
    public JpegFrame(byte marker, int precision, int rows, int columns, JpegComponent[] components)
    {
        (Marker, Precision, Rows, Columns, Components) = (marker, precision, rows, columns, components);
        // A single component has no MCUs of several units, whatever its factors (§A.2.2).
        if (components.Length == 1) (components[0].Horizontal, components[0].Vertical) = (1, 1);
        foreach (var component in components)
        {
            MaxHorizontal = Math.Max(MaxHorizontal, component.Horizontal);
            MaxVertical = Math.Max(MaxVertical, component.Vertical);
        }
        int unit = IsLossless ? 1 : 8;
        McuColumns = Up(columns, unit * MaxHorizontal);
        McuRows = Up(rows, unit * MaxVertical);
        foreach (var component in components)
        {
            component.Columns = (int)Up((long)columns * component.Horizontal, MaxHorizontal);
            component.Rows = (int)Up((long)rows * component.Vertical, MaxVertical);
            component.UnitColumns = Up(component.Columns, unit);
            component.UnitRows = Up(component.Rows, unit);
        }
    }

    public byte Marker { get; }

    /// <summary>Bits of a sample.</summary>
    public int Precision { get; }

    public int Rows { get; }

    public int Columns { get; }

    public JpegComponent[] Components { get; }

    public int MaxHorizontal { get; }

    public int MaxVertical { get; }

    /// <summary>MCUs of an interleaved scan of all components, from left to right.</summary>
    public int McuColumns { get; }

    /// <summary>Rows of MCUs of an interleaved scan of all components.</summary>
    public int McuRows { get; }

    public bool IsArithmetic => Marker > JpegMarker.Jpg;

    public bool IsProgressive => (Marker & 3) == 2;

    public bool IsLossless => (Marker & 3) == 3;

    private static int Up(int value, int divisor) => (int)Up((long)value, divisor);

    private static long Up(long value, int divisor) => (value + divisor - 1) / divisor;
}

/// <summary>A component of a frame (T.81 §B.2.2) and the state its scans share.</summary>
internal sealed class JpegComponent
{
    /// <summary>Its place in the frame, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>Its identifier in the code stream.</summary>
    public required byte Id { get; init; }

    /// <summary>Horizontal sampling factor, 1 to 4.</summary>
    public required int Horizontal { get; set; }

    /// <summary>Vertical sampling factor, 1 to 4.</summary>
    public required int Vertical { get; set; }

    /// <summary>Which quantisation table, 0 to 3.</summary>
    public required int QuantisationTable { get; init; }

    /// <summary>Samples of a row.</summary>
    public int Columns { get; set; }

    /// <summary>Rows of samples.</summary>
    public int Rows { get; set; }

    /// <summary>Data units of a row (8 × 8 blocks; samples in lossless), in a scan of this component alone.</summary>
    public int UnitColumns { get; set; }

    /// <summary>Rows of data units, in a scan of this component alone.</summary>
    public int UnitRows { get; set; }

    /// <summary>The table as it was when the component's first scan began: later ones may redefine it.</summary>
    public short[]? Quantisation { get; set; }

    /// <summary>True once a scan with this component was seen.</summary>
    public bool IsSeen { get; set; }

    /// <summary>Scans that had this component.</summary>
    public int Scans { get; set; }
}
