namespace Isocenter.Dicom.Validation;

/// <summary>Private blocks and who reserves them (PS3.5 §7.8.1).</summary>
internal readonly struct PrivateCreators(DataSet dataSet)
{
    private const string Section = "PS3.5 §7.8.1";

    /// <param name="element">Of an odd group.</param>
    /// <param name="run">Is told.</param>
    public void Check(DataElement element, ValidationRun run)
    {
        var tag = element.Tag;
        if (tag.Group is 0x0001 or 0x0003 or 0x0005 or 0x0007 or 0xFFFF)
        {
            run.Error(ValidationRule.PrivateElement, tag, "PS3.5 §7.1", "has a group number that nobody may use");
            return;
        }
        if (tag.IsGroupLength) return;
        if (tag.IsPrivateCreator)
        {
            if (ElementValues.IsEmpty(element)) run.Error(ValidationRule.PrivateElement, tag, Section, "names no creator: the block it reserves is nobody's");
            else if (element.VR is not (VR.LO or VR.UN)) run.Error(ValidationRule.ValueRepresentation, tag, Section, $"names a creator with the VR {element.VR.ToText()} instead of LO");
            return;
        }
        if (tag.Element < 0x1000)
        {
            run.Error(ValidationRule.PrivateElement, tag, Section, "stands where neither creators (gggg,0010-00FF) nor private elements (gggg,1000-FFFF) may stand");
            return;
        }
        if (!dataSet.Contains(tag.PrivateCreator))
            run.Warning(ValidationRule.PrivateElement, tag, Section, $"has no creator: there is no {tag.PrivateCreator}");
    }
}
