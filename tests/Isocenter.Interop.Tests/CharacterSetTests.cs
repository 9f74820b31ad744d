using System.Globalization;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Interop.Tests;

/// <summary>Text that Python's codecs have encoded.</summary>
public sealed class CharacterSetTests
{
    [Fact]
    public async Task Random_text_of_every_character_set_is_read_as_python_wrote_it()
    {
        string python = await PydicomTests.PythonAsync();
        using var folder = new TemporaryFolder();
        (await ForeignTool.RunAsync(python, [Path.Combine(AppContext.BaseDirectory, "character_sets.py"), folder.Path])).AssertSuccess();
        using var texts = JsonDocument.Parse(await File.ReadAllBytesAsync(folder["texts.json"], TestContext.Current.CancellationToken));

        int number = 0;
        foreach (var expected in texts.RootElement.EnumerateArray())
        {
            string terms = expected.GetProperty("terms").GetString()!;
            using var file = DicomFile.Open(folder[string.Create(CultureInfo.InvariantCulture, $"{number++}.dcm")]);
            Assert.Equal((terms, expected.GetProperty("name").GetString()), (terms, file.DataSet.Get<string>(Tags.PatientName)));
            Assert.Equal((terms, expected.GetProperty("text").GetString()!.TrimEnd()), (terms, file.DataSet.Get<string>(Tags.TextValue)));
            Assert.Empty(file.Findings);
        }
        Assert.Equal(15 * 6 + 4 * 12, number);
    }
}
