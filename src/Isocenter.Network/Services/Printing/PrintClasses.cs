using Isocenter.Dicom;

namespace Isocenter.Network.Services;

/// <summary>The SOP classes and well-known instances of Print Management (PS3.4 Annex H).</summary>
public static class PrintClasses
{
    /// <summary>Basic Grayscale Print Management Meta SOP Class: film session, film box, grayscale image box, printer.</summary>
    public static Uid GrayscaleMeta { get; } = Uid.Parse(SopClasses.BasicGrayscalePrintManagementMeta);

    /// <summary>Basic Color Print Management Meta SOP Class.</summary>
    public static Uid ColorMeta { get; } = Uid.Parse(SopClasses.BasicColorPrintManagementMeta);

    /// <summary>Basic Film Session.</summary>
    public static Uid FilmSession { get; } = Uid.Parse(SopClasses.BasicFilmSession);

    /// <summary>Basic Film Box.</summary>
    public static Uid FilmBox { get; } = Uid.Parse(SopClasses.BasicFilmBox);

    /// <summary>Basic Grayscale Image Box.</summary>
    public static Uid GrayscaleImageBox { get; } = Uid.Parse(SopClasses.BasicGrayscaleImageBox);

    /// <summary>Basic Color Image Box.</summary>
    public static Uid ColorImageBox { get; } = Uid.Parse(SopClasses.BasicColorImageBox);

    /// <summary>Basic Annotation Box.</summary>
    public static Uid AnnotationBox { get; } = Uid.Parse(SopClasses.BasicAnnotationBox);

    /// <summary>Presentation LUT.</summary>
    public static Uid PresentationLut { get; } = Uid.Parse(SopClasses.PresentationLUT);

    /// <summary>Print Job.</summary>
    public static Uid PrintJob { get; } = Uid.Parse(SopClasses.PrintJob);

    /// <summary>Printer.</summary>
    public static Uid Printer { get; } = Uid.Parse(SopClasses.Printer);

    /// <summary>The one instance of <see cref="Printer"/> (PS3.4 §H.4.6.3).</summary>
    public static Uid PrinterInstance { get; } = Uid.Parse("1.2.840.10008.5.1.1.17");

    /// <summary>Printer Configuration Retrieval.</summary>
    public static Uid PrinterConfiguration { get; } = Uid.Parse(SopClasses.PrinterConfigurationRetrieval);

    /// <summary>Its one instance (PS3.4 §H.4.8.3).</summary>
    public static Uid PrinterConfigurationInstance { get; } = Uid.Parse("1.2.840.10008.5.1.1.17.376");
}
