namespace Isocenter.Imaging.Phantom;

/// <summary>What the head is made of. Each modality shows it in its own way.</summary>
internal enum Tissue : byte
{
    Air,
    Foam,
    Carbon,
    Skin,
    Fat,
    Muscle,
    CorticalBone,
    SpongyBone,
    Tooth,
    Cerebrospinal,
    GreyMatter,
    WhiteMatter,
    Vitreous,
    Lens,
    Vessel,
    Falx,
    Calcification,
    Oedema,
    LesionRim,
    LesionCore,
    AirCells,
}

/// <summary>The value of each <see cref="Tissue"/> in one modality, by the number of the tissue.</summary>
internal static class TissueValues
{
    /// <summary>Hounsfield units, after an injection of contrast medium.</summary>
    public static readonly float[] Hounsfield = Table(tissue => tissue switch
    {
        Tissue.Air => -1000,
        Tissue.Foam => -940,
        Tissue.Carbon => -180,
        Tissue.Skin => 45,
        Tissue.Fat => -90,
        Tissue.Muscle => 58,
        Tissue.CorticalBone => 1250,
        Tissue.SpongyBone => 520,
        Tissue.Tooth => 2100,
        Tissue.Cerebrospinal => 6,
        Tissue.GreyMatter => 39,
        Tissue.WhiteMatter => 28,
        Tissue.Vitreous => 12,
        Tissue.Lens => 85,
        Tissue.Vessel => 190,
        Tissue.Falx => 62,
        Tissue.Calcification => 240,
        Tissue.Oedema => 16,
        Tissue.LesionRim => 82,
        Tissue.LesionCore => 24,
        Tissue.AirCells => -720,
        _ => 0,
    });

    /// <summary>T2-weighted signal, 12 bits: fluid is bright, flowing blood and bone are dark.</summary>
    public static readonly float[] T2 = Table(tissue => tissue switch
    {
        Tissue.Skin => 700,
        Tissue.Fat => 1350,
        Tissue.Muscle => 420,
        Tissue.CorticalBone => 110,
        Tissue.SpongyBone => 620,
        Tissue.Tooth => 60,
        Tissue.Cerebrospinal => 3050,
        Tissue.GreyMatter => 1420,
        Tissue.WhiteMatter => 960,
        Tissue.Vitreous => 3250,
        Tissue.Lens => 480,
        Tissue.Vessel => 90,
        Tissue.Falx => 330,
        Tissue.Calcification => 160,
        Tissue.Oedema => 2250,
        Tissue.LesionRim => 1150,
        Tissue.LesionCore => 2750,
        Tissue.AirCells => 180,
        _ => 40,       // air and the table give no signal, only noise
    });

    private static float[] Table(Func<Tissue, float> value) => [.. Enum.GetValues<Tissue>().Select(value)];
}
