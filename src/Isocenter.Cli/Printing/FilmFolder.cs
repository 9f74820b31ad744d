using Isocenter.Imaging;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Printing;

/// <summary>A printer that puts films into a folder, as PNG files named by print job and number.</summary>
internal sealed class FilmFolder(string folder, int dotsPerInch, Action<string> say)
{
    /// <summary>One film is drawn at a time: a page may take 10 MB.</summary>
    private readonly Lock _drawing = new();
    private readonly string _folder = Directory.CreateDirectory(folder).FullName;

    public async ValueTask PrintAsync(PrintedFilm film, CancellationToken cancel) => await Task.Run(() => Print(film), cancel);

    private void Print(PrintedFilm film)
    {
        string name;
        try
        {
            lock (_drawing)
            {
                string path = NewPath(film);
                name = Path.GetFileName(path);
                var picture = FilmPainter.Draw(film, dotsPerInch);
                using (var file = new FileStream(path + ".part", FileMode.Create)) PngWriter.Write(picture, file);
                File.Move(path + ".part", path);
            }
        }
        catch (PixelDataException undrawable)
        {
            throw new StatusException(Status.ProcessingFailure.With(undrawable.Message), undrawable);
        }
        catch (IOException full)
        {
            say($"{film.Association.CallingAETitle}: a film was not kept: {full.Message}");
            throw new StatusException(new Status(0xC602, full.Message), full);
        }
        int images = film.Images.Count(i => i is not null);
        say($"{film.Association.CallingAETitle} at {film.Association.RemoteEndPoint}: film {name}, {images} image{(images == 1 ? "" : "s")}"
            + (film.Copies == 1 ? "" : $", {film.Copies} copies"));
    }

    private string NewPath(PrintedFilm film)
    {
        for (int number = 1; ; number++)
        {
            string path = Path.Combine(_folder, $"{film.PrintJobUid}.{number}.png");
            if (!File.Exists(path)) return path;
        }
    }
}
