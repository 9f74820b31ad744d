using System.Buffers;
using System.Buffers.Binary;

namespace Isocenter.Codecs.JpegLs;

/// <summary>Encodes JPEG-LS (ISO/IEC 14495-1, ITU-T T.87): lossless and near-lossless, 2 to 16 bits.</summary>
/// <remarks>Holds no state between calls; safe from many threads.</remarks>
public static class JpegLsEncoder
{
    /// <summary>Encodes one frame.</summary>
    /// <param name="samples">The frame; exactly <c>layout.FrameLength</c> bytes. Only the low <c>layout.BitsStored</c> bits
    /// of each sample are encoded, so that signed samples lose their extended sign.</param>
    /// <param name="layout">How the frame lies in <paramref name="samples"/>; up to 16 bits stored.</param>
    /// <param name="output">Receives the code stream, from SOI to EOI.</param>
    /// <param name="options">How to encode.</param>
    /// <param name="cancel">Looked at between lines.</param>
    /// <exception cref="ArgumentException">JPEG-LS has no such samples, or no such parameters.</exception>
    /// <exception cref="CodecException">A sample is larger than the MAXVAL of <paramref name="options"/>.</exception>
    public static void Encode(
        ReadOnlySpan<byte> samples, in FrameLayout layout, IBufferWriter<byte> output, JpegLsEncodeOptions options,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(options);
        layout.Check(samples.Length);
        if (layout.BitsStored > 16) throw new ArgumentException($"JPEG-LS has at most 16 bits, not {layout.BitsStored}");
        if (layout.SamplesPerPixel > 255) throw new ArgumentException($"JPEG-LS has at most 255 components, not {layout.SamplesPerPixel}");
        int bits = Math.Max(2, layout.BitsStored);
        var preset = options.Preset.Resolve(bits, options.Near);
        if (preset.Fault(bits, options.Near) is { } fault) throw new ArgumentException(fault, nameof(options));
        if (options.RestartInterval < 0) throw new ArgumentException("the restart interval is negative", nameof(options));
        if (!Enum.IsDefined(options.Interleave)) throw new ArgumentException("no such interleave mode", nameof(options));

        WriteHeader(output, layout, options, bits, preset);
        var interleave = layout.SamplesPerPixel == 1 ? JpegLsInterleave.None : options.Interleave;
        var encoder = new ScanEncoder(layout, preset, options, interleave, cancel);
        if (interleave == JpegLsInterleave.None)
            for (int component = 0; component < layout.SamplesPerPixel; component++) encoder.Encode(samples, component, 1, output);
        else
            encoder.Encode(samples, 0, layout.SamplesPerPixel, output);
        output.Write<byte>([0xFF, Markers.Eoi]);
    }

    private static void WriteHeader(
        IBufferWriter<byte> output, in FrameLayout layout, JpegLsEncodeOptions options, int bits, JpegLsPreset preset)
    {
        output.Write<byte>([0xFF, Markers.Soi]);
        if (options.WriteSpiffHeader) WriteSpiff(output, layout, bits);

        Span<byte> frame = stackalloc byte[10 + 3 * layout.SamplesPerPixel];
        frame[0] = 0xFF;
        frame[1] = Markers.Sof55;
        BinaryPrimitives.WriteUInt16BigEndian(frame[2..], (ushort)(frame.Length - 2));
        frame[4] = (byte)bits;
        BinaryPrimitives.WriteUInt16BigEndian(frame[5..], (ushort)layout.Rows);
        BinaryPrimitives.WriteUInt16BigEndian(frame[7..], (ushort)layout.Columns);
        frame[9] = (byte)layout.SamplesPerPixel;
        for (int i = 0; i < layout.SamplesPerPixel; i++)
        {
            var component = frame[(10 + 3 * i)..];
            component[0] = (byte)(i + 1);
            component[1] = 0x11;
            component[2] = 0;
        }
        output.Write(frame);

        // Decoders exist whose defaults are wrong above 12 and below 8 bits.
        if (bits is > 12 or < 8 || preset != JpegLsPreset.Default((1 << bits) - 1, options.Near))
        {
            Span<byte> segment = stackalloc byte[15];
            segment[0] = 0xFF;
            segment[1] = Markers.Lse;
            segment[3] = 13;
            segment[4] = 1;
            BinaryPrimitives.WriteUInt16BigEndian(segment[5..], (ushort)preset.MaxVal);
            BinaryPrimitives.WriteUInt16BigEndian(segment[7..], (ushort)preset.T1);
            BinaryPrimitives.WriteUInt16BigEndian(segment[9..], (ushort)preset.T2);
            BinaryPrimitives.WriteUInt16BigEndian(segment[11..], (ushort)preset.T3);
            BinaryPrimitives.WriteUInt16BigEndian(segment[13..], (ushort)preset.Reset);
            output.Write(segment);
        }

        if (options.RestartInterval is > 0 and <= 65535)
            output.Write<byte>([0xFF, Markers.Dri, 0, 4, (byte)(options.RestartInterval >> 8), (byte)options.RestartInterval]);
    }

    /// <summary>SPIFF header and the end of its directory (ISO/IEC 10918-3 Annex F).</summary>
    private static void WriteSpiff(IBufferWriter<byte> output, in FrameLayout layout, int bits)
    {
        Span<byte> segment = stackalloc byte[34];
        segment.Clear();
        segment[0] = 0xFF;
        segment[1] = Markers.App8;
        segment[3] = 32;
        "SPIFF\0"u8.CopyTo(segment[4..]);
        segment[10] = 2;                                        // version 2.0
        segment[13] = (byte)layout.SamplesPerPixel;
        BinaryPrimitives.WriteInt32BigEndian(segment[14..], layout.Rows);
        BinaryPrimitives.WriteInt32BigEndian(segment[18..], layout.Columns);
        segment[22] = layout.SamplesPerPixel switch { 1 => 8, 3 => 10, _ => 2 };    // grey, RGB, not said
        segment[23] = (byte)bits;
        segment[24] = 6;                                        // compressed as JPEG-LS
        segment[25] = 0;                                        // resolution is an aspect ratio, 1 : 1
        BinaryPrimitives.WriteInt32BigEndian(segment[26..], 1);
        BinaryPrimitives.WriteInt32BigEndian(segment[30..], 1);
        output.Write(segment);
        // The last directory entry has the SOI of the image within its length.
        output.Write<byte>([0xFF, Markers.App8, 0, 8, 0, 0, 0, 1, 0xFF, Markers.Soi]);
    }
}
