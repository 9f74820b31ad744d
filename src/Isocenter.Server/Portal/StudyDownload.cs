using System.Globalization;
using System.IO.Compression;
using System.Text;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Dicom.FileSets;
using Isocenter.Server.DicomWeb;
using Isocenter.Server.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Isocenter.Server.Portal;

/// <summary>A study as a ZIP file that may be unpacked onto a medium: DICOM files under names that PS3.10 §8.2 allows, and a
/// DICOMDIR (PS3.3 Annex F). The archive goes out as it is made; nothing is collected but the directory's records.</summary>
internal static class StudyDownload
{
    public static async Task AnswerAsync(HttpContext http, ImageArchive archive, ILogger logger)
    {
        if (!Scope.TryRead(http.Request.RouteValues, out var scope, out string? wrong))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, wrong);
            return;
        }
        var found = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (found.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such study");
            return;
        }
        http.Response.ContentType = "application/zip";
        // The name holds nothing of the patient.
        string uid = scope.Study!.Value;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"study-{uid[Math.Max(0, uid.Length - 12)..].Replace('.', '-')}.zip\"";
        // The end of a compressed entry is written synchronously, a few bytes, however the entry is closed.
        if (http.Features.Get<IHttpBodyControlFeature>() is { } control) control.AllowSynchronousIO = true;
        await WriteAsync(http.Response.Body, archive, found, logger, http.RequestAborted);
    }

    private static async Task WriteAsync(Stream body, ImageArchive archive, IReadOnlyList<StoredInstance> found, ILogger logger, CancellationToken cancel)
    {
        var directory = new FileSetBuilder();
        var missing = new StringBuilder();
        await using var zip = await ZipArchive.CreateAsync(body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancel);
        for (int i = 0; i < found.Count; i++)
        {
            string[] id = ["DICOM", $"D{i / 1000:D5}", string.Create(CultureInfo.InvariantCulture, $"I{i:D7}")];
            try
            {
                using (var header = archive.OpenDataSet(found[i], ReadOptions.HeaderOnly, isHeaderOnly: true)) directory.Add(header.DataSet, header.TransferSyntax, id);
                await using var stored = archive.OpenRead(found[i]);
                // What is compressed already does not get smaller.
                var level = found[i].TransferSyntax.IsEncapsulated || found[i].TransferSyntax.IsDeflated ? CompressionLevel.NoCompression : CompressionLevel.Fastest;
                await using var entry = await zip.CreateEntry(string.Join('/', id), level).OpenAsync(cancel);
                await stored.CopyToAsync(entry, cancel);
            }
            catch (Exception e) when (e is ArchiveException or DicomFormatException)
            {
                directory.Remove(found[i].SopInstanceUid.Value);
                Log.Failed(logger, e, $"download of {found[i].SopInstanceUid}");
                missing.Append(found[i].SopInstanceUid.Value).Append(": ").Append(e.Message).Append('\n');
            }
        }
        await AddAsync(zip, FileSet.DirectoryName, directory.ToArray(), cancel);
        if (missing.Length > 0) await AddAsync(zip, "MISSING.TXT", Encoding.UTF8.GetBytes("These objects could not be read:\n" + missing), cancel);
    }

    private static async Task AddAsync(ZipArchive zip, string name, byte[] content, CancellationToken cancel)
    {
        await using var entry = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancel);
        await entry.WriteAsync(content, cancel);
    }
}
