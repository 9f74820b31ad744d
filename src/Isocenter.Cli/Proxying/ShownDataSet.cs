using System.Globalization;
using Isocenter.Cli.Dump;
using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Cli.Proxying;

/// <summary>The beginning of a data set that passed, as lines: tag, VR, length, keyword, value. What could tell of a person
/// is a length only, unless all is to be shown.</summary>
internal sealed class ShownDataSet(bool showData, int maxElements)
{
    private const int MaxCharacters = 80;

    /// <summary>Pixels and waveforms say nothing in lines.</summary>
    private static readonly ReadOptions Header = ReadOptions.HeaderOnly with { MaxDepth = 16 };

    /// <summary>The elements, in order; those in items with the path to them.</summary>
    public IReadOnlyList<ShownElement> Of(ProxyDataSet seen)
    {
        try
        {
            using var file = DicomFile.ReadDataSet(seen.Start, seen.TransferSyntax ?? TransferSyntax.ImplicitVRLittleEndian, Header);
            var shown = new List<ShownElement>();
            Add(file.DataSet, "", shown);
            return shown;
        }
        catch (DicomFormatException)
        {
            return [];      // its length has been told
        }
    }

    private void Add(DataSet dataSet, string path, List<ShownElement> shown)
    {
        foreach (var element in dataSet)
        {
            if (shown.Count >= maxElements) return;
            string keyword = DataDictionary.TryFind(element.Tag, out var entry) ? entry.Keyword : "";
            shown.Add(new ShownElement(path + element.Tag, element.VR.ToText(), element.Length, keyword, ValueOf(dataSet, element)));
            if (!element.IsSequence) continue;
            for (int i = 0; i < element.Items.Count; i++) Add(element.Items[i], string.Create(CultureInfo.InvariantCulture, $"{path}{element.Tag}[{i}]."), shown);
        }
    }

    private string? ValueOf(DataSet dataSet, DataElement element)
    {
        if (element.IsEmpty) return "";
        if (element.IsSequence) return string.Create(CultureInfo.InvariantCulture, $"{element.Items.Count} items");
        if (!showData && !SaysNothingOfPersons(element)) return null;
        if (element.Fragments is not null || element.VR is VR.OB or VR.OW or VR.OF or VR.OD or VR.OL or VR.OV or VR.UN) return null;
        string text = Printable.Of(string.Join('\\', dataSet.GetAll<string>(element.Tag)));
        return text.Length > MaxCharacters ? text[..MaxCharacters] + "…" : text;
    }

    /// <summary>Codes of the standard and sizes of pictures; UIDs, which the command sets name too. Everything else may be
    /// about somebody.</summary>
    private static bool SaysNothingOfPersons(DataElement element)
    {
        var tag = element.Tag;
        return element.VR is VR.UI or VR.US
            || tag == Tags.QueryRetrieveLevel || tag == Tags.SpecificCharacterSet || tag == Tags.Modality || tag == Tags.ModalitiesInStudy
            || tag == Tags.ImageType || tag == Tags.PhotometricInterpretation || tag == Tags.NumberOfFrames || tag == Tags.RetrieveAETitle
            || tag == Tags.InstanceAvailability;
    }
}

/// <summary>One line of it.</summary>
/// <param name="Path">Tag, within items behind the path to them.</param>
/// <param name="VR">Two letters.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Keyword">Of PS3.6; empty when it has none.</param>
/// <param name="Value">Null when it is hidden, or no text.</param>
internal sealed record ShownElement(string Path, string VR, long Length, string Keyword, string? Value);
