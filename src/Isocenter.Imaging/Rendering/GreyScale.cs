using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>From stored values to brightness for one frame: modality LUT, VOI LUT, polarity (PS3.3 §C.11, PS3.4 §N.2).</summary>
internal sealed class GreyScale
{
    private readonly LookupTable? _modalityTable;
    private readonly LookupTable? _voiTable;
    private readonly double _slope = 1, _intercept;
    private readonly VoiWindow? _window;
    private readonly bool _isInverted;

    /// <summary>Reads what the image says of this frame.</summary>
    /// <param name="dataSet">The image.</param>
    /// <param name="frameIndex">Whose functional groups count (PS3.3 §C.7.6.16).</param>
    /// <param name="isInverted">MONOCHROME1: small values are bright.</param>
    /// <param name="window">In place of the image's own.</param>
    public GreyScale(DataSet dataSet, int frameIndex, bool isInverted, VoiWindow? window)
    {
        _isInverted = isInverted;
        if (dataSet.TryGet(Tags.ModalityLUTSequence, out DataSet? modality))
        {
            _modalityTable = LookupTable.Read(modality, Tags.LUTDescriptor, Tags.LUTData);
        }
        else
        {
            var rescale = FunctionalGroup(dataSet, frameIndex, Tags.PixelValueTransformationSequence) ?? dataSet;
            _slope = rescale.Get(Tags.RescaleSlope, 1.0);
            _intercept = rescale.Get(Tags.RescaleIntercept, 0.0);
            if (_slope == 0 || !double.IsFinite(_slope) || !double.IsFinite(_intercept)) (_slope, _intercept) = (1, 0);
        }
        _window = window ?? WindowOf(FunctionalGroup(dataSet, frameIndex, Tags.FrameVOILUTSequence) ?? dataSet);
        if (_window is null && dataSet.TryGet(Tags.VOILUTSequence, out DataSet? voi))
            _voiTable = LookupTable.Read(voi, Tags.LUTDescriptor, Tags.LUTData);
    }

    /// <summary>Neither the image nor the caller says which values matter: <see cref="Map(double, double, double)"/> needs
    /// the range of the frame.</summary>
    public bool NeedsRange => _window is null && _voiTable is null;

    /// <summary>Brightness of a stored value, from 0 to 255.</summary>
    /// <param name="stored">The stored value.</param>
    /// <param name="minimum">Stored values from here are black, if <see cref="NeedsRange"/>.</param>
    /// <param name="maximum">Stored values from here are white, if <see cref="NeedsRange"/>.</param>
    public byte Map(double stored, double minimum, double maximum)
    {
        double brightness;
        if (NeedsRange)
        {
            double low = Modality(minimum), high = Modality(maximum);
            if (low > high) (low, high) = (high, low);
            brightness = high > low ? Math.Clamp((Modality(stored) - low) / (high - low), 0, 1) : 0.5;
        }
        else
        {
            double value = Modality(stored);
            brightness = _window is { } window ? window.Apply(value) : _voiTable!.Fraction(value);
        }
        return (byte)(255 * (_isInverted ? 1 - brightness : brightness) + 0.5);
    }

    private double Modality(double stored) => _modalityTable is null ? stored * _slope + _intercept : _modalityTable[stored];

    /// <summary>The item of a functional group for a frame: its own, or the shared one.</summary>
    private static DataSet? FunctionalGroup(DataSet dataSet, int frameIndex, Tag group)
    {
        if (dataSet.TryFind(Tags.PerFrameFunctionalGroupsSequence, out var perFrame) && frameIndex < perFrame.Items.Count
            && perFrame.Items[frameIndex].TryGet(group, out DataSet? own))
        {
            return own;
        }
        return dataSet.TryGet(Tags.SharedFunctionalGroupsSequence, out DataSet? shared) && shared.TryGet(group, out DataSet? common) ? common : null;
    }

    private static VoiWindow? WindowOf(DataSet dataSet)
    {
        if (!dataSet.TryGet(Tags.WindowCenter, out double center) || !dataSet.TryGet(Tags.WindowWidth, out double width)) return null;
        var function = dataSet.Get(Tags.VOILUTFunction, "LINEAR") switch
        {
            "LINEAR_EXACT" => VoiFunction.LinearExact,
            "SIGMOID" => VoiFunction.Sigmoid,
            _ => VoiFunction.Linear,
        };
        // LINEAR is defined from a width of 1. Images whose rescaled values are small fractions have smaller ones, and mean
        // them as LINEAR_EXACT does.
        if (function == VoiFunction.Linear && width is > 0 and < 1) function = VoiFunction.LinearExact;
        var window = new VoiWindow(center, width, function);
        return window.IsUsable ? window : null;
    }
}
