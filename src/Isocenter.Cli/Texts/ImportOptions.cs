using System.CommandLine;
using Isocenter.Cli.Editing;
using Isocenter.Dicom;

namespace Isocenter.Cli.Texts;

/// <summary>Reads the data sets of a text.</summary>
/// <param name="text">The whole text.</param>
/// <param name="bulkData">Gives the values behind addresses.</param>
/// <param name="findings">Receives what was wrong and could be read all the same.</param>
internal delegate IReadOnlyList<DataSet> TextReading(byte[] text, Func<BulkDataReference, ReadOnlyMemory<byte>?> bulkData, ICollection<Finding> findings);

/// <summary>What <c>from-json</c> and <c>from-xml</c> have in common: texts, where the files go, bulk data.</summary>
internal sealed class ImportOptions(string whatTexts)
{
    public const string Explanation = "File Meta Information is made anew. Values behind an address come from files of the folder that --bulk-data "
        + "names, and from nowhere else: no other folder, no network.";

    private readonly Argument<string[]> _files = new("FILE") { Description = whatTexts, Arity = ArgumentArity.OneOrMore };

    private readonly Option<string> _out = new("--out", "-o")
    {
        Description = "Where the result goes: a file for one data set; a folder for several, where each is called after its SOP Instance UID; - is stdout.",
        HelpName = "PATH",
        Required = true,
    };

    private readonly Option<string> _to = new("--to", "-t")
    {
        Description = "The transfer syntax: explicit (the default), implicit (both little endian), big-endian, deflated, or a UID.",
        HelpName = "SYNTAX",
    };

    private readonly Option<string> _bulk = new("--bulk-data", "-b")
    {
        Description = "The folder that relative addresses of values (BulkDataURI) start from. Without it, an address is an error.",
        HelpName = "FOLDER",
    };

    private readonly Option<bool> _omit = new("--omit-bulk-data") { Description = "Leave values that stand behind an address empty." };

    public void AddTo(Command command)
    {
        command.Add(_files);
        command.Add(_out);
        command.Add(_to);
        command.Add(_bulk);
        command.Add(_omit);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_omit) && result.GetResult(_bulk) is not null) result.AddError("--bulk-data and --omit-bulk-data do not go together");
        });
    }

    /// <returns>The exit code.</returns>
    public int Run(Terminal terminal, ParseResult parsed, TextReading read, CancellationToken cancel)
    {
        string[] paths = parsed.GetRequiredValue(_files);
        var import = new TextImport(terminal, read)
        {
            Target = parsed.GetRequiredValue(_out),
            Syntax = parsed.GetValue(_to) is { } name ? Conversion.SyntaxOf(name) : TransferSyntax.ExplicitVRLittleEndian,
            BulkData = parsed.GetValue(_bulk) is { } folder ? new BulkDataFolder(folder).Read : parsed.GetValue(_omit) ? _ => null : BulkDataFolder.Refuse,
            IsFolder = paths.Length > 1,
        };
        bool failed = false;
        foreach (string path in paths)
        {
            cancel.ThrowIfCancellationRequested();
            if (import.Run(path)) continue;
            failed = true;
        }
        return failed ? ExitCode.Failed : ExitCode.Done;
    }
}
