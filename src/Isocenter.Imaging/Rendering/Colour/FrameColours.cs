using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>What the colours of a frame mean, and what is to become of them (PS3.3 §C.11.15, PS3.4 §N.2.2).</summary>
internal sealed class FrameColours
{
    private readonly ReadOnlyMemory<byte> _profile;
    private readonly RgbSpace? _target;
    private readonly bool _isGreyProfile;

    private FrameColours(ReadOnlyMemory<byte> profile, bool isGreyProfile, RgbSpace? target, ProfileTransform? transform) =>
        (_profile, _isGreyProfile, _target, Transform) = (profile, isGreyProfile, target, transform);

    /// <summary>From the colours of the image to those that are asked for; null: they stay.</summary>
    public ProfileTransform? Transform { get; }

    /// <summary>Grey becomes three channels: the space that is asked for has no grey of its own here.</summary>
    public bool NeedsColour => _target is not null && _target != RgbSpace.Srgb;

    /// <summary>Reads what image, presentation state and options say.</summary>
    /// <param name="dataSet">The image.</param>
    /// <param name="frameIndex">From 0.</param>
    /// <param name="options">What is asked for.</param>
    /// <param name="findings">Receives why a profile is left out.</param>
    public static FrameColours Of(DataSet dataSet, int frameIndex, RenderOptions options, FrameFindings findings)
    {
        var target = options.ColourSpace;
        var (element, named) = Find(dataSet, frameIndex, options.PresentationState?.DataSet);
        IccProfile? profile = null;
        ReadOnlyMemory<byte> bytes = default;
        if (element is { } found)
        {
            string problem = "";
            if (found.Length <= IccProfile.MaxLength) profile = IccProfile.Read((bytes = found.Bytes).Span, out problem);
            else problem = $"it has {found.Length} bytes, more than the limit of {IccProfile.MaxLength}";
            if (profile is null)
            {
                findings.Add($"the ICC profile is left out: {problem}", Tags.ICCProfile, "PS3.3 §C.11.15");
                bytes = default;
            }
        }
        bool isGrey = profile is { IsGrey: true };
        if (target is null) return new FrameColours(bytes, isGrey, null, null);
        var source = named ?? RgbSpace.Srgb;
        if (profile is null && source == target) return new FrameColours(default, false, target, null);
        return new FrameColours(default, isGrey, target, new ProfileTransform(profile ?? IccProfile.Of(source), target, IsWide(dataSet, options) ? 16 : options.BitDepth, options.BitDepth));
    }

    /// <summary>Its colours have more than 8 bits: they are not to be rounded before they are transformed.</summary>
    private static bool IsWide(DataSet dataSet, RenderOptions options) => dataSet.Get(Tags.BitsStored, 8) > 8
        || (options.PresentationState?.DataSet ?? dataSet).GetAll<int>(Tags.RedPaletteColorLookupTableDescriptor) is [_, _, > 8];

    /// <summary>The transform for what a painter gives: a profile for grey is not for colours, nor one for colours for grey.</summary>
    public ProfileTransform? TransformFor(int channels) => channels == 3 != _isGreyProfile ? Transform : null;

    /// <summary>The profile that goes with the picture; empty: none.</summary>
    public ReadOnlyMemory<byte> ProfileFor(int channels) =>
        _target is not null ? channels == 3 ? _target.Profile : IccProfiles.SrgbGrey : channels == 3 != _isGreyProfile ? _profile : default;

    /// <summary>That of the presentation state, of the image, or of the optical path of the frame (PS3.3 §C.8.12.5); else the space that is named.</summary>
    private static (DataElement? Element, RgbSpace? Named) Find(DataSet image, int frameIndex, DataSet? state)
    {
        foreach (var place in new[] { state, image, OpticalPathOf(image, frameIndex) })
        {
            if (place is null) continue;
            if (place.TryFind(Tags.ICCProfile, out var element) && element is { IsSequence: false, Length: > 0 }) return (element, null);
            if (RgbSpace.Find(place.Get(Tags.ColorSpace, "")) is { } space) return (null, space);
        }
        return (null, null);
    }

    private static DataSet? OpticalPathOf(DataSet image, int frameIndex)
    {
        if (!image.TryFind(Tags.OpticalPathSequence, out var paths) || !paths.IsSequence || paths.Items.Count == 0) return null;
        string name = GreyScale.FunctionalGroup(image, frameIndex, Tags.OpticalPathIdentificationSequence)?.Get(Tags.OpticalPathIdentifier, "") ?? "";
        return paths.Items.FirstOrDefault(path => path.Get(Tags.OpticalPathIdentifier, "") == name) ?? paths.Items[0];
    }
}
