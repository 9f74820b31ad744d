namespace Isocenter.Imaging.Phantom;

/// <summary>Numbers that look random and are a function of where they stand: the same on every machine and in any order
/// of asking.</summary>
internal static class Noise
{
    /// <summary>32 well-mixed bits for a place.</summary>
    public static uint Hash(uint seed, int x, int y = 0, int z = 0)
    {
        unchecked
        {
            uint h = seed * 0x9E37_79B1u ^ (uint)x * 0x85EB_CA77u ^ (uint)y * 0xC2B2_AE3Du ^ (uint)z * 0x27D4_EB2Fu;
            h = (h ^ h >> 15) * 0x2C1B_3C6Du;
            h = (h ^ h >> 12) * 0x297A_2D39u;
            return h ^ h >> 15;
        }
    }

    /// <summary>Even between 0 and 1.</summary>
    public static double Unit(uint seed, int x, int y = 0, int z = 0) => Hash(seed, x, y, z) / 4294967296.0;

    /// <summary>Nearly normal with mean 0 and deviation 1: the sum of four even bytes.</summary>
    public static float Normal(uint hash) =>
        ((int)((hash & 0xFF) + (hash >> 8 & 0xFF) + (hash >> 16 & 0xFF) + (hash >> 24)) - 510) * (1 / 147.8f);
}
