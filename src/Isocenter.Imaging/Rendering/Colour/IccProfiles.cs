namespace Isocenter.Imaging;

/// <summary>ICC profiles for pictures that shall say what their values mean.</summary>
public static class IccProfiles
{
    /// <summary>sRGB (IEC 61966-2-1), as red, green and blue.</summary>
    public static ReadOnlyMemory<byte> Srgb => RgbSpace.Srgb.Profile;

    /// <summary>Grey with the curve of sRGB.</summary>
    public static ReadOnlyMemory<byte> SrgbGrey { get; } = IccWriter.Grey(RgbSpace.Srgb);

    /// <summary>The picture with a profile in any case: its own, or that of sRGB.</summary>
    public static Picture Complete(Picture picture)
    {
        ArgumentNullException.ThrowIfNull(picture);
        return picture.IccProfile.IsEmpty ? picture with { IccProfile = picture.Channels == 1 ? SrgbGrey : Srgb } : picture;
    }
}
