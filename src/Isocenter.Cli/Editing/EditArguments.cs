using System.CommandLine;
using Isocenter.Dicom;

namespace Isocenter.Cli.Editing;

/// <summary>Tells the files on a command line from what is to be done to them.</summary>
internal static class EditArguments
{
    public static Argument<string[]> Create(string name, string description) => new(name) { Description = description, Arity = ArgumentArity.OneOrMore };

    /// <summary>Files, and assignments: arguments with an equals sign behind something that is no folder.</summary>
    /// <exception cref="UsageException">One of the two is missing, or an assignment makes no sense.</exception>
    public static (string[] Files, Assignment[] Assignments) Split(ParseResult parsed, Argument<string[]> argument, Predicate<string> isAssignment)
    {
        string[] all = parsed.GetRequiredValue(argument);
        string[] files = [.. all.Where(text => !isAssignment(text))];
        Assignment[] assignments = [.. all.Where(text => isAssignment(text)).Select(Assignment.Parse)];
        if (files.Length == 0) throw new UsageException("which files?");
        return (files, assignments);
    }

    /// <summary>A path to an element, and no file: one that is both has to be told apart by ./ or by parentheses.</summary>
    /// <exception cref="UsageException">It is both.</exception>
    public static bool IsPath(string text)
    {
        if (Assignment.IsMeant(text)) return true;
        bool isPath = ElementPath.TryParse(text, out _, out _);
        bool isFile = File.Exists(text) || Directory.Exists(text);
        if (isPath && isFile) throw new UsageException($"'{text}' is a file and an element: write ./{text} for the file, {ElementPath.Parse(text)} for the element");
        // What begins like a path and is no file is one with a mistake in it: the parser says where.
        return isPath || !isFile && (text.StartsWith('(') || text.Contains('[', StringComparison.Ordinal) && !text.Contains(Path.DirectorySeparatorChar));
    }
}
