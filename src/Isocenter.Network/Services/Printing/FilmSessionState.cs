using Isocenter.Dicom;

namespace Isocenter.Network.Services;

/// <summary>What one association has set up to print: instances live as long as it does (PS3.4 §H.2.4).</summary>
internal sealed class FilmSessionState
{
    /// <summary>Its first request, by which events reach its user.</summary>
    public NormalizedContext? User { get; init; }

    public Uid? Uid { get; private set; }

    public DataSet Session { get; set; } = new();

    public List<FilmBoxState> Boxes { get; } = [];

    public Dictionary<Uid, DataSet> PresentationLuts { get; } = [];

    public long ImageBytes => Boxes.Sum(b => b.Images.Sum(i => i.Length));

    public void Begin(Uid uid, DataSet session)
    {
        Uid = uid;
        Session = session;
    }

    /// <summary>Film boxes and their image boxes go with it.</summary>
    public void End()
    {
        Uid = null;
        Session = new DataSet();
        Boxes.Clear();
    }

    public FilmBoxState? BoxOf(Uid uid) => Boxes.Find(b => b.Uid == uid);

    public (FilmBoxState, ImageBoxState)? ImageOf(Uid uid)
    {
        foreach (var box in Boxes)
            if (Array.Find(box.Images, i => i.Uid == uid) is { } image) return (box, image);
        return null;
    }

    public AnnotationState? AnnotationOf(Uid uid) => Boxes.SelectMany(b => b.Annotations).FirstOrDefault(a => a.Uid == uid);

    /// <summary>It is an instance of some class or other.</summary>
    public bool Knows(Uid uid) => Uid == uid || BoxOf(uid) is not null || ImageOf(uid) is not null || AnnotationOf(uid) is not null || PresentationLuts.ContainsKey(uid);
}

/// <summary>A film box with what hangs on it.</summary>
internal sealed class FilmBoxState(Uid uid, ImageDisplayFormat format, bool isColor, int annotations)
{
    public Uid Uid { get; } = uid;

    public ImageDisplayFormat Format { get; } = format;

    public bool IsColor { get; } = isColor;

    public DataSet Attributes { get; set; } = new();

    public ImageBoxState[] Images { get; } = [.. format.Places.Select(_ => new ImageBoxState(Dicom.Uid.New()))];

    public AnnotationState[] Annotations { get; } = [.. Enumerable.Range(0, annotations).Select(_ => new AnnotationState(Dicom.Uid.New()))];

    public bool IsEmpty => Array.TrueForAll(Images, i => i.Image is null);
}

/// <summary>An image box, and the image that was set.</summary>
internal sealed class ImageBoxState(Uid uid)
{
    public Uid Uid { get; } = uid;

    public DataSet Attributes { get; set; } = new();

    public DataSet? Image { get; set; }

    /// <summary>Bytes of its pixel data.</summary>
    public long Length { get; set; }
}

/// <summary>An annotation box, and its text.</summary>
internal sealed class AnnotationState(Uid uid)
{
    public Uid Uid { get; } = uid;

    public string Text { get; set; } = "";
}
