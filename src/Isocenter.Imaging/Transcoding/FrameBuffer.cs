using System.Buffers;
using System.Globalization;
using Isocenter.Codecs;

namespace Isocenter.Imaging;

/// <summary>Room for one frame, decoded and encoded; used again and again.</summary>
internal sealed class FrameBuffer(int frameLength)
{
    private readonly byte[] _samples = new byte[frameLength];
    private readonly ArrayBufferWriter<byte> _output = new();

    /// <summary>The samples, for native pixel data.</summary>
    public Span<byte> Samples => _samples;

    /// <summary>The code stream.</summary>
    public ReadOnlySpan<byte> CodeStream => _output.WrittenSpan;

    /// <summary>Decodes a frame and encodes it.</summary>
    /// <exception cref="CodecException">The frame is damaged.</exception>
    /// <exception cref="PixelDataException">The target does not take it.</exception>
    /// <exception cref="BitsOutsideException">The plan is one of Bits Stored, and there are other bits set.</exception>
    public FrameBuffer Encode(StoredFrames frames, int frameIndex, TranscodePlan plan, CancellationToken cancel)
    {
        try
        {
            frames.Read(frameIndex, _samples, cancel);
            _output.ResetWrittenCount();
            if (plan.Codec is not { } codec) return this;
            if (plan.IsPacked)
            {
                var bits = new byte[(_samples.Length + 7) / 8];
                PixelPacking.PackBits(_samples, bits);
                codec.EncodeBits(bits, plan.Layout.Columns, _output, cancel);
                return this;
            }
            if (codec.HasHeader && plan.Layout.BitsStored < plan.Layout.BitsAllocated && !SampleBits.AreClean(_samples, plan.Layout) || plan.Shift != 0)
            {
                if (!plan.IsLossy) throw new BitsOutsideException();
                SampleBits.Clean(_samples, plan.Source.Layout, plan.Shift);
            }
            if (plan.MakesRgb) YbrColours.MakeRgb(_samples, plan.Source);
            codec.Encode(_samples, plan.Layout, _output, plan.Options, cancel);
            return this;
        }
        catch (CodecException e)
        {
            throw new CodecException(e.Codec, string.Create(CultureInfo.InvariantCulture, $"frame {frameIndex + 1}: {e.Problem}"), e.Offset, e.Rule);
        }
        catch (ArgumentException e)
        {
            throw new PixelDataException(PixelDataProblem.Unsupported, e.Message, e);
        }
    }
}
