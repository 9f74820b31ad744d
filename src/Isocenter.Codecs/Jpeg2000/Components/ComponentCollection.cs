namespace Isocenter.Codecs.Jpeg2000;

/// <summary>What a collection goes through: Xmcc (ISO/IEC 15444-2 §A.3.8).</summary>
internal enum CollectionKind
{
    Dependency = 0,
    Decorrelation = 1,
    Wavelet = 3,
}

/// <summary>Components that are transformed together: one collection of MCC (ISO/IEC 15444-2 §A.3.8).</summary>
/// <param name="Kind">How.</param>
/// <param name="Inputs">Components of the stage before, or of the code stream.</param>
/// <param name="Outputs">Components they become.</param>
/// <param name="Array">Index of the array of a decorrelation or of dependencies; 0 without.</param>
/// <param name="Offset">Index of the array that is added; 0 without.</param>
/// <param name="IsReversible">Integers become integers.</param>
internal sealed record ComponentCollection(CollectionKind Kind, int[] Inputs, int[] Outputs, int Array, int Offset, bool IsReversible)
{
    private const int Irreversible97 = 0, Reversible53 = 1;

    /// <summary>Decomposition levels of the wavelet transform, 0 to 32.</summary>
    public int Levels { get; private init; }

    /// <summary>Where the first component lies for the wavelet transform (Omcc): it decides which of them are low.</summary>
    public uint Origin { get; private init; }

    /// <summary>The numbers of <see cref="Array"/> by rows; null: outputs are inputs.</summary>
    public double[]? Numbers { get; private init; }

    /// <summary>What is added to each output, the level shift in it; null: the level shift of part 1 is.</summary>
    public double[]? Offsets { get; private init; }

    public static ComponentCollection Read(ref SegmentReader reader)
    {
        int start = reader.Position, kind = reader.U8() & 3;
        int[] inputs = ReadComponents(ref reader), outputs = ReadComponents(ref reader);
        int what = reader.U8() << 16 | reader.U16(), index = what & 0xFF, offset = what >> 8 & 0xFF;
        if (kind == 2) throw Damage.At(start, "transform between components of kind 2", "ISO/IEC 15444-2 Table A.37");
        if ((CollectionKind)kind != CollectionKind.Wavelet)
            return new ComponentCollection((CollectionKind)kind, inputs, outputs, index, offset, (what >> 16 & 1) != 0);

        uint origin = reader.U32();
        int levels = what >> 16 & 0x3F;
        if (index > Reversible53)
            throw Damage.At(start, $"wavelet kernel {index} between components; arbitrary kernels are not supported", "ISO/IEC 15444-2 §A.3.5");
        if (levels > 32) throw Damage.At(start, $"{levels} decomposition levels are more than 32", "ISO/IEC 15444-2 §A.3.8");
        return new ComponentCollection(CollectionKind.Wavelet, inputs, outputs, 0, offset, index != Irreversible97) { Levels = levels, Origin = origin };
    }

    /// <summary>The collection with the numbers of its arrays.</summary>
    /// <exception cref="CodecException">An array has not as many as the components want, or not such.</exception>
    public ComponentCollection With(double[]? numbers, double[]? offsets)
    {
        if (Inputs.Length != Outputs.Length && (numbers is null || Kind != CollectionKind.Decorrelation || IsReversible))
            throw Damage.Of($"{Inputs.Length} components become {Outputs.Length} without a matrix", "ISO/IEC 15444-2 §J.2");
        long n = Outputs.Length;
        Check(offsets, n, "offset array");
        switch (Kind, IsReversible)
        {
            case (CollectionKind.Decorrelation, false):
                Check(numbers, Inputs.Length * n, "matrix");
                break;
            case (CollectionKind.Decorrelation, true):
                Check(numbers, n * (n + 1), "reversible matrix");
                if (numbers is not null) ComponentLifting.CheckMatrix(numbers, Outputs.Length);
                break;
            case (CollectionKind.Dependency, false):
                Check(numbers, n * (n - 1) / 2, "dependency array");
                break;
            case (CollectionKind.Dependency, true):
                Check(numbers, n * (n + 1) / 2 - 1, "reversible dependency array");
                if (numbers is not null) ComponentLifting.CheckDependencies(numbers, Outputs.Length);
                break;
        }
        return this with { Numbers = numbers, Offsets = offsets };
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
