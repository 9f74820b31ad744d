using System.Globalization;
using System.Text.Json;
using Isocenter.Dicom;
using Isocenter.Network;

namespace Isocenter.Cli.Services;

/// <summary>Tells what became of a DIMSE-N operation: one line, or JSON; what is wrong in words.</summary>
internal static class NormalizedOutput
{
    /// <param name="terminal">Where to.</param>
    /// <param name="json">As JSON.</param>
    /// <param name="response">The answer.</param>
    /// <param name="done">What has been done, as "created".</param>
    /// <param name="uid">Of the instance, when the answer does not name it.</param>
    /// <param name="transactionUid">Told where there is one: who loses it cannot finish the step.</param>
    public static int Write(Terminal terminal, bool json, NormalizedResponse response, string done, Uid? uid, Uid? transactionUid = null)
    {
        string instance = (response.SopInstanceUid ?? uid)?.Value ?? "";
        if (json)
        {
            terminal.Output.WriteLine(JsonSerializer.Serialize(new
            {
                status = response.Status.Code.ToString("X4", CultureInfo.InvariantCulture),
                meaning = response.Status.Meaning,
                comment = response.Status.Comment,
                sopInstanceUid = instance.Length == 0 ? null : instance,
                transactionUid = transactionUid?.Value,
                offendingElements = response.OffendingElements.Select(Name),
            }));
        }
        else if (response.Status.IsSuccessOrWarning)
        {
            terminal.Output.WriteLine($"{instance} {done}{(transactionUid is null ? "" : $", transaction {transactionUid}")}");
        }
        if (response.Status.IsSuccess) return ExitCode.Done;
        string offending = response.OffendingElements.Count == 0 ? "" : $": {string.Join(", ", response.OffendingElements.Select(Name))}";
        terminal.Complain($"the peer answers {Advice.Of(response.Status)}{offending}");
        return response.Status.IsSuccessOrWarning ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>An attribute list in the DICOM JSON Model.</summary>
    public static void Write(Terminal terminal, DataSet dataSet)
    {
        terminal.Output.Flush();
        DicomJson.Write(dataSet, terminal.OutputStream, new JsonOptions { Indented = true });
        terminal.OutputStream.Write("\n"u8);
        terminal.OutputStream.Flush();
    }

    private static string Name(Tag tag) => DataDictionary.TryFind(tag, out var entry) ? entry.Keyword : tag.ToString();
}
