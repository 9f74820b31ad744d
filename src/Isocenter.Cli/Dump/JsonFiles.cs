using System.Text.Encodings.Web;
using System.Text.Json;
using Isocenter.Cli.Editing;
using Isocenter.Dicom;

namespace Isocenter.Cli.Dump;

/// <summary>How to write files as JSON.</summary>
internal sealed record JsonFileOptions
{
    /// <summary>Each file is an object of its own facts, the data set under "dataSet".</summary>
    public bool WithFacts { get; init; }

    public bool OmitPixelData { get; init; }

    public bool Indented { get; init; }
}

/// <summary>Writes files as JSON: one file as one object, several as an array. What cannot be read is left out and told.</summary>
internal static class JsonFiles
{
    public static int Write(Terminal terminal, IReadOnlyList<string> paths, JsonFileOptions options)
    {
        var model = new JsonOptions { OmitPixelData = options.OmitPixelData, Indented = options.Indented };
        var stream = new BufferedStream(terminal.OutputStream, 64 * 1024);
        terminal.Output.Flush();
        bool isArray = paths.Count > 1, failed = false, first = true;
        if (isArray) stream.Write("["u8);
        foreach (string path in paths)
        {
            string? problem = Failure.Try(() =>
            {
                using var file = StandardStreams.Open(terminal, path);
                if (!first) stream.Write(","u8);
                if (isArray) stream.Write("\n"u8);
                first = false;
                if (options.WithFacts) WriteFacts(stream, path, file, model);
                else
                {
                    DicomJson.Write(file.DataSet, stream, model);
                    stream.Flush();
                    FileFindings.Report(terminal, path, FileFindings.Of(file));
                    FileFindings.Report(terminal, path, FileFindings.LeftOut(file.DataSet, withPixelData: !model.OmitPixelData));
                }
                if (!file.IsComplete) throw new CommandException("the file ends before its data set does; what there is of it is written");
            });
            if (problem is null) continue;
            failed = true;
            stream.Flush();
            terminal.Complain($"{path}: {problem}");
        }
        if (isArray) stream.Write("\n]"u8);
        if (isArray || !first) stream.Write("\n"u8);
        stream.Flush();
        return failed ? ExitCode.Failed : ExitCode.Done;
    }

    private static void WriteFacts(Stream stream, string path, DicomFile file, JsonOptions model)
    {
        using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("file", path);
        json.WriteString("transferSyntax", file.TransferSyntax.Uid.Value);
        json.WriteNumber("dataSetOffset", file.DataSetOffset);
        json.WriteBoolean("isComplete", file.IsComplete);
        json.WriteStartArray("findings");
        foreach (var finding in FileFindings.Of(file))
        {
            json.WriteStartObject();
            json.WriteString("problem", finding.Problem);
            if (finding.Offset is { } offset) json.WriteNumber("offset", offset);
            if (finding.Path.Length > 0) json.WriteString("path", finding.Path);
            if (finding.Rule is { } rule) json.WriteString("rule", rule);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WritePropertyName("dataSet");
        DicomJson.Write(file.DataSet, json, model);
        json.WriteEndObject();
    }
}
