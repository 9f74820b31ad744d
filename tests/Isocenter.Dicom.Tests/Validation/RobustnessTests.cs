using Isocenter.Testing;

namespace Isocenter.Dicom.Tests.Validation;

/// <summary>Any data set is answered: no exception, no endless work, no endless list.</summary>
public sealed class RobustnessTests
{
    [Fact]
    public void An_empty_data_set_is_validated() => Assert.NotEmpty(IodValidator.Validate(new DataSet()));

    [Fact]
    public void Every_iod_takes_an_empty_data_set()
    {
        foreach (string uid in IodValidator.SopClasses)
            Assert.NotEmpty(IodValidator.Validate(new DataSet().Set(Tags.SOPClassUID, uid), new ValidationOptions { IncludeNotes = true, FileMeta = new DataSet().Set(Tags.TransferSyntaxUID, "1.2") }));
    }

    [Fact]
    public void The_list_of_findings_has_an_end()
    {
        var items = Enumerable.Range(0, 500).Select(_ => new DataSet()).ToArray();
        var image = ValidObjects.CTImage().Set(Tags.ProcedureCodeSequence, items);

        var findings = IodValidator.Validate(image, new ValidationOptions { MaxFindings = 10 });

        Assert.Equal(11, findings.Count);
        Assert.Equal(ValidationRule.Limit, findings[^1].Rule);
    }

    [Fact]
    public void Nesting_has_an_end()
    {
        var dataSet = new DataSet();
        for (int i = 0; i < 2000; i++) dataSet = new DataSet().Set(Tags.ContentSequence, dataSet);

        var findings = IodValidator.Validate(dataSet);

        Assert.Contains(findings, f => f.Rule == ValidationRule.Limit);
    }

    [Fact]
    public void A_data_set_within_itself_has_an_end()
    {
        var dataSet = new DataSet().Set(Tags.SOPClassUID, SopClasses.EnhancedSRStorage).Set(Tags.Modality, "SR");
        dataSet.Set(Tags.ContentSequence, dataSet, dataSet);
        dataSet.Set(Tags.PerFrameFunctionalGroupsSequence, dataSet, dataSet, dataSet);

        var findings = IodValidator.Validate(dataSet, new ValidationOptions { MaxElements = 10_000 });

        Assert.DoesNotContain(findings, f => f.Rule == ValidationRule.Limit);      // what was put into itself is a copy
    }

    [Fact]
    public void A_file_that_was_closed_is_a_finding()
    {
        using var folder = new TemporaryFolder();
        var image = ValidObjects.CTImage().Set(Tags.EncapsulatedDocument, VR.UT, new string('x', 100_000)).SetBytes(Tags.PixelData, VR.OW, new byte[200_000]);
        using (var file = new DicomFile(image, TransferSyntax.ExplicitVRLittleEndian)) file.Save(folder["ct.dcm"]);
        var opened = DicomFile.Open(folder["ct.dcm"]);
        opened.Dispose();

        Assert.Contains(IodValidator.Validate(opened), f => f.Rule == ValidationRule.Encoding);
    }

    [Fact]
    public void Random_elements_of_random_bytes_are_answered()
    {
        var random = new Random(17);
        var tags = DataDictionary.All.Where(e => e.Tag.Group != 0x0002).ToArray();
        var metaTags = DataDictionary.All.Where(e => e.Tag.Group == 0x0002).ToArray();
        VR[] vrs = [.. Enum.GetValues<VR>().Where(vr => vr is not (VR.None or VR.SQ))];
        string[] classes = [.. IodValidator.SopClasses];
        for (int round = 0; round < 100; round++)
        {
            var dataSet = Random(random, tags, vrs, 60, 0);
            if (random.Next(8) > 0) dataSet.Set(Tags.SOPClassUID, classes[random.Next(classes.Length)]);
            var meta = random.Next(2) == 0 ? null : Random(random, metaTags, vrs, 5, 3);

            var findings = IodValidator.Validate(dataSet, new ValidationOptions { FileMeta = meta, IncludeNotes = true });

            Assert.All(findings, f => Assert.NotEmpty(f.Message));
        }
    }

    [Fact]
    public async Task Many_threads_validate_one_frozen_data_set()
    {
        var image = ValidObjects.CTImage().Set(Tags.PatientSex, "X").Set(Tags.ProcedureCodeSequence, new DataSet()).Freeze();
        var expected = IodValidator.Validate(image);

        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => Task.Run(() => IodValidator.Validate(image))));

        Assert.All(answers, answer => Assert.Equal(expected, answer));
    }

    private static DataSet Random(Random random, DictionaryEntry[] tags, VR[] vrs, int count, int depth)
    {
        var dataSet = new DataSet();
        for (int i = 0; i < count; i++)
        {
            var entry = tags[random.Next(tags.Length)];
            var vr = random.Next(4) == 0 ? vrs[random.Next(vrs.Length)] : entry.VR;
            if (vr is VR.SQ or VR.None)
            {
                if (depth < 3) dataSet.Set(entry.Tag, Enumerable.Range(0, random.Next(3)).Select(_ => Random(random, tags, vrs, 8, depth + 1)).ToArray());
                continue;
            }
            var bytes = new byte[2 * random.Next(12)];
            random.NextBytes(bytes);
            if (random.Next(2) == 0) for (int b = 0; b < bytes.Length; b++) bytes[b] = (byte)"0123456789.\\ -+EABC^="[bytes[b] % 21];
            dataSet.SetBytes(entry.Tag, vr, bytes);
        }
        return dataSet;
    }
}
