using System.Globalization;

namespace Isocenter.Dicom;

/// <summary>Something wrong in the bytes that did not stop us from reading them. The original bytes are kept.</summary>
/// <param name="Problem">What was expected and found, in words.</param>
/// <param name="Offset">Bytes from the start of the file or data set; null where there is none.</param>
/// <param name="Path">Where in the data set, as (0008,1140)[2](0008,1155).</param>
/// <param name="Rule">Section of the standard, as PS3.5 §7.1.2.</param>
public sealed record Finding(string Problem, long? Offset = null, string Path = "", string? Rule = null)
{
    /// <inheritdoc/>
    public override string ToString() => Compose(Problem, Offset, Path, Rule);

    internal static string Compose(string problem, long? offset, string path, string? rule)
    {
        string where = (path, offset) switch
        {
            ("", null) => "",
            ("", { } o) => string.Create(CultureInfo.InvariantCulture, $"at byte {o}: "),
            (_, null) => path + ": ",
            (_, { } o) => string.Create(CultureInfo.InvariantCulture, $"{path} at byte {o}: "),
        };
        return rule is null ? where + problem : $"{where}{problem} ({rule})";
    }
}
