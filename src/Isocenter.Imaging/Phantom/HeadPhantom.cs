namespace Isocenter.Imaging.Phantom;

/// <summary>A head made of ellipsoids, of our own design: no patient, no copied data.</summary>
/// <remarks>Bodies are painted in order, later ones over earlier ones. Left and right are made alike, but for a lesion
/// in the left frontal lobe, so that a mirrored picture is noticed.</remarks>
internal sealed class HeadPhantom
{
    private static readonly Vector3 CraniumCentre = new(0, 5, 10);
    private readonly List<Ellipsoid> _bodies = [];

    /// <summary>Builds the head.</summary>
    /// <param name="seed">Decides how the sulci run.</param>
    public HeadPhantom(uint seed)
    {
        AddHeadrest();
        AddFaceAndNeck();
        AddCranium();
        AddBrain(seed);
        AddDeepStructures();
        AddSkullBase();
        AddOrbits();
        AddAirSpaces();
        AddTeeth();
        AddVessels();
        AddLesion();
    }

    /// <summary>The bodies in the order of painting.</summary>
    public IReadOnlyList<Ellipsoid> Bodies => _bodies;

    private void AddHeadrest()
    {
        Vector3 centre = new(0, 42, 0);
        _bodies.Add(new(Tissue.Carbon, centre, new(106, 74, 1e5)) { LowY = 72 });
        _bodies.Add(new(Tissue.Foam, centre, new(103, 71, 1e5)) { LowY = 72 });
    }

    private void AddFaceAndNeck()
    {
        Add(Tissue.Skin, new(0, 32, -95), new(58, 60, 90));
        Add(Tissue.Skin, new(0, -30, -48), new(64, 66, 72));
        Add(Tissue.Skin, new(0, -95, -30), new(15, 16, 24));                       // nose
        Add(Tissue.Fat, new(0, 32, -95), new(56, 58, 88));
        Add(Tissue.Fat, new(0, -30, -48), new(62, 64, 70));
        Both(Tissue.Muscle, new(24, 58, -85), new(22, 20, 60));
        Both(Tissue.Muscle, new(50, -18, -48), new(7, 20, 34));                    // masseter
        Add(Tissue.Muscle, new(0, -18, -70), new(42, 40, 48));
        Both(Tissue.Skin, new(76, 26, -14), new(6, 15, 26), new(1, 0.35, 0));      // ears
        Add(Tissue.CorticalBone, new(0, 32, -72), new(24, 17, 30));                // upper spine
        Add(Tissue.SpongyBone, new(0, 32, -72), new(21, 14, 30));
        Add(Tissue.Cerebrospinal, new(0, 36, -70), new(11, 10, 40));
        Both(Tissue.CorticalBone, new(64, -36, -26), new(3.5, 24, 4));             // zygomatic arch
    }

    private void AddCranium()
    {
        foreach (var (tissue, thickness) in new[]
        {
            (Tissue.Skin, 0.0), (Tissue.Fat, 2.2), (Tissue.CorticalBone, 5.5), (Tissue.SpongyBone, 7.3),
            (Tissue.CorticalBone, 10.0), (Tissue.Cerebrospinal, 11.8), (Tissue.GreyMatter, 14.2),
        })
        {
            Add(tissue, CraniumCentre, new(76 - thickness, 95 - thickness, 82 - thickness));
        }
    }

    private void AddBrain(uint seed)
    {
        _bodies.Add(new(Tissue.WhiteMatter, CraniumCentre, new(57, 76, 63)) { IsWithinBrain = true });
        var folds = Folds(seed).ToArray();
        foreach (var (centre, outward, along, length, depth) in folds)
            _bodies.Add(new(Tissue.GreyMatter, centre, new(depth + 4, length + 4, 4.2), outward, along) { IsWithinBrain = true });
        // The great fissures
        Both(Tissue.GreyMatter, new(48, -10, 8), new(20, 30, 6), within: true);
        foreach (var (centre, outward, along, length, depth) in folds)
            _bodies.Add(new(Tissue.Cerebrospinal, centre, new(depth, length, 0.95), outward, along) { IsWithinBrain = true });
        Both(Tissue.Cerebrospinal, new(52, -12, 8), new(14, 22, 2), within: true);
        _bodies.Add(new(Tissue.GreyMatter, new(0, 5, 34), new(4.5, 79, 62)) { IsWithinBrain = true, LowZ = 8 });
        _bodies.Add(new(Tissue.WhiteMatter, new(0, 5, 34), new(16, 30, 8)) { IsWithinBrain = true });  // corpus callosum
        _bodies.Add(new(Tissue.Cerebrospinal, new(0, 5, 68), new(1.8, 82, 30)) { IsWithinBrain = true });
        _bodies.Add(new(Tissue.Cerebrospinal, new(0, -58, 30), new(1.8, 26, 40)) { IsWithinBrain = true });
        _bodies.Add(new(Tissue.Cerebrospinal, new(0, 66, 26), new(1.8, 22, 40)) { IsWithinBrain = true });
        Add(Tissue.Falx, new(0, 5, 70), new(0.7, 82, 29));
        Add(Tissue.Falx, new(0, 66, 26), new(0.7, 24, 40));
        Add(Tissue.Falx, new(0, -60, 30), new(0.7, 26, 38));
    }

    /// <summary>Sulci, spread evenly over the cortex and turned at random.</summary>
    private static IEnumerable<(Vector3 Centre, Vector3 Outward, Vector3 Along, double Length, double Depth)> Folds(uint seed)
    {
        const int count = 190;
        // The golden angle, as cosine and sine: constants are the same everywhere, the library's functions need not be.
        const double cos = -0.737368878078320, sin = 0.675490294261524;
        double x = 1, y = 0;
        for (int i = 0; i < count; i++)
        {
            (x, y) = (x * cos - y * sin, x * sin + y * cos);
            double height = 1 - 1.45 * (i + 0.5) / count;
            double ring = Math.Sqrt(1 - height * height);
            Vector3 direction = new(ring * x, ring * y, height);
            if (Math.Abs(direction.X) < 0.1) continue;          // the fissure between the hemispheres is there
            Vector3 surface = new(61 * direction.X, 80 * direction.Y, 67 * direction.Z);
            Vector3 outward = new Vector3(surface.X / (61 * 61), surface.Y / (80 * 80), surface.Z / (67 * 67)).Unit();
            double turn = Noise.Unit(seed, i, 1), length = 9 + 8 * Noise.Unit(seed, i, 2);
            Vector3 along = new(turn - 0.5, Noise.Unit(seed, i, 3) - 0.5, 1.2 * (Noise.Unit(seed, i, 4) - 0.5));
            yield return (CraniumCentre + surface, outward, outward.Cross(along).Unit(), length, 7 + 9 * Noise.Unit(seed, i, 5));
        }
    }

    private void AddDeepStructures()
    {
        Both(Tissue.GreyMatter, new(10, 12, 18), new(8, 14, 9), new(1, 0.3, 0));           // thalamus
        Both(Tissue.GreyMatter, new(24, -3, 16), new(6.5, 16, 10), new(1, 0.25, 0));       // lentiform nucleus
        Both(Tissue.GreyMatter, new(13, -17, 24), new(5, 9, 9), new(1, -0.25, 0));         // head of the caudate nucleus
        Both(Tissue.Cerebrospinal, new(8, -17, 28), new(3.6, 15, 9), new(1, -0.3, 0));     // frontal horns
        Both(Tissue.Cerebrospinal, new(11, 12, 35), new(6, 30, 7), new(1, 0.1, 0));        // bodies
        Both(Tissue.Cerebrospinal, new(21, 40, 22), new(6, 17, 8), new(1, 0.3, 0));        // atria and occipital horns
        Both(Tissue.Cerebrospinal, new(34, 14, -4), new(3, 16, 3.5), new(1, 0.3, 0));      // temporal horns
        Add(Tissue.Falx, new(0, -16, 28), new(0.8, 14, 9));                                // septum pellucidum
        Add(Tissue.Cerebrospinal, new(0, 10, 14), new(1.9, 14, 10));                       // third ventricle
        Both(Tissue.Calcification, new(21, 36, 22), new(1.8, 4, 2.4), new(1, 0.3, 0));     // choroid plexus
        Add(Tissue.Calcification, new(0, 29, 17), new(1.8, 2.4, 2));                       // pineal gland
        Both(Tissue.GreyMatter, new(22, 56, -22), new(26, 24, 20));                        // cerebellum
        Both(Tissue.WhiteMatter, new(18, 52, -22), new(15, 13, 9));
        for (int i = 0; i < 6; i++)                                                         // its folia
        {
            foreach (int side in new[] { 1, -1 })
            {
                Vector3 centre = new(side * 22, 48 + 5 * i, -22), along = new(1, side * (0.55 - 0.22 * i), 0);
                _bodies.Add(new(Tissue.Cerebrospinal, centre, new(21 - i, 0.55, 17 - i), along) { IsWithinBrain = true });
            }
        }
        Add(Tissue.Cerebrospinal, new(0, 23, -14), new(16, 15.5, 20));                     // basal cisterns
        Add(Tissue.WhiteMatter, new(0, 26, -22), new(14, 12, 24));                         // brain stem
        Add(Tissue.Cerebrospinal, new(0, 42, -20), new(6, 4.5, 9));                        // fourth ventricle
    }

    private void AddSkullBase()
    {
        Both(Tissue.CorticalBone, new(36, 16, -31), new(28, 5.5, 8), new(1, 0.5, 0));       // petrous bones
        Both(Tissue.SpongyBone, new(58, 30, -38), new(12, 15, 18));                        // mastoids
        Add(Tissue.CorticalBone, new(0, -24, -26), new(19, 17, 11));                       // sphenoid
        Both(Tissue.CorticalBone, new(34, -30, -16), new(26, 4, 7), new(1, -0.35, 0));
        Add(Tissue.CorticalBone, new(0, -62, -30), new(28, 26, 32), within: true);         // around the nose
        Both(Tissue.CorticalBone, new(30, -58, -38), new(17, 20, 19), within: true);
        Add(Tissue.CorticalBone, new(0, -50, -68), new(50, 40, 13), within: true);         // jaws
        Add(Tissue.Muscle, new(0, -38, -66), new(40, 42, 17));
        Add(Tissue.SpongyBone, new(0, -20, 2), new(7, 6, 4));
    }

    private void AddOrbits()
    {
        Both(Tissue.CorticalBone, new(31, -65, -8), new(21, 28, 19), new(1, 0.25, 0), within: true);
        Both(Tissue.Fat, new(31, -67, -8), new(18.8, 27, 16.8), new(1, 0.25, 0), within: true);
        Both(Tissue.Muscle, new(31, -58, 3), new(4, 20, 1.8), new(1, 0.25, 0));            // superior rectus
        Both(Tissue.Muscle, new(31, -58, -19), new(4, 20, 1.8), new(1, 0.25, 0));          // inferior rectus
        Both(Tissue.Muscle, new(20, -58, -8), new(1.9, 20, 4), new(1, 0.1, 0));            // medial rectus
        Both(Tissue.Muscle, new(42, -58, -8), new(1.9, 20, 4), new(1, 0.4, 0));            // lateral rectus
        Both(Tissue.Muscle, new(25, -48, -8), new(2.3, 20, 2.3), new(1, 0.3, 0));          // optic nerve
        Both(Tissue.Muscle, new(31, -74, -8), new(13, 13, 13));                            // sclera
        Both(Tissue.Vitreous, new(31, -74, -8), new(11.9, 11.9, 11.9));
        Both(Tissue.Lens, new(31, -83, -8), new(4.6, 2.2, 4.6));
    }

    private void AddAirSpaces()
    {
        Add(Tissue.Air, new(0, -66, -36), new(12, 24, 22));                                // nasal cavity
        Both(Tissue.Muscle, new(7, -64, -46), new(3.4, 18, 5));                            // turbinates
        Both(Tissue.Muscle, new(6.5, -62, -32), new(2.4, 15, 4));
        Add(Tissue.CorticalBone, new(0.6, -66, -36), new(0.9, 24, 21));                    // septum
        Both(Tissue.Air, new(30, -57, -40), new(14, 16, 16));                              // maxillary sinuses
        Both(Tissue.AirCells, new(7, -56, -12), new(5.4, 18, 9));                          // ethmoid cells
        Both(Tissue.Air, new(7, -26, -26), new(6.3, 11, 8));                               // sphenoid sinus
        Both(Tissue.Air, new(10, -84, 14), new(8.5, 4, 9), new(1, 0.12, 0), within: true); // frontal sinuses
        Both(Tissue.AirCells, new(58, 31, -38), new(9.5, 12.5, 15));                       // mastoid cells
        Both(Tissue.Air, new(64, 22, -24), new(16, 2.6, 2.6));                             // ear canals
        Add(Tissue.Air, new(0, -14, -58), new(9, 6, 30));                                  // pharynx
        Add(Tissue.Air, new(0, -56, -57), new(16, 18, 2.2));                               // mouth
    }

    private void AddTeeth()
    {
        for (int i = 0; i < 7; i++)
        {
            double x = 3.6 + 5.6 * i, y = -86 + x * x / 44;
            Both(Tissue.Tooth, new(x, y, -63), new(2.5, 3.2, 5.5), new(1, x / 22, 0), within: true);
        }
    }

    private void AddVessels()
    {
        Add(Tissue.Vessel, new(0, 11, -10), new(2, 2, 18));                                // basilar artery
        Both(Tissue.Vessel, new(13, -8, -20), new(2.5, 2.5, 16));                          // carotid arteries
        Both(Tissue.Vessel, new(29, -12, 0), new(16, 1.5, 1.5), new(1, -0.15, 0.1));       // middle cerebral arteries
        Both(Tissue.Vessel, new(48, -10, 8), new(9, 1.2, 1.2), new(0.5, 0.5, 0.6));
        Both(Tissue.Vessel, new(6, -14, -2), new(8, 1.3, 1.3), new(1, 0.3, 0));            // anterior cerebral arteries
        Both(Tissue.Vessel, new(2, -34, 14), new(1.2, 16, 1.4), new(1, 0, 0), new(0, 0.5, -1));
        Both(Tissue.Vessel, new(12, 22, 0), new(11, 1.3, 1.3), new(1, 0.8, 0));            // posterior cerebral arteries
        Add(Tissue.Vessel, new(0, 82, 14), new(4.4, 3.4, 22));                             // superior sagittal sinus
        Add(Tissue.Vessel, new(0, 66, 46), new(3, 3, 25), new(1, 0, 0), new(0, 1, 0.55));
        Both(Tissue.Vessel, new(30, 72, -8), new(28, 3, 4), new(1, -0.5, 0));              // transverse sinuses
        Add(Tissue.Vessel, new(0, 44, 12), new(1.8, 18, 2), new(1, 0, 0), new(0, 1, -0.3));
    }

    private void AddLesion()
    {
        Vector3 centre = new(33, -32, 32);
        _bodies.Add(new(Tissue.Oedema, centre + new Vector3(-1, 4, 1), new(17, 20, 16), new(1, 0.3, 0.2)) { IsWithinBrain = true });
        _bodies.Add(new(Tissue.Oedema, centre + new Vector3(-6, 18, 2), new(7, 15, 9), new(1, 0.3, 0)) { IsWithinBrain = true });
        Add(Tissue.LesionRim, centre, new(11, 12.5, 11), new(1, 0.2, 0.1));
        Add(Tissue.LesionCore, centre + new Vector3(1, -1, 0), new(7.2, 8.2, 7.5), new(1, 0.5, 0.1));
        Add(Tissue.Calcification, centre + new Vector3(7, 4, 3), new(1.4, 2, 1.6));
    }

    private void Add(Tissue tissue, Vector3 centre, Vector3 radii, Vector3? u = null, Vector3? v = null, bool within = false) =>
        _bodies.Add(new(tissue, centre, radii, u, v) { IsWithinBody = within });

    /// <summary>Adds the body on the left and its mirror image on the right.</summary>
    private void Both(Tissue tissue, Vector3 centre, Vector3 radii, Vector3? u = null, Vector3? v = null, bool within = false)
    {
        Add(tissue, centre, radii, u, v, within);
        Add(tissue, centre.Mirrored(), radii, u?.Mirrored(), v?.Mirrored(), within);
    }
}
