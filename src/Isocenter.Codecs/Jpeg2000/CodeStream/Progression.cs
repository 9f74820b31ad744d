namespace Isocenter.Codecs.Jpeg2000;

/// <summary>In which order the packets of a tile follow each other (ISO/IEC 15444-1 Table A.16).</summary>
public enum ProgressionOrder : byte
{
    /// <summary>Layer, resolution level, component, position.</summary>
    Lrcp = 0,

    /// <summary>Resolution level, layer, component, position.</summary>
    Rlcp = 1,

    /// <summary>Resolution level, position, component, layer.</summary>
    Rpcl = 2,

    /// <summary>Position, component, resolution level, layer.</summary>
    Pcrl = 3,

    /// <summary>Component, position, resolution level, layer.</summary>
    Cprl = 4,
}

/// <summary>One progression of a POC marker segment: the packets it may hold, and their order (ISO/IEC 15444-1 §A.6.6).</summary>
/// <param name="FirstResolution">RSpoc.</param>
/// <param name="FirstComponent">CSpoc.</param>
/// <param name="EndLayer">LYEpoc: one past the last layer.</param>
/// <param name="EndResolution">REpoc: one past the last resolution level.</param>
/// <param name="EndComponent">CEpoc: one past the last component.</param>
/// <param name="Order">Ppoc.</param>
internal readonly record struct ProgressionVolume(
    int FirstResolution, int FirstComponent, int EndLayer, int EndResolution, int EndComponent, ProgressionOrder Order)
{
    public static void ReadAll(ref SegmentReader reader, int components, List<ProgressionVolume> into)
    {
        while (reader.Remaining >= (components < 257 ? 7 : 9))
        {
            int start = reader.Position;
            int firstResolution = reader.U8(), firstComponent = reader.Component(components), endLayer = reader.U16();
            int endResolution = reader.U8(), endComponent = reader.Component(components), order = reader.U8();
            if (order > 4) throw Damage.At(start, $"progression order {order} is not known", "ISO/IEC 15444-1 Table A.32");
            if (endComponent == 0) endComponent = components < 257 ? 256 : 16384;   // Table A.32: 0 stands for 256
            into.Add(new ProgressionVolume(
                firstResolution, firstComponent, endLayer, Math.Min(endResolution, 33), Math.Min(endComponent, components), (ProgressionOrder)order));
        }
    }
}
