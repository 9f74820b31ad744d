using System.Globalization;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>What the provider asks of the attributes of films and images (PS3.4 §H.4, PS3.3 §C.13). Each check may write the
/// value that is used instead, and returns a warning or failure, or null.</summary>
internal static class PrintChecks
{
    private static readonly string[] Magnifications = ["REPLICATE", "BILINEAR", "CUBIC", "NONE"];

    /// <summary>Film Session, of N-CREATE and N-SET.</summary>
    public static NormalizedResponse? Session(DataSet session, PrinterOptions options)
    {
        if (OneOf(session, Tags.PrintPriority, "HIGH", "MED", "LOW") is { } refused) return refused;
        return Copies(session, options) ?? Memory(session);
    }

    /// <summary>Film Box. All is checked before the first warning counts: a failure goes before it.</summary>
    public static NormalizedResponse? FilmBox(DataSet box, FilmSessionState state, PrinterOptions options)
    {
        if ((OneOf(box, Tags.FilmOrientation, "PORTRAIT", "LANDSCAPE") ?? OneOf(box, Tags.MagnificationType, Magnifications)
            ?? OneOf(box, Tags.Trim, "YES", "NO") ?? Density(box, Tags.BorderDensity) ?? Density(box, Tags.EmptyImageDensity)
            ?? PresentationLut(box, state)) is { } refused) return refused;
        NormalizedResponse? warning = null;
        if (box.Get(Tags.FilmSizeID, "").Trim() is { Length: > 0 } size && !options.FilmSizes.Contains(size))
        {
            box.Set(Tags.FilmSizeID, options.FilmSizes[0]);
            warning = NormalizedResponse.Refuse(Status.AttributeValueOutOfRange.With($"film size {size} is not there"), Tags.FilmSizeID);
        }
        foreach (var tag in (ReadOnlySpan<Tag>)[Tags.MinDensity, Tags.MaxDensity])
        {
            if (!box.TryGet(tag, out int asked)) continue;
            int used = Math.Clamp(asked, options.Density.Min, options.Density.Max);
            if (used == asked) continue;
            box.Set(tag, (ushort)used);
            warning ??= NormalizedResponse.Refuse(new Status(0xB605), tag);
        }
        return warning;
    }

    /// <summary>What an image box says beside the image.</summary>
    public static NormalizedResponse? ImageBox(DataSet box, FilmSessionState state) =>
        OneOf(box, Tags.Polarity, "NORMAL", "REVERSE") ?? OneOf(box, Tags.MagnificationType, Magnifications)
        ?? OneOf(box, Tags.RequestedDecimateCropBehavior, "DECIMATE", "CROP", "FAIL") ?? PresentationLut(box, state);

    /// <summary>The preformatted image: Image Pixel attributes that PS3.3 Table C.13-5 allows, and pixel data that fit them.</summary>
    public static NormalizedResponse? Image(DataSet image, bool isColor)
    {
        if (AttributeCheck.Require(image, Tags.SamplesPerPixel, Tags.PhotometricInterpretation, Tags.Rows, Tags.Columns, Tags.BitsAllocated,
            Tags.BitsStored, Tags.HighBit, Tags.PixelRepresentation, Tags.PixelData) is { } missing) return missing;
        int samples = image.Get<ushort>(Tags.SamplesPerPixel, 0), allocated = image.Get<ushort>(Tags.BitsAllocated, 0), stored = image.Get<ushort>(Tags.BitsStored, 0);
        if (samples != (isColor ? 3 : 1)) return Wrong(Tags.SamplesPerPixel);
        if (!(isColor ? (string[])["RGB"] : ["MONOCHROME1", "MONOCHROME2"]).Contains(image.Get(Tags.PhotometricInterpretation, "").Trim())) return Wrong(Tags.PhotometricInterpretation);
        if (allocated != 8 && (isColor || allocated != 16)) return Wrong(Tags.BitsAllocated);
        if (stored != 8 && (allocated != 16 || stored != 12)) return Wrong(Tags.BitsStored);
        if (image.Get<ushort>(Tags.HighBit, 0) != stored - 1) return Wrong(Tags.HighBit);
        if (image.Get<ushort>(Tags.PixelRepresentation, 0) != 0) return Wrong(Tags.PixelRepresentation);
        int rows = image.Get<ushort>(Tags.Rows, 0), columns = image.Get<ushort>(Tags.Columns, 0);
        if (rows == 0) return Wrong(Tags.Rows);
        if (columns == 0) return Wrong(Tags.Columns);
        long expected = (long)rows * columns * samples * (allocated / 8);
        return image.TryFind(Tags.PixelData, out var pixels) && !pixels.IsSequence && pixels.Bytes.Length >= expected
            ? null
            : NormalizedResponse.Refuse(Status.InvalidAttributeValue.With($"Pixel Data is shorter than {expected} bytes"), Tags.PixelData);
    }

    private static NormalizedResponse? Copies(DataSet session, PrinterOptions options)
    {
        if (!session.TryFind(Tags.NumberOfCopies, out var element) || element.IsEmpty) return null;
        if (!int.TryParse(session.Get(Tags.NumberOfCopies, "").Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int copies) || copies < 1)
            return Wrong(Tags.NumberOfCopies);
        if (copies <= options.MaxCopies) return null;
        session.Set(Tags.NumberOfCopies, options.MaxCopies);
        return NormalizedResponse.Refuse(Status.AttributeValueOutOfRange.With($"{options.MaxCopies} copies at most"), Tags.NumberOfCopies);
    }

    private static NormalizedResponse? Memory(DataSet session)
    {
        if (session.Get(Tags.MemoryAllocation, "").Trim() is "" or "0") return null;
        session.Remove(Tags.MemoryAllocation);
        return NormalizedResponse.Refuse(new Status(0xB600), Tags.MemoryAllocation);
    }

    private static NormalizedResponse? PresentationLut(DataSet box, FilmSessionState state)
    {
        foreach (var item in box.GetAll<DataSet>(Tags.ReferencedPresentationLUTSequence))
        {
            if (!Uid.TryParseLenient(item.Get(Tags.ReferencedSOPInstanceUID, ""), out var uid) || !state.PresentationLuts.ContainsKey(uid))
                return NormalizedResponse.Refuse(Status.InvalidAttributeValue.With("no such Presentation LUT"), Tags.ReferencedPresentationLUTSequence);
        }
        return null;
    }

    /// <summary>BLACK, WHITE, or hundredths of OD.</summary>
    private static NormalizedResponse? Density(DataSet box, Tag tag) =>
        box.Get(tag, "").Trim() is { Length: > 0 } text && text is not ("BLACK" or "WHITE")
        && !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? Wrong(tag) : null;

    private static NormalizedResponse? OneOf(DataSet attributes, Tag tag, params ReadOnlySpan<string> values) =>
        attributes.Get(tag, "").Trim() is { Length: > 0 } value && !values.Contains(value) ? Wrong(tag) : null;

    private static NormalizedResponse Wrong(Tag tag) => NormalizedResponse.Refuse(Status.InvalidAttributeValue, tag);
}
