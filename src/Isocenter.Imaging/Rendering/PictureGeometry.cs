namespace Isocenter.Imaging;

/// <summary>Enlarges, turns and mirrors pictures.</summary>
internal static class PictureGeometry
{
    /// <summary>Makes a picture larger, bilinear between the middles of pixels.</summary>
    public static Picture Enlarge(Picture picture, int width, int height)
    {
        int channels = picture.Channels, bytes = picture.BitDepth / 8;
        var target = new Picture(width, height, channels, new byte[checked(width * height * channels * bytes)], picture.BitDepth);
        var columns = Weights(width, picture.Width);
        var rows = Weights(height, picture.Height);
        for (int y = 0; y < height; y++)
        {
            var (top, below) = rows[y];
            for (int x = 0; x < width; x++)
            {
                var (left, right) = columns[x];
                for (int c = 0; c < channels; c++)
                {
                    double upper = Value(picture, left, top, c) * (1 - right) + Value(picture, Math.Min(left + 1, picture.Width - 1), top, c) * right;
                    int next = Math.Min(top + 1, picture.Height - 1);
                    double lower = Value(picture, left, next, c) * (1 - right) + Value(picture, Math.Min(left + 1, picture.Width - 1), next, c) * right;
                    Put(target, x, y, c, (int)(upper * (1 - below) + lower * below + 0.5));
                }
            }
        }
        return target;
    }

    /// <summary>Turns clockwise by 0, 90, 180 or 270 degrees, then mirrors.</summary>
    public static Picture Turn(Picture picture, int degrees, bool flipsHorizontally, bool flipsVertically)
    {
        if (degrees == 0 && !flipsHorizontally && !flipsVertically) return picture;
        bool isOnItsSide = degrees is 90 or 270;
        int width = isOnItsSide ? picture.Height : picture.Width, height = isOnItsSide ? picture.Width : picture.Height;
        int pixel = picture.Channels * picture.BitDepth / 8;
        var target = new byte[picture.Pixels.Length];
        for (int y = 0; y < height; y++)
        {
            int fromY = flipsVertically ? height - 1 - y : y;
            for (int x = 0; x < width; x++)
            {
                int fromX = flipsHorizontally ? width - 1 - x : x;
                var (sx, sy) = degrees switch
                {
                    90 => (fromY, picture.Height - 1 - fromX),
                    180 => (picture.Width - 1 - fromX, picture.Height - 1 - fromY),
                    270 => (picture.Width - 1 - fromY, fromX),
                    _ => (fromX, fromY),
                };
                picture.Pixels.AsSpan((sy * picture.Width + sx) * pixel, pixel).CopyTo(target.AsSpan((y * width + x) * pixel));
            }
        }
        return picture with { Width = width, Height = height, Pixels = target };
    }

    private static int Value(Picture picture, int x, int y, int channel)
    {
        int at = (y * picture.Width + x) * picture.Channels + channel;
        return picture.BitDepth == 8 ? picture.Pixels[at] : picture.Pixels[2 * at] << 8 | picture.Pixels[2 * at + 1];
    }

    private static void Put(Picture picture, int x, int y, int channel, int value)
    {
        int at = (y * picture.Width + x) * picture.Channels + channel;
        if (picture.BitDepth == 8) picture.Pixels[at] = (byte)value;
        else (picture.Pixels[2 * at], picture.Pixels[2 * at + 1]) = ((byte)(value >> 8), (byte)value);
    }

    /// <summary>For each target pixel the source pixel before it, and how much of the next one counts.</summary>
    private static (int Index, double Next)[] Weights(int targets, int sources)
    {
        var weights = new (int, double)[targets];
        for (int i = 0; i < targets; i++)
        {
            double place = Math.Clamp((i + 0.5) * sources / targets - 0.5, 0, sources - 1);
            weights[i] = ((int)place, place - (int)place);
        }
        return weights;
    }
}
