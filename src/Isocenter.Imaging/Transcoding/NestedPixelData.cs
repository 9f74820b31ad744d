using Isocenter.Codecs;
using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>Pixel data in items, as icons have them (PS3.3 §C.7.6.1.1.6): compressed as those of the image were, they would be
/// wrong in another transfer syntax, and become native.</summary>
internal static class NestedPixelData
{
    /// <summary>Makes them native.</summary>
    /// <param name="dataSet">The items of this data set are gone through; its own pixel data are left.</param>
    /// <param name="syntax">How they are compressed.</param>
    /// <param name="options">Limits of reading.</param>
    public static void MakeNative(DataSet dataSet, TransferSyntax syntax, StoredFrameOptions options)
    {
        foreach (var element in dataSet.ToList())
        {
            if (!element.IsSequence) continue;
            foreach (var item in element.Items.ToList())
            {
                MakeNative(item, syntax, options);
                if (item.TryFind(Tags.PixelData, out var pixels) && pixels.Fragments is not null) Replace(item, syntax, options);
            }
        }
    }

    private static void Replace(DataSet item, TransferSyntax syntax, StoredFrameOptions options)
    {
        try
        {
            var frames = StoredFrames.Of(item, syntax, options);
            var plan = TranscodePlan.Of(frames.Description, item.Get(Tags.BitsAllocated, (ushort)0), null, FrameEncodeOptions.Default, false);
            byte[] samples = frames.Read(0);
            if (plan.IsPacked)
            {
                var bits = new byte[(samples.Length + 7) / 8];
                PixelPacking.PackBits(samples, bits);
                samples = bits;
            }
            Array.Resize(ref samples, (samples.Length + 1) & ~1);
            TranscodedAttributes.Describe(item, plan, 1);
            var vr = plan.BitsAllocated > 8 ? VR.OW : VR.OB;
            if (item.IsBigEndian) ByteOrder.Swap(samples, vr);
            item.SetOwnedBytes(Tags.PixelData, vr, samples);
        }
        catch (Exception e) when (e is PixelDataException or CodecException)
        {
            // An icon that cannot be read is worth less than the image it stands for.
            item.Remove(Tags.PixelData);
        }
    }
}
