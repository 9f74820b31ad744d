using System.CommandLine;
using System.Globalization;
using Isocenter.Cli.Querying;
using Isocenter.Cli.Web;
using Isocenter.Dicom;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter web query|metadata|fetch|rendered|store|delete</c>: a DICOMweb server as seen by a client.</summary>
internal static class WebCommand
{
    /// <summary>Bytes and files of one store request; what is more goes with the next.</summary>
    private const long MaxRequestLength = 256L << 20;
    private const int MaxRequestFiles = 200;

    public static Command Create(Terminal terminal) => new("web", "Ask a DICOMweb server, fetch from it, store to it (PS3.18).")
    {
        Query(terminal), Metadata(terminal), Fetch(terminal), Rendered(terminal), Store(terminal), Delete(terminal),
    };

    private static Command Query(Terminal terminal)
    {
        var options = new WebOptions();
        var keys = new Argument<string[]>("KEY")
        {
            Description = "What to look for, as PatientName=DOE* or StudyDate=20240101-20241231; also limit=10, includefield=all, fuzzymatching=true",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var level = new Option<string>("--level", "-l") { Description = "What to find.", DefaultValueFactory = _ => "STUDY", HelpName = "STUDY|SERIES|IMAGE" };
        level.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>()!.ToUpperInvariant() is not ("STUDY" or "SERIES" or "IMAGE")) result.AddError("--level is one of STUDY, SERIES, IMAGE");
        });
        var json = new Option<bool>("--json") { Description = "Matches as an array of data sets in the DICOM JSON Model" };
        var command = options.ServiceCommand("query", "Search (QIDO-RS).");
        command.Add(keys);
        command.Add(level);
        command.Add(json);
        command.SetAction((parsed, cancel) => options.RunAsync(parsed, async client =>
        {
            var at = QueryLevel.Of(parsed.GetValue(level)!.ToUpperInvariant())!;
            string resource = at.Name switch { "STUDY" => "studies", "SERIES" => "series", _ => "instances" };
            var matches = await client.SearchAsync(resource, (parsed.GetValue(keys) ?? []).Select(KeyOf), cancel);
            if (parsed.GetValue(json)) WriteJson(terminal, matches);
            else
            {
                MatchTable.Write(terminal.Output, MatchTable.Columns(at, []), matches, terminal.HasColour);
                terminal.Output.Flush();
                terminal.Error.WriteLine(matches.Count == 1 ? "1 match" : $"{matches.Count} matches");
            }
            return ExitCode.Done;
        }));
        return command;
    }

    private static KeyValuePair<string, string> KeyOf(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? new("includefield", text) : new(text[..equals], text[(equals + 1)..]);
    }

    private static Command Metadata(Terminal terminal)
    {
        var options = new WebOptions();
        var command = options.ResourceCommand("metadata", "Show all attributes but the large ones, as DICOM JSON.");
        command.SetAction((parsed, cancel) => options.RunAsync(parsed, async client =>
        {
            WriteJson(terminal, await client.GetMetadataAsync(options.Resource(parsed), cancel));
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Fetch(Terminal terminal)
    {
        var options = new WebOptions();
        var folder = new Option<string>("--out", "-o") { Description = "Folder for the files; made when it does not exist", HelpName = "DIR", DefaultValueFactory = _ => "." };
        var syntax = new Option<string?>("--syntax") { Description = "Transfer syntax to ask for (default: as they are stored)", HelpName = "UID" };
        var command = options.ResourceCommand("fetch", "Fetch the objects of a study, a series or an instance (WADO-RS).");
        command.Add(folder);
        command.Add(syntax);
        command.SetAction((parsed, cancel) => options.RunAsync(parsed, async client =>
        {
            TransferSyntax? wanted = null;
            if (parsed.GetValue(syntax) is { } text) wanted = Uid.TryParse(text, null, out var uid) ? TransferSyntax.Of(uid) : throw new UsageException($"--syntax '{text}' is no UID");
            string target = parsed.GetValue(folder)!;
            Directory.CreateDirectory(target);
            int count = 0;
            long length = 0;
            await foreach (var stream in client.RetrieveAsync(options.Resource(parsed), wanted, cancel))
            {
                length += await SaveAsync(stream, target, cancel);
                count++;
            }
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} objects, {length} bytes"));
            return ExitCode.Done;
        }));
        return command;
    }

    /// <summary>Under its SOP Instance UID, which is known when it is there.</summary>
    private static async Task<long> SaveAsync(Stream stream, string folder, CancellationToken cancel)
    {
        string part = Path.Combine(folder, Path.GetRandomFileName() + ".part");
        try
        {
            await using (var file = new FileStream(part, FileMode.CreateNew, FileAccess.Write, FileShare.None, 128 * 1024, useAsync: true)) await stream.CopyToAsync(file, cancel);
            string name;
            using (var object_ = DicomFile.Open(part, ReadOptions.HeaderOnly))
                name = Uid.TryParseLenient(object_.DataSet.Get(Tags.SOPInstanceUID, ""), out var uid) ? uid.Value : throw new CommandException("the server sent an object without a SOP Instance UID");
            string path = Path.Combine(folder, name + ".dcm");
            File.Move(part, path, overwrite: true);
            return new FileInfo(path).Length;
        }
        catch
        {
            File.Delete(part);
            throw;
        }
    }

    private static Command Rendered(Terminal terminal)
    {
        var options = new WebOptions();
        var file = new Option<string>("--out", "-o") { Description = "File to write; its ending says the kind: .jpg, .png, .gif, .html, .txt, .pdf, .mp4", HelpName = "FILE", Required = true };
        var frame = new Option<int?>("--frame") { Description = "Frame number, from 1", HelpName = "N" };
        var query = new Option<string?>("--query") { Description = "Rendering parameters, as 'viewport=512,512&window=40,400,linear'", HelpName = "TEXT" };
        var command = options.ResourceCommand("rendered", "Fetch a picture, or a report or document as it is to be read.");
        command.Add(file);
        command.Add(frame);
        command.Add(query);
        command.SetAction((parsed, cancel) => options.RunAsync(parsed, async client =>
        {
            string path = parsed.GetValue(file)!;
            string type = Path.GetExtension(path).ToLowerInvariant() switch
            {
                ".jpg" or ".jpeg" => "image/jpeg",
                ".png" => "image/png",
                ".gif" => "image/gif",
                ".html" or ".htm" => "text/html",
                ".txt" => "text/plain",
                ".pdf" => "application/pdf",
                ".mp4" => "video/mp4",
                _ => throw new UsageException($"the ending of '{path}' names no kind of picture"),
            };
            byte[] bytes = await client.GetRenderedAsync(options.Resource(parsed), type, parsed.GetValue(frame), parsed.GetValue(query), cancel);
            await File.WriteAllBytesAsync(path, bytes, cancel);
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Store(Terminal terminal)
    {
        var options = new WebOptions();
        var paths = new Argument<string[]>("PATH") { Description = "Files and folders", Arity = ArgumentArity.OneOrMore };
        var command = options.ServiceCommand("store", "Store files as they are (STOW-RS).");
        command.Add(paths);
        command.SetAction((parsed, cancel) => options.RunAsync(parsed, async client =>
        {
            int stored = 0, failed = 0, skipped = 0;
            var files = StoreFiles.Find(parsed.GetValue(paths)!, (path, problem, isNamed) =>
            {
                if (isNamed) failed++;
                else skipped++;
                terminal.Complain($"{path}: {problem}");
            }, cancel);
            foreach (string[] request in Requests(files))
            {
                var response = await client.StoreAsync(request, cancel);
                stored += response.GetAll<DataSet>(Tags.ReferencedSOPSequence).Count;
                foreach (var item in response.GetAll<DataSet>(Tags.FailedSOPSequence).Concat(response.GetAll<DataSet>(Tags.OtherFailuresSequence)))
                {
                    failed++;
                    string why = item.TryFind(Tags.TextValue, out var comment) ? ": " + comment.Text : "";
                    terminal.Complain(string.Create(CultureInfo.InvariantCulture, $"{item.Get(Tags.ReferencedSOPInstanceUID, "an object")} was not stored, 0x{item.Get(Tags.FailureReason, (ushort)0):X4}{why}"));
                }
            }
            terminal.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{stored} stored, {failed} failed{(skipped > 0 ? $", {skipped} skipped" : "")}"));
            return failed == 0 ? ExitCode.Done : ExitCode.Failed;
        }));
        return command;
    }

    private static IEnumerable<string[]> Requests(IEnumerable<string> files)
    {
        var request = new List<string>();
        long length = 0;
        foreach (string file in files)
        {
            long own = new FileInfo(file).Length;
            if (request.Count == MaxRequestFiles || request.Count > 0 && length + own > MaxRequestLength)
            {
                yield return [.. request];
                request.Clear();
                length = 0;
            }
            request.Add(file);
            length += own;
        }
        if (request.Count > 0) yield return [.. request];
    }

    private static Command Delete(Terminal terminal)
    {
        var options = new WebOptions();
        var command = options.ResourceCommand("delete", "Delete a study, a series or an instance at the server.");
        command.SetAction((parsed, cancel) => options.RunAsync(parsed, async client =>
        {
            await client.DeleteAsync(options.Resource(parsed), cancel);
            return ExitCode.Done;
        }));
        return command;
    }

    private static void WriteJson(Terminal terminal, IReadOnlyList<DataSet> dataSets)
    {
        terminal.Output.Flush();
        DicomJson.Write(dataSets, terminal.OutputStream, new JsonOptions { Indented = true });
        terminal.OutputStream.Write("\n"u8);
    }
}
