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
    /// <summary>One bits of a run that are taken at once: with the rest of its length they fit what a refill brings.</summary>
    private const int LongestQuickRun = 32;

    /// <summary>Decodes one line of one component.</summary>
    /// <param name="reader">The entropy coded data.</param>
    /// <param name="model">Contexts of the scan.</param>
    /// <param name="above">The line above with its edges; its right edge is set here.</param>
    /// <param name="line">Receives the line; both edges are set here.</param>
    /// <param name="runIndex">RUNindex of the component.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
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
        var constants = new LineConstants(model.Parameters);
        var data = reader.Data;
        ulong bits = reader.Bits;
        int valid = reader.Valid, position = reader.Position, fastEnd = reader.FastEnd;

        int ra = line[0], rb = above[1], rc = above[0];
        for (int x = 1; x <= width;)
        {
            int rd = above[x + 1];
            int q = row[x] + quantised[rc - ra + constants.MaxVal];
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

            ra = DecodeSample<T>(
                ref reader, data, ref bits, ref valid, ref position, ref fastEnd, contexts, constants, q, ra, rb, rc);
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
    [MethodImpl(MethodImplOptions.NoInlining)]
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
        Span<Context> contexts = model.Contexts;
        var constants = new LineConstants(model.Parameters);
        var data = reader.Data;
        ulong bits = reader.Bits;
        int valid = reader.Valid, position = reader.Position, fastEnd = reader.FastEnd;

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
                reader.Bits = bits;
                reader.Valid = valid;
                reader.Position = position;
                i = DecodePixelRun(ref reader, model, above, line, i, components, ref runIndex);
                bits = reader.Bits;
                valid = reader.Valid;
                position = reader.Position;
                fastEnd = reader.FastEnd;
                continue;
            }
            for (int c = 0; c < q.Length; c++, i++)
            {
                int left = i - components;
                line[i] = (ushort)DecodeSample<T>(
                    ref reader, data, ref bits, ref valid, ref position, ref fastEnd, contexts, constants,
                    q[c], line[left], above[i], above[left]);
            }
        }
        reader.Bits = bits;
        reader.Valid = valid;
        reader.Position = position;
    }

    /// <summary>One sample in regular mode (§A.4 to A.6). Inlined, so that what it refers to stays in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int DecodeSample<T>(
        ref BitReader reader, ReadOnlySpan<byte> data, ref ulong bits, ref int valid, ref int position, ref int fastEnd,
        Span<Context> contexts, in LineConstants constants, int q, int ra, int rb, int rc)
        where T : struct, IReconstruction
    {
        if (position <= fastEnd)
        {
            bits |= BinaryPrimitives.ReadUInt64BigEndian(data[position..]) >> valid;
            position += (63 - valid) >> 3;
            valid |= BitReader.RefilledFast;
        }
        else if (valid < BitReader.Refilled)
        {
            reader.Bits = bits;
            reader.Valid = valid;
            reader.Position = position;
            reader.RefillByByte();
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
        if (zeros < constants.FastZeros)
        {
            ulong rest = bits << (zeros + 1);
            mapped = (zeros << k) | (int)(rest >> 1 >> ~k);     // ~k is 63 − k to a shift
            bits = rest << k;
            valid -= zeros + 1 + k;
        }
        else
        {
            reader.Bits = bits;
            reader.Valid = valid;
            reader.Position = position;
            mapped = reader.ReadCode(k, constants.EscapeZeros, constants.Qbpp);
            bits = reader.Bits;
            valid = reader.Valid;
            position = reader.Position;
            fastEnd = reader.FastEnd;
        }

        int predicted = Predict(ra, rb, rc) + ((context.C ^ sign) - sign);
        if ((uint)predicted > (uint)constants.MaxVal) predicted = predicted < 0 ? 0 : constants.MaxVal;
        int unsigned = (mapped >> 1) ^ -(mapped & 1);
        int mirror = context.Mirror;
        context.Update(unsigned ^ mirror, T.IsMasked ? 1 : constants.Step, constants.Reset, T.IsMasked || constants.Near == 0);
        // Negation is complement and increment: the increment goes to the prediction, which is known earlier.
        if (T.IsMasked) return (predicted - sign + (unsigned ^ mirror ^ sign)) & constants.MaxVal;
        int error = (unsigned ^ mirror ^ sign) - sign;
        return Reconstruct(predicted, error * constants.Step, constants.Near, constants.WholeRange, constants.MaxVal);
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

    /// <summary>A run of samples like Ra and the sample that ends it (§A.7). Bits stay in locals: from the length of the run to
    /// the sample behind it each needs the one before.</summary>
    /// <returns>Where regular mode goes on.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int DecodeRun(
        ref BitReader reader, ScanModel model, ReadOnlySpan<ushort> above, Span<ushort> line, int x, ref int runIndex)
    {
        int width = line.Length - 2, most = width + 1 - x;
        ushort ra = line[x - 1];
        reader.Refill();
        ulong bits = reader.Bits;
        int ones = BitOperations.LeadingZeroCount(~bits), length = 0, index = runIndex;
        if (reader.Valid < BitReader.RefilledFast || ones > LongestQuickRun)
        {
            length = ReadRunLength(ref reader, most, ref runIndex);
            (bits, index) = (reader.Bits, runIndex);
        }
        else
        {
            int used = 0;
            while (used < ones && length < most)
            {
                length += 1 << ScanModel.RunOrder[index];
                used++;
                if (length <= most && index < 31) index++;
            }
            if (length < most)
            {
                int order = ScanModel.RunOrder[index];
                length += (int)(bits << used >> 1 >> ~(order + 1));     // ~n is 63 − n to a shift
                used += order + 1;
            }
            length = Math.Min(length, most);                    // longer only where the data are damaged, or the line ends
            bits <<= used;
            (reader.Bits, reader.Valid, runIndex) = (bits, reader.Valid - used, index);
        }
        Fill(line, x, length, ra);
        x += length;
        if (x > width) return x;

        int rb = above[x];
        int type = (int)((uint)(Math.Abs(ra - rb) - model.Parameters.Near - 1) >> 31);      // 1 when they are alike
        ref readonly var parameters = ref model.Parameters;
        ref var context = ref model.RunContexts[type];
        int k = context.K, escape = parameters.EscapeZeros - ScanModel.RunOrder[index] - 1, mapped;
        int zeros = BitOperations.LeadingZeroCount(bits), size = zeros + 1 + k;
        if (zeros < Math.Min(escape, BitReader.FastZeros) && size <= reader.Valid)
        {
            ulong rest = bits << (zeros + 1);
            mapped = (zeros << k) | (int)(rest >> 1 >> ~k);
            (reader.Bits, reader.Valid) = (rest << k, reader.Valid - size);
        }
        else
        {
            mapped = reader.ReadCode(k, escape, parameters.Qbpp);
        }
        int error = Unmap(ref context, mapped, type, parameters.Reset);
        if (index > 0) runIndex = index - 1;
        line[x] = (ushort)Interrupted(model, type, error, ra, rb);
        return x + 1;
    }

    /// <summary>Repeats a sample. Short runs without asking how short: what is behind them comes later.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(Span<ushort> line, int x, int length, ushort value)
    {
        int lanes = Vector<ushort>.Count;
        if (length > 2 * lanes || line.Length - x < 2 * lanes)
        {
            line.Slice(x, length).Fill(value);
            return;
        }
        var values = new Vector<ushort>(value);
        values.CopyTo(line[x..]);
        values.CopyTo(line[(x + lanes)..]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
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
        while (true)
        {
            reader.Refill();
            int ones = Math.Min(BitOperations.LeadingZeroCount(~reader.Bits), BitReader.Refilled);
            for (int i = 1; i <= ones; i++)
            {
                int part = 1 << ScanModel.RunOrder[runIndex];
                if (part <= most - length && runIndex < 31) runIndex++;
                length += part;
                if (length < most) continue;
                reader.Skip(i);
                return most;                                    // the end of the line cuts it short
            }
            reader.Skip(ones);
            if (ones < BitReader.Refilled) break;
        }
        int order = ScanModel.RunOrder[runIndex];
        length += (int)reader.ReadBits(order + 1);              // the zero bit that ends the ones is the highest
        return Math.Min(length, most);                          // longer only where the data are damaged
    }

    /// <summary>The error of the sample that ends a run (§A.7.2.1).</summary>
    private static int ReadInterruption(ref BitReader reader, ScanModel model, int type, int runIndex)
    {
        ref readonly var parameters = ref model.Parameters;
        ref var context = ref model.RunContexts[type];
        int mapped = reader.ReadCode(context.K, parameters.EscapeZeros - ScanModel.RunOrder[runIndex] - 1, parameters.Qbpp);
        return Unmap(ref context, mapped, type, parameters.Reset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Unmap(ref RunContext context, int mapped, int type, int reset)
    {
        int map = (mapped + type) & 1;
        int size = (mapped + type + 1) >> 1;
        // Code segment A.21 backwards: which sign takes the odd code depends on k and on what came before.
        int oddIsNegative = context.K != 0 || 2 * context.Nn >= context.N ? 1 : 0;
        int sign = -(map ^ oddIsNegative ^ 1);
        int error = (size ^ sign) - sign;
        context.Update(error, mapped, type, reset);
        return error;
    }

    private static int Interrupted(ScanModel model, int type, int error, int ra, int rb)
    {
        ref readonly var parameters = ref model.Parameters;
        int predicted = type == 1 ? ra : rb;
        int sign = ((rb - ra) >> 31) & (type - 1);              // −1 for RItype 0 and Ra > Rb
        int signed = (error ^ sign) - sign;
        return Reconstruct(predicted, signed * parameters.Step, parameters.Near, parameters.Range * parameters.Step, parameters.MaxVal);
    }
}
