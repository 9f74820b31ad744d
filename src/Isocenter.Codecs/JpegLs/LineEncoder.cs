using System.Runtime.CompilerServices;

namespace Isocenter.Codecs.JpegLs;

/// <summary>Encodes lines of a scan (ISO/IEC 14495-1 Annex A). Line buffers are those of <see cref="LineDecoder"/>; samples
/// are replaced by what a decoder will make of them, so that both predict from the same.</summary>
internal static class LineEncoder
{
    /// <summary>Encodes one line of one component.</summary>
    /// <param name="writer">Has room for the line.</param>
    /// <param name="model">Contexts of the scan.</param>
    /// <param name="above">The line above as decoded, with its edges; its right edge is set here.</param>
    /// <param name="line">The line; both edges are set here.</param>
    /// <param name="runIndex">RUNindex of the component.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Encode<T>(
        ref BitWriter writer, ScanModel model, Span<ushort> above, Span<ushort> line, ref int runIndex)
        where T : struct, IReconstruction
    {
        int width = line.Length - 2;
        line[0] = above[1];
        above[width + 1] = above[width];
        model.QuantiseLineAbove(above, 1);

        var row = model.Row[..(width + 2)];
        var quantised = model.Quantised;
        Span<Context> contexts = model.Contexts;
        var constants = new LineConstants(model.Parameters);

        int ra = line[0], rb = above[1], rc = above[0];
        for (int x = 1; x <= width;)
        {
            int rd = above[x + 1];
            int q = row[x] + quantised[rc - ra + constants.MaxVal];
            if (q == 0)
            {
                x = EncodeRun(ref writer, model, above, line, x, ref runIndex);
                if (x > width) break;
                ra = line[x - 1];
                rb = above[x];
                rc = above[x - 1];
                continue;
            }

            ra = EncodeSample<T>(ref writer, contexts, constants, q, line[x], ra, rb, rc);
            if (!T.IsMasked) line[x] = (ushort)ra;
            rc = rb;
            rb = rd;
            x++;
        }
    }

    /// <summary>Encodes one line of pixels whose components are interleaved by sample.</summary>
    /// <param name="writer">Has room for the line.</param>
    /// <param name="model">Contexts of the scan.</param>
    /// <param name="above">The line above as decoded, with its edges; its right edge is set here.</param>
    /// <param name="line">The line; both edges are set here.</param>
    /// <param name="components">Components of a pixel.</param>
    /// <param name="runIndex">RUNindex, one for all components.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void EncodePixels<T>(
        ref BitWriter writer, ScanModel model, Span<ushort> above, Span<ushort> line, int components, ref int runIndex)
        where T : struct, IReconstruction
    {
        int end = line.Length - components;
        above[components..(2 * components)].CopyTo(line);
        above[(end - components)..end].CopyTo(above[end..]);
        model.QuantiseLineAbove(above, components);

        var row = model.Row[..line.Length];
        var quantised = model.Quantised;
        Span<Context> contexts = model.Contexts;
        var constants = new LineConstants(model.Parameters);
        var q = model.PixelContexts.AsSpan(0, components);
        for (int i = components; i < end;)
        {
            int any = 0;
            for (int c = 0; c < q.Length; c++)
            {
                int left = i + c - components;
                q[c] = row[i + c] + quantised[above[left] - line[left] + constants.MaxVal];
                any |= q[c];
            }
            if (any == 0)
            {
                i = EncodePixelRun(ref writer, model, above, line, i, components, ref runIndex);
                continue;
            }
            for (int c = 0; c < q.Length; c++, i++)
            {
                int left = i - components;
                int decoded = EncodeSample<T>(
                    ref writer, contexts, constants, q[c], line[i], line[left], above[i], above[left]);
                if (!T.IsMasked) line[i] = (ushort)decoded;
            }
        }
    }

    /// <summary>One sample in regular mode (§A.4 to A.6). Inlined, as its twin in the decoder.</summary>
    /// <returns>What a decoder makes of it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int EncodeSample<T>(
        ref BitWriter writer, Span<Context> contexts, in LineConstants constants, int q, int sample, int ra, int rb, int rc)
        where T : struct, IReconstruction
    {
        int sign = q >> 31;
        ref var context = ref contexts[(q ^ sign) - sign];
        int k = context.K;
        int predicted = LineDecoder.Predict(ra, rb, rc) + ((context.C ^ sign) - sign);
        if ((uint)predicted > (uint)constants.MaxVal) predicted = predicted < 0 ? 0 : constants.MaxVal;
        int error = ((sample - predicted) ^ sign) - sign;
        int decoded = sample;
        if (T.IsMasked) error = error << constants.UnusedBits >> constants.UnusedBits;      // modulo RANGE (§A.4.5)
        else error = Quantise(error, constants, predicted, sign, out decoded);

        int other = error ^ context.Mirror;
        int mapped = (other << 1) ^ (other >> 31);
        context.Update(error, T.IsMasked ? 1 : constants.Step, constants.Reset, T.IsMasked || constants.Near == 0);
        int zeros = mapped >> k;
        if (zeros < constants.FastZeros) writer.Put((1u << k) | (uint)mapped & ((1u << k) - 1), zeros + 1 + k);
        else PutLong(ref writer, zeros, mapped, k, constants.EscapeZeros, constants.Qbpp);
        return decoded;
    }

    /// <summary>Quantises an error, takes it modulo RANGE, and says what a decoder makes of it (§A.4.4, §A.4.5).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Quantise(int error, in LineConstants constants, int predicted, int sign, out int decoded)
    {
        int near = constants.Near, step = constants.Step, range = constants.Range;
        if (near > 0) error = error > 0 ? (near + error) / step : -((near - error) / step);
        int sample = predicted + ((error ^ sign) - sign) * step;
        decoded = sample < 0 ? 0 : sample > constants.MaxVal ? constants.MaxVal : sample;
        if (error < 0) error += range;
        if (error >= (range + 1) >> 1) error -= range;
        return error;
    }

    private static void PutLong(ref BitWriter writer, int zeros, int mapped, int k, int escapeZeros, int qbpp)
    {
        if (zeros < escapeZeros) writer.PutLong(zeros, 1ul << k | (uint)mapped & ((1ul << k) - 1), k + 1);
        else writer.PutLong(escapeZeros, 1ul << qbpp | (uint)(mapped - 1), qbpp + 1);
    }

    /// <summary>A run of samples like Ra and the sample that ends it (§A.7).</summary>
    /// <returns>Where regular mode goes on.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int EncodeRun(
        ref BitWriter writer, ScanModel model, ReadOnlySpan<ushort> above, Span<ushort> line, int x, ref int runIndex)
    {
        int width = line.Length - 2, near = model.Parameters.Near;
        int ra = line[x - 1];
        int start = x;
        if (near == 0)
        {
            int alike = line[x..(width + 1)].IndexOfAnyExcept((ushort)ra);
            x = alike < 0 ? width + 1 : x + alike;
        }
        else
        {
            while (x <= width && Math.Abs(line[x] - ra) <= near) line[x++] = (ushort)ra;
        }
        PutRunLength(ref writer, x - start, x > width, ref runIndex);
        if (x > width) return x;

        int rb = above[x];
        int type = Math.Abs(ra - rb) <= near ? 1 : 0;
        line[x] = (ushort)PutInterruption(ref writer, model, type, runIndex, line[x], ra, rb);
        if (runIndex > 0) runIndex--;
        return x + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int EncodePixelRun(
        ref BitWriter writer, ScanModel model, ReadOnlySpan<ushort> above, Span<ushort> line, int i, int components,
        ref int runIndex)
    {
        int end = line.Length - components, start = i;
        while (i < end && IsLikeLeft(line, i, components, model.Parameters.Near))
            for (int c = 0; c < components; c++, i++) line[i] = line[i - components];
        PutRunLength(ref writer, (i - start) / components, i >= end, ref runIndex);
        if (i >= end) return i;

        for (int c = 0; c < components; c++, i++)
            line[i] = (ushort)PutInterruption(ref writer, model, 0, runIndex, line[i], line[i - components], above[i]);
        if (runIndex > 0) runIndex--;
        return i;
    }

    private static bool IsLikeLeft(ReadOnlySpan<ushort> line, int i, int components, int near)
    {
        for (int c = 0; c < components; c++, i++)
            if (Math.Abs(line[i] - line[i - components]) > near) return false;
        return true;
    }

    /// <summary>Code segments A.15 and A.16. RUNindex is lowered by the caller, after the sample that ends the run.</summary>
    private static void PutRunLength(ref BitWriter writer, int length, bool endsLine, ref int runIndex)
    {
        while (length >= 1 << ScanModel.RunOrder[runIndex])
        {
            writer.Put(1, 1);
            length -= 1 << ScanModel.RunOrder[runIndex];
            if (runIndex < 31) runIndex++;
        }
        if (!endsLine) writer.Put((uint)length, ScanModel.RunOrder[runIndex] + 1);
        else if (length > 0) writer.Put(1, 1);
    }

    /// <summary>The sample that ends a run (§A.7.2).</summary>
    /// <returns>What a decoder makes of it.</returns>
    private static int PutInterruption(
        ref BitWriter writer, ScanModel model, int type, int runIndex, int sample, int ra, int rb)
    {
        ref readonly var parameters = ref model.Parameters;
        int predicted = type == 1 ? ra : rb;
        int sign = type == 0 && ra > rb ? -1 : 0;
        int error = Quantise(
            ((sample - predicted) ^ sign) - sign, new LineConstants(parameters), predicted, sign, out int decoded);
        ref var context = ref model.RunContexts[type];
        int k = context.K;
        int mapped = 2 * Math.Abs(error) - type - (context.Map(error) ? 1 : 0);
        PutLong(ref writer, mapped >> k, mapped, k, parameters.EscapeZeros - ScanModel.RunOrder[runIndex] - 1, parameters.Qbpp);
        context.Update(error, mapped, type, parameters.Reset);
        return decoded;
    }
}
