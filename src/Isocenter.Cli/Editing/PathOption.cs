using System.CommandLine;
using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>An option whose values are paths to elements.</summary>
internal static class PathOption
{
    public static Option<ElementPath[]> Create(string name, string description, params string[] aliases)
    {
        var option = new Option<ElementPath[]>(name)
        {
            Description = description,
            HelpName = "PATH",
            CustomParser = result =>
            {
                var paths = new List<ElementPath>();
                foreach (var token in result.Tokens)
                {
                    if (ElementPath.TryParse(token.Value, out var path, out string? problem)) paths.Add(path);
                    else result.AddError($"'{token.Value}' {problem}");
                }
                return [.. paths];
            },
        };
        foreach (string alias in aliases) option.Aliases.Add(alias);
        return option;
    }
}
