using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Printing;

/// <summary>Draws a printed film as one picture (PS3.3 §C.13.3, §C.13.5): what a printer would put on the film.</summary>
/// <remarks>P-values are taken as brightness; LIN OD is drawn like IDENTITY, since a picture has no densities.</remarks>
internal static class FilmPainter
{
    private const int Gap = 4;

    /// <summary>Film Size ID, portrait, in inches.</summary>
    private static readonly Dictionary<string, (double Width, double Height)> Sizes = new()
    {
        ["8INX10IN"] = (8, 10),
        ["8_5INX11IN"] = (8.5, 11),
        ["10INX12IN"] = (10, 12),
        ["10INX14IN"] = (10, 14),
        ["11INX14IN"] = (11, 14),
        ["11INX17IN"] = (11, 17),
        ["14INX14IN"] = (14, 14),
        ["14INX17IN"] = (14, 17),
        ["24CMX24CM"] = (24 / 2.54, 24 / 2.54),
        ["24CMX30CM"] = (24 / 2.54, 30 / 2.54),
        ["A4"] = (210 / 25.4, 297 / 25.4),
        ["A3"] = (297 / 25.4, 420 / 25.4),
    };

    /// <summary>Draws it.</summary>
    /// <param name="film">The film.</param>
    /// <param name="dotsPerInch">Of the picture.</param>
    /// <exception cref="PixelDataException">An image cannot be drawn.</exception>
    public static Picture Draw(PrintedFilm film, int dotsPerInch)
    {
        var (width, height) = Sizes.GetValueOrDefault(film.FilmBox.Get(Tags.FilmSizeID, "").Trim(), (14, 17));
        if (film.FilmBox.Get(Tags.FilmOrientation, "").Trim() == "LANDSCAPE") (width, height) = (height, width);
        int channels = film.IsColor ? 3 : 1;
        var page = new Picture((int)(width * dotsPerInch), (int)(height * dotsPerInch), channels, new byte[(int)(width * dotsPerInch) * (int)(height * dotsPerInch) * channels]);
        Array.Fill(page.Pixels, Brightness(film.FilmBox.Get(Tags.BorderDensity, "")));

        int letter = Math.Max(1, dotsPerInch / 75), line = PictureText.LineHeight(letter);
        int bottom = film.Annotations.Count == 0 ? 0 : film.Annotations.Count * line + Gap;
        for (int i = 0; i < film.Images.Count; i++)
        {
            var place = film.Format.Places[i];
            int left = (int)(place.Left * page.Width) + Gap, top = (int)(place.Top * (page.Height - bottom)) + Gap;
            int right = (int)((place.Left + place.Width) * page.Width) - Gap, end = (int)((place.Top + place.Height) * (page.Height - bottom)) - Gap;
            if (right <= left || end <= top) continue;
            if (film.Images[i] is { } image) Put(page, image, film.FilmBox, left, top, right - left, end - top, dotsPerInch);
            else Fill(page, left, top, right - left, end - top, Brightness(film.FilmBox.Get(Tags.EmptyImageDensity, "")));
        }
        for (int i = 0; i < film.Annotations.Count; i++)
            PictureText.Draw(page, film.Annotations[i].Text, Gap * 2, page.Height - bottom + i * line, letter);
        return page;
    }

    private static void Put(Picture page, PrintedImage printed, DataSet filmBox, int left, int top, int width, int height, int dotsPerInch)
    {
        var image = printed.Image;
        if (printed.PresentationLut is { } lut)
        {
            image = image.Copy();
            if (lut.TryFind(Tags.PresentationLUTSequence, out var table)) image.Add(table);
        }
        string magnification = printed.ImageBox.Get(Tags.MagnificationType, filmBox.Get(Tags.MagnificationType, "")).Trim();
        // Requested Image Size: width in mm (PS3.3 §C.13.5).
        int wanted = printed.ImageBox.TryGet(Tags.RequestedImageSize, out double millimetres) && millimetres > 0 ? (int)Math.Min(width, millimetres / 25.4 * dotsPerInch) : width;
        double most = (1 << image.Get<ushort>(Tags.BitsStored, 8)) - 1;
        var picture = FrameRenderer.Render(image, 0, new RenderOptions
        {
            MaxWidth = Math.Max(1, wanted),
            MaxHeight = height,
            Enlarge = magnification != "NONE",
            // Preformatted: all values from black to white, nothing else is to be done.
            Window = new VoiWindow(most / 2, most, VoiFunction.LinearExact),
            Overlays = false,
            Shutter = false,
        });
        bool isReversed = printed.ImageBox.Get(Tags.Polarity, "").Trim() == "REVERSE";
        int x = left + (width - picture.Width) / 2, y = top + (height - picture.Height) / 2, line = picture.Width * picture.Channels;
        for (int row = 0; row < picture.Height; row++)
        {
            var from = picture.Pixels.AsSpan(row * line, line);
            var to = page.Pixels.AsSpan(((y + row) * page.Width + x) * page.Channels, picture.Width * page.Channels);
            if (picture.Channels == page.Channels) from.CopyTo(to);
            else for (int i = 0; i < to.Length; i++) to[i] = from[page.Channels == 3 ? i / 3 : i * 3];
            if (!isReversed) continue;
            for (int i = 0; i < to.Length; i++) to[i] = (byte)~to[i];
        }
    }

    private static void Fill(Picture page, int left, int top, int width, int height, byte value)
    {
        for (int row = 0; row < height; row++) page.Pixels.AsSpan(((top + row) * page.Width + left) * page.Channels, width * page.Channels).Fill(value);
    }

    /// <summary>BLACK, WHITE, or hundredths of OD: 3 OD and more are black.</summary>
    private static byte Brightness(string density) => density.Trim() switch
    {
        "WHITE" => 255,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int hundredths) => (byte)(255 - 255 * Math.Min(hundredths, 300) / 300),
        _ => 0,
    };
}
