using System.Globalization;
using System.IO.Compression;
using Isocenter.Archive;
using Isocenter.Dicom.FileSets;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Transaction of Instance Resources (PS3.18 §10.4.1.1.1): a study, a series or an instance as files,
/// in parts, alone, or in a ZIP file.</summary>
internal sealed class InstanceService(ImageArchive archive, BulkDataService bulkData, ILogger logger)
{
    /// <summary>On a medium: more make folders slow.</summary>
    private const int FilesInFolder = 1000;

    public async Task AnswerAsync(HttpContext http, Scope scope)
    {
        var accepted = Negotiation.Accepted(http.Request).Where(a => IsOfFiles(a, scope) || IsOfBulkData(a)).ToList();
        if (accepted.Count == 0) throw new NotAcceptableException($"objects come as application/dicom in multipart/related{(scope.Instance is null ? "" : " or alone")}, or as application/zip");
        if (IsOfBulkData(accepted[0]))
        {
            // It means the bulk data of them (PS3.18 §10.4.4, Note 2).
            await bulkData.AllAsync(http, scope);
            return;
        }
        var instances = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (instances.Count == 0)
        {
            await Answers.NotFoundAsync(http, "there is no such study, series or instance");
            return;
        }
        instances = Readable.Of(http, archive, instances, logger);
        bool isZip = accepted[0].Type == MediaTypes.Zip;
        var wanted = isZip ? [accepted[0]] : accepted.Where(a => a.Matches(MediaTypes.Dicom) && a.Type != MediaTypes.Zip).ToList();
        // Before the first byte: a refusal cannot be taken back to the status line.
        var targets = instances.Select(instance => SyntaxChoice.Of(instance, wanted)).ToList();
        // Who names no transfer syntax gets what cannot be decoded as it is stored.
        bool isNamed = wanted.TrueForAll(a => a.TransferSyntax is not null);
        bool isSingle = !isZip && scope.Instance is not null && Negotiation.IsSinglePart(http.Request, wanted[0]);
        string representation = $"{(isZip ? IsMedium(http.Request) ? "medium" : "zip" : isSingle ? "single" : "parts")} {string.Join(' ', targets.Select(t => t.Uid.Value).Distinct())}";
        if (Conditional.IsUnchanged(http, instances, representation)) return;
        if (isZip) await ZipAsync(http, scope, instances, targets);
        else if (isSingle) await SingleAsync(http, instances[0], targets[0], isNamed);
        else await PartsAsync(http, instances, targets, isNamed);
    }

    /// <summary>A type of one body is one for a single instance only (PS3.18 §10.4.4, Note 3).</summary>
    private static bool IsOfFiles(Accepted accepted, Scope scope) => accepted.MatchesSingle(MediaTypes.Zip)
        || accepted.Matches(MediaTypes.Dicom) && (accepted.IsMultipart || accepted.IsWildcard || scope.Instance is not null);

    private static bool IsOfBulkData(Accepted accepted) => accepted.IsMultipart && !accepted.Matches(MediaTypes.Dicom)
        && (accepted.Matches(MediaTypes.Octets) || MediaTypes.OfCompressedFrames.Any(accepted.Matches));

    private async Task SingleAsync(HttpContext http, StoredInstance instance, Dicom.TransferSyntax target, bool isNamed)
    {
        await using var file = isNamed
            ? await ObjectFile.OpenAsync(archive, instance, target, logger, http.RequestAborted)
            : await ObjectFile.OpenOrStoredAsync(archive, instance, target, logger, http.RequestAborted);
        await SinglePart.SendAsync(http, TypeOf(file.Syntax), file.Content, Addresses.Of(Addresses.Root(http.Request), instance));
    }

    private async Task PartsAsync(HttpContext http, IReadOnlyList<StoredInstance> instances, List<Dicom.TransferSyntax> targets, bool isNamed)
    {
        string root = Addresses.Root(http.Request);
        // The first decides whether there is an answer at all.
        var next = instances.Count == 1 && isNamed
            ? await ObjectFile.OpenAsync(archive, instances[0], targets[0], logger, http.RequestAborted)
            : await ObjectFile.OpenOrStoredAsync(archive, instances[0], targets[0], logger, http.RequestAborted);
        await using var first = next;
        var body = MultipartBody.Start(http, MediaTypes.Dicom);
        bool isAsStored = !instances.Where((instance, i) => instance.IsCorrected || !targets[i].Equals(instance.TransferSyntax)).Any();
        if (isAsStored && !body.Announce(instances.Select(i => new PartHead(TypeOf(i.TransferSyntax), i.FileLength, Addresses.Of(root, i))))) return;
        for (int i = 0; i < instances.Count; i++)
        {
            await using var file = i == 0 ? first : await ObjectFile.OpenOrStoredAsync(archive, instances[i], targets[i], logger, http.RequestAborted);
            body.Begin(TypeOf(file.Syntax), file.Content.Length, Addresses.Of(root, instances[i]));
            await body.CopyAsync(file.Content);
            body.End();
        }
        await body.FinishAsync();
    }

    /// <summary>Files in folders by study and series. What is compressed already is only packed.</summary>
    private async Task ZipAsync(HttpContext http, Scope scope, IReadOnlyList<StoredInstance> instances, List<Dicom.TransferSyntax> targets)
    {
        var directory = IsMedium(http.Request) ? new FileSetBuilder() : null;
        http.Response.ContentType = MediaTypes.Zip;
        http.Response.Headers.ContentLocation = Addresses.Of(http.Request);
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{(scope.Instance ?? scope.Series ?? scope.Study)!.Value}.zip\"";
        if (HttpMethods.IsHead(http.Request.Method)) return;
        // The central directory is written when it is disposed, which is not all asynchronous.
        if (http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpBodyControlFeature>() is { } control) control.AllowSynchronousIO = true;
        await using var zip = await ZipArchive.CreateAsync(http.Response.Body, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, http.RequestAborted);
        for (int i = 0; i < instances.Count; i++)
        {
            var instance = instances[i];
            await using var file = await ObjectFile.OpenOrStoredAsync(archive, instance, targets[i], logger, http.RequestAborted);
            string[] name = directory is null
                ? [instance.StudyInstanceUid.Value, instance.SeriesInstanceUid.Value, instance.SopInstanceUid.Value + ".dcm"]
                : ["DICOM", $"D{i / FilesInFolder:D5}", string.Create(CultureInfo.InvariantCulture, $"I{i:D7}")];
            var entry = zip.CreateEntry(string.Join('/', name),
                file.Syntax.IsEncapsulated || file.Syntax.IsDeflated ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
            entry.LastWriteTime = instance.ArrivedAt;
            await using (var target = await entry.OpenAsync(http.RequestAborted)) await file.Content.CopyToAsync(target, http.RequestAborted);
            if (directory is not null) Enter(directory, instance, file.Syntax, name);
        }
        if (directory is null) return;
        await using var index = await zip.CreateEntry(FileSet.DirectoryName, CompressionLevel.Fastest).OpenAsync(http.RequestAborted);
        await index.WriteAsync(directory.ToArray(), http.RequestAborted);
    }

    /// <summary>An extension: what is packed is a file-set, as it goes on a medium, with a DICOMDIR (PS3.10 §8, PS3.3 Annex F).</summary>
    private static bool IsMedium(HttpRequest request) => request.Query["dicomdir"].ToString().ToLowerInvariant() switch
    {
        "" or "false" => false,
        "true" => true,
        _ => throw new BadParameterException("dicomdir is true or false"),
    };

    private void Enter(FileSetBuilder directory, StoredInstance instance, Dicom.TransferSyntax syntax, string[] name)
    {
        try
        {
            using var file = archive.OpenDataSet(instance);
            directory.Add(file.DataSet, syntax, name);
        }
        catch (Dicom.DicomFormatException e)
        {
            // The standard has no directory record for it; the file is there all the same.
            Log.NotServed(logger, $"{FileSet.DirectoryName} record of {instance.SopInstanceUid}", e.Message);
        }
    }

    private static string TypeOf(Dicom.TransferSyntax syntax) => $"{MediaTypes.Dicom}; transfer-syntax={syntax.Uid}";
}
