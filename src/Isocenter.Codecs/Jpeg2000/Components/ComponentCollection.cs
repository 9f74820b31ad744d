namespace Isocenter.Codecs.Jpeg2000;

/// <summary>Components that are transformed together: one collection of MCC (ISO/IEC 15444-2 §A.3.8).</summary>
/// <param name="Inputs">Components of the stage before, or of the code stream.</param>
/// <param name="Outputs">Components they become.</param>
/// <param name="Matrix">Index of the decorrelation array; 0 without.</param>
/// <param name="Dependencies">Index of the dependency array; 0 without.</param>
/// <param name="Offset">Index of the array that is added; 0 without.</param>
internal sealed record ComponentCollection(int[] Inputs, int[] Outputs, int Matrix, int Dependencies, int Offset)
{
    /// <summary>One row for each output, one column for each input; null: outputs are inputs (or <see cref="Triangle"/>).</summary>
    public double[]? Rows { get; private init; }

    /// <summary>What each output adds of those before it: 1 number for the second, 2 for the third, and so on.</summary>
    public double[]? Triangle { get; private init; }

    /// <summary>What is added to each output, the level shift in it; null: the level shift of part 1 is.</summary>
    public double[]? Offsets { get; private init; }

    public static ComponentCollection Read(ref SegmentReader reader)
    {
        int start = reader.Position, type = reader.U8() & 3;
        int[] inputs = ReadComponents(ref reader), outputs = ReadComponents(ref reader);
        int arrays = reader.U8() << 16 | reader.U16();
        if (type > 1)
            throw Damage.At(start, "wavelet transforms between components are not supported", "ISO/IEC 15444-2 §J.3");
        if ((arrays & 0x10000) != 0 && (arrays & 0xFF) != 0)
            throw Damage.At(start, "reversible transforms between components by arrays are not supported", "ISO/IEC 15444-2 §J.2");
        int array = arrays & 0xFF, offset = arrays >> 8 & 0xFF;
        return type == 1 ? new ComponentCollection(inputs, outputs, array, 0, offset) : new ComponentCollection(inputs, outputs, 0, array, offset);
    }

    /// <summary>The collection with the numbers of its arrays.</summary>
    /// <exception cref="CodecException">An array has not as many as the components want.</exception>
    public ComponentCollection With(double[]? matrix, double[]? dependencies, double[]? offsets)
    {
        Check(matrix, (long)Inputs.Length * Outputs.Length, "matrix");
        Check(dependencies, (long)Outputs.Length * (Outputs.Length - 1) / 2, "dependency array");
        Check(offsets, Outputs.Length, "offset array");
        if (matrix is null && Inputs.Length != Outputs.Length)
            throw Damage.Of($"{Inputs.Length} components become {Outputs.Length} without a matrix", "ISO/IEC 15444-2 §J.2");
        return this with { Rows = matrix, Triangle = dependencies, Offsets = offsets };
    }

    private static void Check(double[]? array, long wanted, string what)
    {
        if (array is not null && array.Length < wanted)
            throw Damage.Of($"the {what} of a multiple component transform has {array.Length} numbers, {wanted} are needed", "ISO/IEC 15444-2 §A.3.7");
    }

    private static int[] ReadComponents(ref SegmentReader reader)
    {
        int count = reader.U16();
        bool wide = (count & 0x8000) != 0;
        count &= 0x7FFF;
        if (reader.Remaining < count * (wide ? 2 : 1))
            throw Damage.At(reader.Position, $"MCC ends before the last of {count} components", "ISO/IEC 15444-2 §A.3.8");
        int[] components = new int[count];
        for (int i = 0; i < count; i++) components[i] = wide ? reader.U16() : reader.U8();
        return components;
    }
}
