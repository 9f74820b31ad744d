using Isocenter.Dicom;

namespace Isocenter.Network.Services;

/// <summary>A film that a user had printed: what the provider hands on.</summary>
/// <remarks>The data sets are frozen.</remarks>
public sealed record PrintedFilm
{
    /// <summary>The association it came on.</summary>
    public required AssociationInfo Association { get; init; }

    /// <summary>SOP Instance UID of its print job.</summary>
    public required Uid PrintJobUid { get; init; }

    /// <summary>Film Session (PS3.3 §C.13.1): copies, priority, medium, label.</summary>
    public required DataSet Session { get; init; }

    /// <summary>Film Box (PS3.3 §C.13.3): size, orientation, densities, magnification.</summary>
    public required DataSet FilmBox { get; init; }

    /// <summary>How the image boxes lie.</summary>
    public required ImageDisplayFormat Format { get; init; }

    /// <summary>The image boxes by their position; null where no image was set.</summary>
    public required IReadOnlyList<PrintedImage?> Images { get; init; }

    /// <summary>Texts by Annotation Position (2030,0010), from 1.</summary>
    public required IReadOnlyList<(int Position, string Text)> Annotations { get; init; }

    /// <summary>Copies, from 1.</summary>
    public required int Copies { get; init; }

    /// <summary>Printed in colour.</summary>
    public required bool IsColor { get; init; }
}

/// <summary>An image on a film.</summary>
/// <param name="ImageBox">Image Box (PS3.3 §C.13.5): polarity, magnification, requested size.</param>
/// <param name="Image">Item of Basic Grayscale or Color Image Sequence: Image Pixel attributes and Pixel Data.</param>
/// <param name="PresentationLut">Presentation LUT (PS3.3 §C.11.4) that the image box or its film box refers to; null: none.</param>
public sealed record PrintedImage(DataSet ImageBox, DataSet Image, DataSet? PresentationLut);

/// <summary>What a print provider says of itself, and its limits.</summary>
public sealed record PrinterOptions
{
    /// <summary>Printer Name (2110,0030).</summary>
    public string Name { get; init; } = "ISOCENTER";

    /// <summary>Most copies; who asks for more gets these, with 0x0116.</summary>
    public int MaxCopies { get; init; } = 99;

    /// <summary>Most film boxes of a film session; another one is refused with 0x0213.</summary>
    public int MaxFilmBoxes { get; init; } = 100;

    /// <summary>Most Presentation LUTs of an association.</summary>
    public int MaxPresentationLuts { get; init; } = 32;

    /// <summary>Most bytes of images an association may have on films that are not deleted; beyond it 0xC605.</summary>
    public long MaxImageBytes { get; init; } = 512L << 20;

    /// <summary>Print jobs that are remembered, of all associations.</summary>
    public int MaxPrintJobs { get; init; } = 1000;

    /// <summary>Jobs that may wait to be printed: a print request is answered at once, and films are taken one job after the other. One
    /// more is 0xC601 or 0xC602. 0: no queue, the answer waits for the film to be taken.</summary>
    public int MaxQueuedJobs { get; init; }

    /// <summary>Film sizes of the printer (PS3.3 §C.13.3); another is replaced by the first, with 0x0116.</summary>
    public IReadOnlyList<string> FilmSizes { get; init; } =
        ["14INX17IN", "8INX10IN", "8_5INX11IN", "10INX12IN", "10INX14IN", "11INX14IN", "11INX17IN", "14INX14IN", "24CMX24CM", "24CMX30CM", "A4", "A3"];

    /// <summary>Smallest and largest optical density, in hundredths of OD; what lies beyond becomes the limit, with 0xB605.</summary>
    public (int Min, int Max) Density { get; init; } = (0, 400);

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
