using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.JpegLs;

/// <summary>How errors become samples. A type parameter of the inner loops, so that each is compiled for its own.</summary>
internal interface IReconstruction
{
    /// <summary>True when NEAR is 0 and MAXVAL fills its bits: a sample is prediction plus error, masked.</summary>
    static abstract bool IsMasked { get; }
}

/// <summary>Lossless, MAXVAL = 2^n − 1.</summary>
internal readonly struct Masked : IReconstruction
{
    public static bool IsMasked => true;
}

/// <summary>Near-lossless, or a MAXVAL of another form.</summary>
internal readonly struct Quantised : IReconstruction
{
    public static bool IsMasked => false;
}

/// <summary>Decodes lines of a scan (ISO/IEC 14495-1 Annex A, decoding as in Annex F). A line buffer has its samples
/// between two edges, each as wide as one pixel: what the standard takes for neighbours outside the image.</summary>
internal static class LineDecoder
{
    /// <summary>Zeros a code word may begin with to be read at once: with k at most 16, it fits a refilled reader.</summary>
    private const int FastZeros = 32;

    /// <summary>Decodes one line of one component.</summary>
    /// <param name="reader">The entropy coded data.</param>
    /// <param name="model">Contexts of the scan.</param>
    /// <param name="above">The line above with its edges; its right edge is set here.</param>
    /// <param name="line">Receives the line; both edges are set here.</param>
    /// <param name="runIndex">RUNindex of the component.</param>
    public static void Decode<T>(
        ref BitReader reader, ScanModel model, Span<ushort> above, Span<ushort> line, ref int runIndex)
        where T : struct, IReconstruction
    {
        int width = line.Length - 2;
        line[0] = above[1];
        above[width + 1] = above[width];
        model.QuantiseLineAbove(above, 1);

        var row = model.Row[..(width + 2)];
        var quantised = model.Quantised;
        Span<Context> contexts = model.Contexts;
        int maxVal = model.Parameters.MaxVal, reset = model.Parameters.Reset, step = model.Parameters.Step;
        int range = model.Parameters.Range * step, near = model.Parameters.Near;
        int escapeZeros = model.Parameters.EscapeZeros, qbpp = model.Parameters.Qbpp;
        int fastZeros = Math.Min(escapeZeros, FastZeros);
        bool mirrors = T.IsMasked || near == 0;

        var data = reader.Data;
        ulong bits = reader.Bits;
        int valid = reader.Valid, position = reader.Position, fastEnd = reader.FastEnd;

        int ra = line[0], rb = above[1], rc = above[0];
        for (int x = 1; x <= width;)
        {
            int rd = above[x + 1];
            int q = row[x] + quantised[rc - ra + maxVal];
            if (q == 0)
            {
                reader.Bits = bits;
                reader.Valid = valid;
                reader.Position = position;
                x = DecodeRun(ref reader, model, above, line, x, ref runIndex);
                bits = reader.Bits;
                valid = reader.Valid;
                position = reader.Position;
                fastEnd = reader.FastEnd;
                if (x > width) break;
                ra = line[x - 1];
                rb = above[x];
                rc = above[x - 1];
                continue;
            }

            if (position <= fastEnd)
            {
                bits |= BinaryPrimitives.ReadUInt64BigEndian(data[position..]) >> valid;
                position += (63 - valid) >> 3;
                valid |= BitReader.Refilled;
            }
            else
            {
                reader.Bits = bits;
                reader.Valid = valid;
                reader.Position = position;
                reader.Refill();
                bits = reader.Bits;
                valid = reader.Valid;
                position = reader.Position;
                fastEnd = reader.FastEnd;
            }

            int sign = q >> 31;
            ref var context = ref contexts[(q ^ sign) - sign];
            int k = context.K;
            int zeros = BitOperations.LeadingZeroCount(bits);
            int mapped;
            if (zeros < fastZeros)
            {
                ulong rest = bits << (zeros + 1);
                mapped = (zeros << k) | (int)(rest >> 1 >> (63 - k));
                bits = rest << k;
                valid -= zeros + 1 + k;
            }
            else
            {
                reader.Bits = bits;
                reader.Valid = valid;
                reader.Position = position;
                mapped = reader.ReadCode(k, escapeZeros, qbpp);
                bits = reader.Bits;
                valid = reader.Valid;
                position = reader.Position;
                fastEnd = reader.FastEnd;
            }

            int error = (mapped >> 1) ^ -(mapped & 1) ^ context.Mirror;
            int predicted = Predict(ra, rb, rc) + ((context.C ^ sign) - sign);
            if ((uint)predicted > (uint)maxVal) predicted = predicted < 0 ? 0 : maxVal;
            context.Update(error, T.IsMasked ? 1 : step, reset, mirrors);
            ra = T.IsMasked
                ? (predicted + ((error ^ sign) - sign)) & maxVal
                : Reconstruct(predicted, ((error ^ sign) - sign) * step, near, range, maxVal);
            line[x] = (ushort)ra;
            rc = rb;
            rb = rd;
            x++;
        }
        reader.Bits = bits;
        reader.Valid = valid;
        reader.Position = position;
    }

    /// <summary>Decodes one line of pixels whose components are interleaved by sample.</summary>
    /// <param name="reader">The entropy coded data.</param>
    /// <param name="model">Contexts of the scan.</param>
    /// <param name="above">The line above with its edges; its right edge is set here.</param>
    /// <param name="line">Receives the line; both edges are set here.</param>
    /// <param name="components">Components of a pixel.</param>
    /// <param name="runIndex">RUNindex, one for all components.</param>
    public static void DecodePixels<T>(
        ref BitReader reader, ScanModel model, Span<ushort> above, Span<ushort> line, int components, ref int runIndex)
        where T : struct, IReconstruction
    {
        int end = line.Length - components;
        above[components..(2 * components)].CopyTo(line);
        above[(end - components)..end].CopyTo(above[end..]);
        model.QuantiseLineAbove(above, components);

        var row = model.Row[..line.Length];
        var quantised = model.Quantised;
        int maxVal = model.Parameters.MaxVal;
        Span<int> q = stackalloc int[components];
        for (int i = components; i < end;)
        {
            int any = 0;
            for (int c = 0; c < q.Length; c++)
            {
                int left = i + c - components;
                q[c] = row[i + c] + quantised[above[left] - line[left] + maxVal];
                any |= q[c];
            }
            if (any == 0)
            {
                i = DecodePixelRun(ref reader, model, above, line, i, components, ref runIndex);
                continue;
            }
            for (int c = 0; c < q.Length; c++, i++)
            {
                line[i] = (ushort)DecodeSample<T>(
                    ref reader, model, q[c], line[i - components], above[i], above[i - components]);
            }
        }
    }

    /// <summary>The edge detecting predictor: the median of Ra, Rb and Ra + Rb − Rc (§A.4.1), without a branch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Predict(int ra, int rb, int rc)
    {
        int difference = ra - rb;
        int negative = difference & (difference >> 31);
        int least = rb + negative, most = ra - negative;
        int plane = ra + rb - rc;
        int above = plane - least;
        int notBelow = least + (above & ~(above >> 31));
        int over = notBelow - most;
        return most + (over & (over >> 31));
    }

    /// <summary>Prediction and quantised error make a sample (code segments A.8 and A.9, undone as in Annex F).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Reconstruct(int predicted, int error, int near, int range, int maxVal)
    {
        int sample = predicted + error;
        if (sample < -near) sample += range;
        else if (sample > maxVal + near) sample -= range;
        return sample < 0 ? 0 : sample > maxVal ? maxVal : sample;
    }

    /// <summary>One sample in regular mode, not hurried.</summary>
    private static int DecodeSample<T>(ref BitReader reader, ScanModel model, int q, int ra, int rb, int rc)
        where T : struct, IReconstruction
    {
        var parameters = model.Parameters;
        int sign = q >> 31;
        ref var context = ref model.Contexts[(q ^ sign) - sign];
        int mapped = reader.ReadCode(context.K, parameters.EscapeZeros, parameters.Qbpp);
        int error = (mapped >> 1) ^ -(mapped & 1) ^ context.Mirror;
        int predicted = Math.Clamp(Predict(ra, rb, rc) + ((context.C ^ sign) - sign), 0, parameters.MaxVal);
        context.Update(error, parameters.Step, parameters.Reset, parameters.Near == 0);
        return T.IsMasked
            ? (predicted + ((error ^ sign) - sign)) & parameters.MaxVal
            : Reconstruct(predicted, ((error ^ sign) - sign) * parameters.Step, parameters.Near,
                parameters.Range * parameters.Step, parameters.MaxVal);
    }

    /// <summary>A run of samples like Ra and the sample that ends it (§A.7).</summary>
    /// <returns>Where regular mode goes on.</returns>
    private static int DecodeRun(
        ref BitReader reader, ScanModel model, ReadOnlySpan<ushort> above, Span<ushort> line, int x, ref int runIndex)
    {
        int width = line.Length - 2;
        int length = ReadRunLength(ref reader, width + 1 - x, ref runIndex);
        ushort ra = line[x - 1];
        line.Slice(x, length).Fill(ra);
        x += length;
        if (x > width) return x;

        int rb = above[x];
        int type = Math.Abs(ra - rb) <= model.Parameters.Near ? 1 : 0;
        int error = ReadInterruption(ref reader, model, type, runIndex);
        if (runIndex > 0) runIndex--;
        line[x] = (ushort)Interrupted(model, type, error, ra, rb);
        return x + 1;
    }

    private static int DecodePixelRun(
        ref BitReader reader, ScanModel model, ReadOnlySpan<ushort> above, Span<ushort> line, int i, int components,
        ref int runIndex)
    {
        int end = line.Length - components;
        int length = components * ReadRunLength(ref reader, (end - i) / components, ref runIndex);
        for (int stop = i + length; i < stop; i++) line[i] = line[i - components];
        if (i >= end) return i;

        // Interleaved by sample, every component is coded as RItype 0.
        for (int c = 0; c < components; c++, i++)
        {
            int error = ReadInterruption(ref reader, model, type: 0, runIndex);
            line[i] = (ushort)Interrupted(model, type: 0, error, line[i - components], above[i]);
        }
        if (runIndex > 0) runIndex--;
        return i;
    }

    /// <summary>The length of a run (code segments A.14 to A.16, undone).</summary>
    private static int ReadRunLength(ref BitReader reader, int most, ref int runIndex)
    {
        int length = 0;
        while (reader.ReadBits(1) == 1)
        {
            int part = 1 << ScanModel.RunOrder[runIndex];
            if (part <= most - length && runIndex < 31) runIndex++;
            length += part;
            if (length >= most) return most;                    // the end of the line cuts it short
        }
        length += (int)reader.ReadBits(ScanModel.RunOrder[runIndex]);
        return Math.Min(length, most);                          // longer only where the data are damaged
    }

    /// <summary>The error of the sample that ends a run (§A.7.2.1).</summary>
    private static int ReadInterruption(ref BitReader reader, ScanModel model, int type, int runIndex)
    {
        var parameters = model.Parameters;
        ref var context = ref model.RunContexts[type];
        int k = context.GolombParameter(type);
        int mapped = reader.ReadCode(k, parameters.EscapeZeros - ScanModel.RunOrder[runIndex] - 1, parameters.Qbpp);
        int map = (mapped + type) & 1;
        int size = (mapped + type + 1) >> 1;
        // Code segment A.21 backwards: which sign takes the odd code depends on k and on what came before.
        bool oddIsNegative = k != 0 || 2 * context.Nn >= context.N;
        int error = (map == 1) == oddIsNegative ? -size : size;
        context.Update(error, mapped, type, parameters.Reset);
        return error;
    }

    private static int Interrupted(ScanModel model, int type, int error, int ra, int rb)
    {
        var parameters = model.Parameters;
        int predicted = type == 1 ? ra : rb;
        int signed = type == 0 && ra > rb ? -error : error;
        return Reconstruct(predicted, signed * parameters.Step, parameters.Near, parameters.Range * parameters.Step, parameters.MaxVal);
    }
}
