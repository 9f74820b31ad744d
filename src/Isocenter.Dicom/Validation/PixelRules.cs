namespace Isocenter.Dicom.Validation;

/// <summary>Pixel Data against the attributes that describe it (PS3.5 §8).</summary>
internal static class PixelRules
{
    public static void Check(ValidationRun run)
    {
        var root = run.Root;
        CheckBits(run, root);
        CheckAspectRatio(run, root);
        if (root.TryFind(Tags.PixelData, out var pixels)) CheckPixelData(run, root, pixels);
    }

    private static void CheckBits(ValidationRun run, DataSet root)
    {
        const string Section = "PS3.5 §8.1.1";
        if (!root.TryGet(Tags.BitsAllocated, out int allocated)) return;
        if (root.TryGet(Tags.BitsStored, out int stored) && stored > allocated)
            run.Error(ValidationRule.Consistency, Tags.BitsStored, Section, $"is {stored}, more than the {allocated} of Bits Allocated");
        if (!root.TryGet(Tags.HighBit, out int high)) return;
        if (high >= allocated) run.Error(ValidationRule.Consistency, Tags.HighBit, Section, $"is {high}, but Bits Allocated is {allocated}");
        else if (stored > 0 && high != stored - 1) run.Error(ValidationRule.Consistency, Tags.HighBit, Section, $"is {high}, but one less than Bits Stored is {stored - 1}");
    }

    private static void CheckAspectRatio(ValidationRun run, DataSet root)
    {
        if (!root.TryFind(Tags.PixelAspectRatio, out var ratio)) return;
        double[] n = ElementValues.Numbers(ratio);
        if (n.Length == 2 && n[0] == n[1]) run.Error(ValidationRule.Consistency, Tags.PixelAspectRatio, "PS3.3 §C.7.6.3", "is 1:1; then it must not be there");
    }

    private static void CheckPixelData(ValidationRun run, DataSet root, DataElement pixels)
    {
        var syntax = run.FileMeta is { } meta && meta.TryGet(Tags.TransferSyntaxUID, out Uid? uid) ? TransferSyntax.Of(uid) : null;
        int frames = root.Get(Tags.NumberOfFrames, 1);
        if (pixels.Fragments is { } fragments)
        {
            if (syntax is { IsKnown: true, IsEncapsulated: false }) run.Error(ValidationRule.Encoding, Tags.PixelData, "PS3.5 §A.4", $"is encapsulated, but {syntax} is not");
            // Video is one stream, cut as it comes.
            if (frames > Math.Max(1, fragments.Count) && !IsVideo(syntax))
                run.Error(ValidationRule.Consistency, Tags.PixelData, "PS3.5 §A.4", $"has {fragments.Count} fragments for {frames} frames");
            return;
        }
        if (syntax is { IsKnown: true, IsEncapsulated: true }) run.Error(ValidationRule.Encoding, Tags.PixelData, "PS3.5 §A.4", $"has a length, but {syntax} encapsulates");
        else if (LengthOf(root, frames) is { } expected && pixels.Length != expected)
            run.Error(ValidationRule.Consistency, Tags.PixelData, "PS3.5 §8.1", $"has {pixels.Length} bytes, but rows, columns, samples, bits and frames ask for {expected}");
        if (pixels.VR == VR.OB && root.Get(Tags.BitsAllocated, 0) > 8)
            run.Error(ValidationRule.ValueRepresentation, Tags.PixelData, "PS3.5 §A.2", "has the VR OB, but with more than 8 Bits Allocated it is OW");
    }

    /// <summary>Bytes of native pixels, padding included; null when the attributes do not tell.</summary>
    private static long? LengthOf(DataSet root, int frames)
    {
        if (!root.TryGet(Tags.Rows, out int rows) || !root.TryGet(Tags.Columns, out int columns) || !root.TryGet(Tags.BitsAllocated, out int bits)) return null;
        int samples = root.Get(Tags.SamplesPerPixel, 1);
        if (rows <= 0 || columns <= 0 || bits is not (1 or > 0 and <= 64) || samples is not (> 0 and <= 4) || frames <= 0) return null;
        decimal pixels = (decimal)rows * columns * samples * frames;
        // Every second colour value is left out (PS3.3 §C.7.6.3.1.2).
        if (samples == 3 && root.Get(Tags.PhotometricInterpretation, "") is "YBR_FULL_422" or "YBR_PARTIAL_422") pixels = pixels * 2 / 3;
        decimal bytes = Math.Ceiling(pixels * bits / 8);
        return bytes > long.MaxValue / 2 ? null : (long)bytes + ((long)bytes & 1);
    }

    private static bool IsVideo(TransferSyntax? syntax) =>
        syntax is not null && syntax.Uid.Value.StartsWith("1.2.840.10008.1.2.4.10", StringComparison.Ordinal);
}
