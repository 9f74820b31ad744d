namespace Isocenter.Imaging;

/// <summary>A picture to look at, 8 bits a channel.</summary>
/// <param name="Width">Pixels.</param>
/// <param name="Height">Pixels.</param>
/// <param name="Channels">1: grey; 3: red, green, blue.</param>
/// <param name="Pixels">Width × height × channels bytes, by row, by pixel, by channel.</param>
public sealed record Picture(int Width, int Height, int Channels, byte[] Pixels);
