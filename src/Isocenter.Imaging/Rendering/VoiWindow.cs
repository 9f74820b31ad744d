namespace Isocenter.Imaging;

/// <summary>VOI LUT Function (0028,1056).</summary>
public enum VoiFunction
{
    /// <summary>PS3.3 §C.11.2.1.2.1, the default.</summary>
    Linear,
    /// <summary>PS3.3 §C.11.2.1.3.2.</summary>
    LinearExact,
    /// <summary>PS3.3 §C.11.2.1.3.1.</summary>
    Sigmoid,
}

/// <summary>Which values are spread over black to white (PS3.3 §C.11.2.1.2).</summary>
/// <param name="Center">In the unit that the modality rescale gives, as HU.</param>
/// <param name="Width">At least 1 for <see cref="VoiFunction.Linear"/>, more than 0 for the others.</param>
/// <param name="Function">The curve.</param>
public readonly record struct VoiWindow(double Center, double Width, VoiFunction Function = VoiFunction.Linear)
{
    /// <summary>The width is one that the function can use.</summary>
    public bool IsUsable => double.IsFinite(Center) && double.IsFinite(Width) && (Function == VoiFunction.Linear ? Width >= 1 : Width > 0);

    /// <summary>Brightness of a value, from 0 to 1.</summary>
    public double Apply(double value)
    {
        switch (Function)
        {
            case VoiFunction.Sigmoid:
                return 1 / (1 + Math.Exp(-4 * (value - Center) / Width));
            case VoiFunction.LinearExact:
                return Math.Clamp((value - Center) / Width + 0.5, 0, 1);
            default:
                double middle = Center - 0.5, range = Width - 1;
                if (value <= middle - range / 2) return 0;
                if (value > middle + range / 2) return 1;
                return (value - middle) / range + 0.5;
        }
    }
}
