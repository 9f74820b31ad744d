using System.CommandLine;

namespace Isocenter.Cli.Receiving;

/// <summary>How objects become files, for <c>receive</c> and <c>get</c>.</summary>
internal sealed class FolderOptions
{
    private readonly Option<FolderLayout> _layout = new("--layout")
    {
        Description = "Folders below it: flat (none), study, series (STUDY/SERIES) or patient (PATIENT/STUDY/SERIES). [default: flat]",
        HelpName = "flat|study|series|patient",
    };

    private readonly Option<ExistingFile> _existing = new("--existing")
    {
        Description = "When a file of that name is there: replace it, keep it and drop the new object, number the new one (UID.2.dcm), or refuse it. [default: replace]",
        HelpName = "replace|keep|number|refuse",
    };

    private readonly Option<bool> _check = new("--check") { Description = "Refuse objects that are not whole, or whose UIDs are not those announced." };

    private readonly Option<bool> _sync = new("--sync") { Description = "Answer only when the file is on the disk, not in the cache of the system." };

    public FolderOptions()
    {
        _layout.Validators.Add(Named(_layout));
        _existing.Validators.Add(Named(_existing));
    }

    public void AddTo(Command command)
    {
        command.Add(_layout);
        command.Add(_existing);
        command.Add(_check);
        command.Add(_sync);
    }

    public ObjectFolder Open(ParseResult parsed, string path)
    {
        Directory.CreateDirectory(path);
        return new ObjectFolder(path, parsed.GetValue(_layout), parsed.GetValue(_existing), parsed.GetValue(_check), parsed.GetValue(_sync));
    }

    /// <summary>Names only: the parser would take numbers too.</summary>
    private static Action<System.CommandLine.Parsing.OptionResult> Named<T>(Option<T> option) where T : struct, Enum => result =>
    {
        if (result.Tokens is [var token] && (!Enum.TryParse<T>(token.Value, ignoreCase: true, out _) || char.IsAsciiDigit(token.Value[0])))
            result.AddError($"{option.Name} is one of {option.HelpName!.Replace("|", ", ", StringComparison.Ordinal)}");
    };
}
