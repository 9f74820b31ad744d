using Isocenter.Dicom;

namespace Isocenter.Imaging;

/// <summary>From stored values to brightness for one frame: modality LUT, VOI LUT, presentation LUT, polarity (PS3.3 §C.11,
/// PS3.4 §N.2).</summary>
internal sealed class GreyScale
{
    private readonly LookupTable? _modalityTable;
    private readonly LookupTable? _voiTable;
    private readonly LookupTable? _presentationTable;
    private readonly double _slope = 1, _intercept;
    private readonly VoiWindow? _window;
    private readonly bool _isInverted;
    private readonly bool _spansAllValues;

    /// <summary>Reads what image and options say of this frame.</summary>
    /// <param name="dataSet">The image.</param>
    /// <param name="frameIndex">Whose functional groups count (PS3.3 §C.7.6.16).</param>
    /// <param name="isMonochrome1">Small values are bright.</param>
    /// <param name="options">The window and the presentation state of it take the place of the image's own.</param>
    /// <param name="findings">Receives what makes no sense and is left out.</param>
    public GreyScale(DataSet dataSet, int frameIndex, bool isMonochrome1, RenderOptions options, FrameFindings findings)
    {
        var state = options.PresentationState;
        // A presentation state without a modality LUT means none, whatever the image says (PS3.4 §N.2.1.1).
        var rescale = state?.DataSet ?? FunctionalGroup(dataSet, frameIndex, Tags.PixelValueTransformationSequence) ?? dataSet;
        if ((state?.DataSet ?? dataSet).TryGet(Tags.ModalityLUTSequence, out DataSet? modality))
        {
            _modalityTable = LookupTable.Read(modality, Tags.LUTDescriptor, Tags.LUTData, findings);
        }
        else
        {
            _slope = rescale.Get(Tags.RescaleSlope, 1.0);
            _intercept = rescale.Get(Tags.RescaleIntercept, 0.0);
            if (_slope == 0 || !double.IsFinite(_slope) || !double.IsFinite(_intercept))
            {
                findings.Add($"a Rescale Slope of {_slope} with an intercept of {_intercept} is left out", Tags.RescaleSlope, "PS3.3 §C.11.1");
                (_slope, _intercept) = (1, 0);
            }
        }

        var voi = state is null ? FunctionalGroup(dataSet, frameIndex, Tags.FrameVOILUTSequence) ?? dataSet : state.SoftcopyVoiOf(dataSet, frameIndex);
        _window = options.Window is { IsUsable: true } asked ? asked : voi is null ? null : WindowOf(voi, options.VoiIndex, findings);
        if (_window is null && voi is not null && voi.TryFind(Tags.VOILUTSequence, out var tables) && tables.Items.Count > 0)
            _voiTable = LookupTable.Read(tables.Items[Math.Clamp(options.VoiIndex, 0, tables.Items.Count - 1)], Tags.LUTDescriptor, Tags.LUTData, findings);
        _spansAllValues = state is not null;

        var presentation = state?.DataSet ?? dataSet;
        if (presentation.TryGet(Tags.PresentationLUTSequence, out DataSet? lut)) _presentationTable = LookupTable.Read(lut, Tags.LUTDescriptor, Tags.LUTData, findings);
        // The shape says all (PS3.3 §C.8.11.3.1.2, §C.11.6.1.2), where an image contradicts itself too: DCMTK judges the same. Without a shape the
        // image does, and a presentation state inverts nothing.
        _isInverted = presentation.Get(Tags.PresentationLUTShape, "") switch
        {
            "INVERSE" => true,
            "IDENTITY" => false,
            _ => state is null && isMonochrome1,
        };
    }

    /// <summary>Neither the image nor the caller says which values matter: <see cref="Map"/> needs a range. That of the
    /// frame, or of all values that the bits can hold where a presentation state says that nothing is to be done.</summary>
    public bool NeedsRange => _window is null && _voiTable is null;

    /// <summary>The range is that of all values that there can be.</summary>
    public bool SpansAllValues => _spansAllValues;

    /// <summary>What comes out of the modality transformation rises or falls with what goes in.</summary>
    public bool IsLinear => _modalityTable is null;

    /// <summary>Brightness of a stored value, from 0 to 1.</summary>
    /// <param name="stored">The stored value.</param>
    /// <param name="low">What is black, behind <see cref="Modality"/>, if <see cref="NeedsRange"/>.</param>
    /// <param name="high">What is white.</param>
    public double Map(double stored, double low, double high)
    {
        double value = Modality(stored), brightness = NeedsRange
            ? high > low ? Math.Clamp((value - low) / (high - low), 0, 1) : 0.5
            : _window is { } window ? window.Apply(value) : _voiTable!.Fraction(value);
        if (_presentationTable is not null) brightness = _presentationTable.At(brightness);
        return _isInverted ? 1 - brightness : brightness;
    }

    /// <summary>Stored values below the first of these are all as bright as the smallest, those above the second all as the largest; null: not known.</summary>
    /// <param name="low">What is black, behind <see cref="Modality"/>, if <see cref="NeedsRange"/>.</param>
    /// <param name="high">What is white.</param>
    public (double First, double Last)? Slope(double low, double high)
    {
        if (!IsLinear || _voiTable is not null && _window is null || _window is { Function: VoiFunction.Sigmoid }) return null;
        if (_window is { } window) (low, high) = (window.Center - window.Width / 2 - 1, window.Center + window.Width / 2 + 1);
        double a = (low - _intercept) / _slope, b = (high - _intercept) / _slope;
        if (!double.IsFinite(a) || !double.IsFinite(b)) return null;
        return a <= b ? (a, b) : (b, a);
    }

    /// <summary>From a stored value to what it means, as HU.</summary>
    public double Modality(double stored) => _modalityTable is null ? stored * _slope + _intercept : _modalityTable[stored];

    /// <summary>The range of all values between two stored ones, behind <see cref="Modality"/>.</summary>
    public (double Low, double High) RangeOf(double minimum, double maximum)
    {
        if (_modalityTable is not null) return _modalityTable.RangeOf(minimum, maximum);
        double low = Modality(minimum), high = Modality(maximum);
        return low <= high ? (low, high) : (high, low);
    }

    /// <summary>The item of a functional group for a frame: its own, or the shared one.</summary>
    internal static DataSet? FunctionalGroup(DataSet dataSet, int frameIndex, Tag group)
    {
        if (dataSet.TryFind(Tags.PerFrameFunctionalGroupsSequence, out var perFrame) && frameIndex < perFrame.Items.Count
            && perFrame.Items[frameIndex].TryGet(group, out DataSet? own))
        {
            return own;
        }
        return dataSet.TryGet(Tags.SharedFunctionalGroupsSequence, out DataSet? shared) && shared.TryGet(group, out DataSet? common) ? common : null;
    }

    private static VoiWindow? WindowOf(DataSet dataSet, int index, FrameFindings findings)
    {
        var centers = dataSet.GetAll<double>(Tags.WindowCenter);
        var widths = dataSet.GetAll<double>(Tags.WindowWidth);
        int count = Math.Min(centers.Count, widths.Count);
        if (count == 0) return null;
        index = Math.Clamp(index, 0, count - 1);
        double center = centers[index], width = widths[index];
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
        if (window.IsUsable) return window;
        findings.Add($"a window of center {center} and width {width} is left out", Tags.WindowWidth, "PS3.3 §C.11.2.1.2");
        return null;
    }
}
