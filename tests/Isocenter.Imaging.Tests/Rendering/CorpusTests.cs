using Isocenter.Dicom;
using Isocenter.Testing;

namespace Isocenter.Imaging.Tests.Rendering;

public sealed class CorpusTests
{
    [Fact]
    public void Every_file_is_drawn_or_refused_with_the_reason()
    {
        int drawn = 0;
        foreach (var (path, file) in Readable())
        {
            using (file)
            {
                try
                {
                    int frame = FrameRenderer.RepresentativeFrame(file.DataSet);
                    var picture = FrameRenderer.Render(file.DataSet, frame, new() { MaxWidth = 256, MaxHeight = 256 }, file.TransferSyntax);
                    Assert.InRange(picture.Width, 1, 256);
                    Assert.Equal(picture.Width * picture.Height * picture.Channels, picture.Pixels.Length);
                    drawn++;
                }
                catch (PixelDataException e)
                {
                    Assert.False(string.IsNullOrWhiteSpace(e.Message), path);
                }
            }
        }
        Assert.True(drawn > 20, $"only {drawn} were drawn");
    }

    private static IEnumerable<(string Path, DicomFile File)> Readable()
    {
        foreach (var entry in Corpus.Files())
        {
            DicomFile file;
            try
            {
                file = DicomFile.Open(entry.Path);
            }
            catch (Exception e) when (e is DicomFormatException or IOException)
            {
                continue;       // what is no DICOM has no picture
            }
            yield return (entry.Path, file);
        }
    }
}
