using System.Text;

namespace Isocenter.Dicom.Tests.Validation;

/// <summary>PS3.5 Table 6.2-1, VR by VR: what is allowed and what is not.</summary>
public sealed class ValueRulesTests
{
    [Theory]
    [InlineData(VR.AE, "ARCHIVE ")]
    [InlineData(VR.AS, "018M")]
    [InlineData(VR.CS, "HEAD_2 X")]
    [InlineData(VR.CS, "ORIGINAL\\PRIMARY")]
    [InlineData(VR.DA, "20240229")]
    [InlineData(VR.TM, "09")]
    [InlineData(VR.TM, "092653.123456 ")]
    [InlineData(VR.TM, "235960")]
    [InlineData(VR.DT, "2024")]
    [InlineData(VR.DT, "20240229092653.123456+1400")]
    [InlineData(VR.DT, "202402290926-0800 ")]
    [InlineData(VR.DS, "-1.5E+10 ")]
    [InlineData(VR.DS, " 1\\2.5 ")]
    [InlineData(VR.IS, "-2147483648 ")]
    [InlineData(VR.UI, "1.2.840.10008.1.2\0")]
    [InlineData(VR.UI, "2.25.0")]
    [InlineData(VR.UR, "https://example.org/a?b=%20")]
    [InlineData(VR.SH, "Sixteen charact.")]
    [InlineData(VR.LT, "two\r\nlines\f")]
    [InlineData(VR.PN, "Doe^Jane^^Dr.^Jr.=a=b ")]
    [InlineData(VR.PN, "Doe")]
    public void A_value_of_the_right_form_is_not_a_finding(VR vr, string value) => Assert.Empty(FindingsOf(vr, value));

    [Theory]
    [InlineData(VR.AE, "SEVENTEEN LETTERS ", ValidationRule.ValueLength)]
    [InlineData(VR.AE, "A\x01", ValidationRule.Characters)]
    [InlineData(VR.AE, "  ", ValidationRule.ValueFormat)]
    [InlineData(VR.AS, "18M ", ValidationRule.ValueFormat)]
    [InlineData(VR.AS, "018X", ValidationRule.ValueFormat)]
    [InlineData(VR.CS, "Head", ValidationRule.Characters)]
    [InlineData(VR.CS, "SEVENTEEN LETTERS ", ValidationRule.ValueLength)]
    [InlineData(VR.DA, "2024.02.29", ValidationRule.ValueFormat)]
    [InlineData(VR.DA, "20230229", ValidationRule.ValueFormat)]
    [InlineData(VR.DA, "2024022900", ValidationRule.ValueFormat)]
    [InlineData(VR.TM, "09:26:53", ValidationRule.ValueFormat)]
    [InlineData(VR.TM, "2400", ValidationRule.ValueFormat)]
    [InlineData(VR.TM, "092653.1234567 ", ValidationRule.ValueFormat)]
    [InlineData(VR.DT, "202413", ValidationRule.ValueFormat)]
    [InlineData(VR.DT, "20240229092653+1500 ", ValidationRule.ValueFormat)]
    [InlineData(VR.DS, "1,5 ", ValidationRule.Characters)]
    [InlineData(VR.DS, "1.2.3 ", ValidationRule.ValueFormat)]
    [InlineData(VR.DS, "0.12345678901234567 ", ValidationRule.ValueLength)]
    [InlineData(VR.IS, "2147483648", ValidationRule.ValueFormat)]
    [InlineData(VR.IS, "1.0 ", ValidationRule.ValueFormat)]
    [InlineData(VR.IS, "0000000000001 ", ValidationRule.ValueLength)]
    [InlineData(VR.UI, "1.2.03", ValidationRule.UniqueIdentifier)]
    [InlineData(VR.UI, "1..2", ValidationRule.ValueFormat)]
    [InlineData(VR.UI, "0.0.0\0", ValidationRule.UniqueIdentifier)]
    [InlineData(VR.UI, "3.1.2\0", ValidationRule.UniqueIdentifier)]
    [InlineData(VR.UI, "1.40.2", ValidationRule.UniqueIdentifier)]
    [InlineData(VR.UI, "1.2.a3", ValidationRule.Characters)]
    [InlineData(VR.UI, "1.2.3 ", ValidationRule.Characters)]
    [InlineData(VR.UI, "1.2.3\0\0\0", ValidationRule.ValueLength)]
    [InlineData(VR.UI, "1.2.8888888888888888888888888888888888888888888888888888888888888888", ValidationRule.ValueLength)]
    [InlineData(VR.UR, " http://a", ValidationRule.ValueFormat)]
    [InlineData(VR.UR, "http://a b", ValidationRule.Characters)]
    [InlineData(VR.SH, "Seventeen letters ", ValidationRule.ValueLength)]
    [InlineData(VR.LO, "line\nend", ValidationRule.Characters)]
    [InlineData(VR.LO, "NULL\0\0", ValidationRule.ValueLength)]
    [InlineData(VR.PN, "a=b=c=d ", ValidationRule.ValueFormat)]
    [InlineData(VR.PN, "a^b^c^d^e^f ", ValidationRule.ValueFormat)]
    [InlineData(VR.LT, "bell\a ", ValidationRule.Characters)]
    public void A_value_of_the_wrong_form_is_found(VR vr, string value, ValidationRule rule)
    {
        var findings = FindingsOf(vr, value);

        Assert.True(findings.Any(f => f.Rule == rule && f.Severity == ValidationSeverity.Error), string.Join('\n', findings));
    }

    [Fact]
    public void Characters_beyond_the_default_repertoire_need_a_declaration()
    {
        var name = new DataSet().SetBytes(Tags.PatientName, VR.PN, [(byte)'M', 0xFC]);

        Assert.Contains(IodValidator.Validate(name), f => f is { Rule: ValidationRule.Characters, Path: "(0010,0010)" });
        Assert.DoesNotContain(IodValidator.Validate(name.DeclareCharacterSet("ISO_IR 100")), f => f.Rule == ValidationRule.Characters);
        Assert.Contains(IodValidator.Validate(name.DeclareCharacterSet("NOTHING")), f => f is { Rule: ValidationRule.Characters, Path: "(0010,0010)" });
    }

    [Fact]
    public void Bytes_that_mean_nothing_in_the_declared_set_are_found() =>
        Assert.Contains(IodValidator.Validate(new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetBytes(Tags.PatientName, VR.PN, [0xC3, 0x28])),
            f => f is { Rule: ValidationRule.Characters, Path: "(0010,0010)" });

    [Fact]
    public void Length_counts_characters_and_not_bytes()
    {
        var dataSet = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192").SetBytes(Tags.StudyID, VR.SH, Encoding.UTF8.GetBytes("日本語日本語日本語日本語日本語日"));

        Assert.DoesNotContain(IodValidator.Validate(dataSet), f => f.Rule == ValidationRule.ValueLength);
    }

    [Theory]
    [InlineData(VR.US, 3)]
    [InlineData(VR.FD, 12)]
    [InlineData(VR.AT, 6)]
    [InlineData(VR.OW, 7)]
    public void A_binary_value_is_a_multiple_of_its_unit(VR vr, int length)
    {
        byte[] file = Encoding.Bytes(vr, length);

        using var read = DicomFile.ReadDataSet(file, TransferSyntax.ExplicitVRLittleEndian);

        Assert.Contains(IodValidator.Validate(read), f => f.Rule == ValidationRule.ValueLength);
    }

    [Fact]
    public void A_value_of_odd_length_is_found()
    {
        byte[] file = [0x10, 0, 0x20, 0, (byte)'L', (byte)'O', 3, 0, (byte)'a', (byte)'b', (byte)'c'];

        using var read = DicomFile.ReadDataSet(file, TransferSyntax.ExplicitVRLittleEndian);

        Assert.Contains(IodValidator.Validate(read), f => f.Path == "(0010,0020)" && f.Message.Contains("3 bytes", StringComparison.Ordinal));
    }

    [Fact]
    public void A_root_for_examples_is_a_warning() =>
        Assert.Contains(IodValidator.Validate(new DataSet().Set(Tags.StudyInstanceUID, "2.999.1")), f => f is { Rule: ValidationRule.UniqueIdentifier, Severity: ValidationSeverity.Warning });

    /// <summary>Findings about a private element of the VR: no dictionary has a say.</summary>
    private static List<ValidationFinding> FindingsOf(VR vr, string value)
    {
        var dataSet = new DataSet().Set(new Tag(0x0029_0010), VR.LO, "TEST")
            .SetBytes(new Tag(0x0029_1001), vr, System.Text.Encoding.Latin1.GetBytes(value));
        return [.. IodValidator.Validate(dataSet).Where(f => f.Path == "(0029,1001)")];
    }

    private static class Encoding
    {
        public static UTF8Encoding UTF8 { get; } = new(false);

        /// <summary>An element with a short or long length and zeros.</summary>
        public static byte[] Bytes(VR vr, int length)
        {
            byte[] head = [0x29, 0, 0x01, 0x10, (byte)((int)vr >> 8), (byte)vr];
            return vr.HasLongLength()
                ? [.. head, 0, 0, (byte)length, 0, 0, 0, .. new byte[length]]
                : [.. head, (byte)length, 0, .. new byte[length]];
        }
    }
}
