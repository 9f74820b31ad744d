using Isocenter.Dicom;

namespace Isocenter.Archive;

/// <summary>What the index notes of extra attributes: which it has, how far it is with the others, and their values, so that they
/// are found without looking at every row.</summary>
internal static class ExtraRows
{
    private const string Done = "extra_done", Building = "extra_building", Position = "extra_position", Counted = "extra_counted";

    /// <summary>Longer values are found by looking at the rows.</summary>
    private const int MaxLength = 64;

    /// <summary>Brings the index in line with what is wanted. Whatever an index lacked once, however briefly, is filled in anew: what
    /// was stored meanwhile has none of it.</summary>
    /// <param name="index">The writing connection.</param>
    /// <param name="wanted">What the archive is to keep; null: what it kept before.</param>
    public static ExtraAttributes Prepare(IndexConnection index, IReadOnlyList<ExtraAttribute>? wanted)
    {
        var done = ExtraAttributes.Read(Text(index, Done));
        var building = ExtraAttributes.Read(Text(index, Building));
        wanted ??= [.. done, .. building];
        // Where nothing is stored, nothing is to be filled in.
        if (index.Scalar("SELECT 1 FROM instances LIMIT 1") is null) done = wanted;
        var missing = wanted.Except(done).ToList();
        // Of fewer attributes the rest may go on where it was; a new one begins at the first object.
        bool goesOn = missing.TrueForAll(building.Contains);
        index.Begin();
        foreach (var gone in done.Concat(building).Except(wanted)) index.Run("DELETE FROM extra_values WHERE tag = @0", (long)gone.Tag.Value);
        Put(index, Done, ExtraAttributes.Write(done.Intersect(wanted)));
        Put(index, Building, ExtraAttributes.Write(missing));
        if (!goesOn || missing.Count == 0)
        {
            Put(index, Position, 0L);
            Put(index, Counted, 0L);
        }
        index.Commit();
        return wanted.Count == 0 ? ExtraAttributes.None : new ExtraAttributes([.. wanted], missing.Select(attribute => attribute.Tag));
    }

    public static (long Position, long Counted) ReadPosition(IndexConnection index) =>
        (index.Number($"SELECT value FROM settings WHERE name = '{Position}'"), index.Number($"SELECT value FROM settings WHERE name = '{Counted}'"));

    public static void NotePosition(IndexConnection index, long position, long counted)
    {
        Put(index, Position, position);
        Put(index, Counted, counted);
    }

    public static void NoteDone(IndexConnection index, ExtraAttributes extra)
    {
        Put(index, Done, ExtraAttributes.Write(extra.All));
        Put(index, Building, "");
        NotePosition(index, 0, 0);
    }

    /// <summary>Values of these are compared as they stand.</summary>
    public static bool IsExact(VR vr) => vr is VR.AE or VR.AS or VR.CS or VR.LO or VR.SH or VR.UI;

    /// <summary>Notes the values in the attributes of a row. What another value was there before stays: who finds the row by it looks
    /// at its attributes too.</summary>
    public static void NoteValues(IndexConnection index, ExtraAttributes extra, QueryLevel level, long key, byte[] attributes)
    {
        DataSet? read = null;
        foreach (var attribute in extra.All)
        {
            if (attribute.Level != level || !IsExact(DataDictionary.VROf(attribute.Tag))) continue;
            read ??= LevelAttributes.Read(attributes);
            foreach (string value in read.GetAll<string>(attribute.Tag))
            {
                if (value.Length is > 0 and <= MaxLength) index.Run("INSERT OR IGNORE INTO extra_values(tag, value, key) VALUES(@0, @1, @2)", (long)attribute.Tag.Value, value, key);
            }
        }
    }

    /// <summary>A value that is asked for may be among those that are noted.</summary>
    public static bool IsNoted(string value) => value.Length <= MaxLength;

    private static string? Text(IndexConnection index, string name) => index.Scalar($"SELECT value FROM settings WHERE name = '{name}'") as string;

    private static void Put(IndexConnection index, string name, object value) => index.Run("INSERT OR REPLACE INTO settings(name, value) VALUES(@0, @1)", name, value);
}
