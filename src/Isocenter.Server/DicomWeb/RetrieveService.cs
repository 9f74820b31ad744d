using System.Globalization;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.DicomWeb;
using Isocenter.Server.Http;

namespace Isocenter.Server.DicomWeb;

/// <summary>Retrieve Transaction, WADO-RS (PS3.18 §10.4): instances, frames, bulk data.</summary>
internal sealed class RetrieveService(ImageArchive archive, ILogger logger)
{
    private const string Dicom = "application/dicom";
    private const string Octets = "application/octet-stream";
    private const int ValuePiece = 128 * 1024;   // a multiple of every VR's unit, so that bytes can be swapped within it

    /// <summary>A study, a series or an instance as Part 10 files.</summary>
    public async Task InstancesAsync(HttpContext http, Scope scope)
    {
        var instances = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (instances.Count == 0)
        {
            await NotFoundAsync(http, "there is no such study, series or instance");
            return;
        }
        var accepted = Accepted(http.Request).Where(a => a.Matches(Dicom)).ToList();
        bool single = scope.Instance is not null && accepted.Count > 0 && accepted[0] is { IsMultipart: false, Type: Dicom };
        // Before the first byte: a refusal cannot be taken back to the status line.
        var targets = instances.Select(instance => ChooseSyntax(instance.TransferSyntax, accepted)).ToList();
        var body = single ? MultipartBody.Single(http) : MultipartBody.Start(http, Dicom);
        string root = Addresses.Root(http.Request);
        for (int i = 0; i < instances.Count; i++)
        {
            var instance = instances[i];
            string type = $"{Dicom}; transfer-syntax={targets[i].Uid}";
            await using var bytes = targets[i].Equals(instance.TransferSyntax) ? archive.OpenRead(instance) : Rewrite(instance, targets[i]);
            body.Begin(type, bytes.Length, single ? null : Addresses.Of(root, instance));
            await body.CopyAsync(bytes);
            body.End();
        }
        await body.FinishAsync();
    }

    /// <summary>Frames, numbered from 1, as they are encoded in the object.</summary>
    public async Task FramesAsync(HttpContext http, Scope scope)
    {
        if (await FindAsync(http, scope) is not { } instance) return;
        if (!TryReadFrameList(http.Request.RouteValues["frames"] as string, out var numbers))
        {
            await Answers.ProblemAsync(http, StatusCodes.Status400BadRequest, "a list of frame numbers is expected, such as 1 or 1,2,5");
            return;
        }
        using var file = archive.OpenDataSet(instance);
        if (!TryFindFrames(file.DataSet, out var frames) || numbers.Exists(n => n > frames.Count))
        {
            await NotFoundAsync(http, frames is null ? "the object has no pixel data" : $"the object has {frames.Count} frames");
            return;
        }
        string native = MediaTypeOf(instance.TransferSyntax);
        var accepted = Accepted(http.Request).FirstOrDefault(a => Serves(a, native, instance.TransferSyntax))
            ?? throw new NotAcceptableException($"the frames are {native} in {instance.TransferSyntax.Name}, and nothing that is accepted can be made of them");
        string type = accepted.Type == Octets ? Octets : native;
        string contentType = type == Octets && !instance.TransferSyntax.IsEncapsulated ? Octets : $"{type}; transfer-syntax={instance.TransferSyntax.Uid}";
        bool single = !accepted.IsMultipart && accepted.Type != "*/*" && numbers.Count == 1;
        var body = single ? MultipartBody.Single(http) : MultipartBody.Start(http, type);
        string address = Addresses.Of(Addresses.Root(http.Request), instance);
        foreach (int number in numbers)
        {
            byte[] frame = frames.Read(number - 1);
            if (frames.IsBigEndian) ByteOrder.Swap(frame, frames.VR);
            body.Begin(contentType, frame.Length, single ? null : string.Create(CultureInfo.InvariantCulture, $"{address}/frames/{number}"));
            await body.WriteAsync(frame);
            body.End();
        }
        await body.FinishAsync();
    }

    /// <summary>One value, by the address that the metadata gave.</summary>
    public async Task BulkDataAsync(HttpContext http, Scope scope)
    {
        if (await FindAsync(http, scope) is not { } instance) return;
        using var file = archive.OpenDataSet(instance);
        if (http.Request.RouteValues["path"] is not string path || !DicomJson.TryFind(file.DataSet, path, out var element)
            || element.IsSequence || element.Fragments is { Count: 0 })
        {
            await NotFoundAsync(http, "the object has no such value");
            return;
        }
        var accepted = Accepted(http.Request).FirstOrDefault(a => a.Matches(Octets))
            ?? throw new NotAcceptableException("bulk data come as application/octet-stream");
        bool single = !accepted.IsMultipart && accepted.Type == Octets && element.Fragments is null;
        var body = single ? MultipartBody.Single(http) : MultipartBody.Start(http, Octets);
        if (element.Fragments is not null && TryFindFrames(file.DataSet, out var frames))
        {
            for (int i = 0; i < frames.Count; i++)
            {
                byte[] frame = frames.Read(i);
                body.Begin($"{Octets}; transfer-syntax={instance.TransferSyntax.Uid}", frame.Length);
                await body.WriteAsync(frame);
                body.End();
            }
        }
        else
        {
            body.Begin(Octets, element.Length);
            await CopyValueAsync(body, element);
            body.End();
        }
        await body.FinishAsync();
    }

    /// <summary>Piece by piece: a value may be larger than memory.</summary>
    private static async Task CopyValueAsync(MultipartBody body, DataElement element)
    {
        byte[] piece = new byte[(int)Math.Min(ValuePiece, element.Length)];
        for (long at = 0; at < element.Length;)
        {
            int n = element.Read(at, piece.AsSpan(0, (int)Math.Min(piece.Length, element.Length - at)));
            if (n == 0) throw new DicomFormatException($"the value ends {element.Length - at} bytes too early", path: element.Tag.ToString());
            if (element.IsBigEndian) ByteOrder.Swap(piece.AsSpan(0, n), element.VR);
            await body.WriteAsync(piece.AsMemory(0, n));
            at += n;
        }
    }

    /// <summary>The media type of a compressed frame (PS3.18 Table 8.7.3-2, -5).</summary>
    private static string MediaTypeOf(TransferSyntax syntax)
    {
        if (!syntax.IsEncapsulated) return Octets;
        return syntax.Uid.Value switch
        {
            "1.2.840.10008.1.2.5" => "image/dicom-rle",
            "1.2.840.10008.1.2.4.80" or "1.2.840.10008.1.2.4.81" => "image/jls",
            "1.2.840.10008.1.2.4.90" or "1.2.840.10008.1.2.4.91" => "image/jp2",
            "1.2.840.10008.1.2.4.92" or "1.2.840.10008.1.2.4.93" => "image/jpx",
            "1.2.840.10008.1.2.4.201" or "1.2.840.10008.1.2.4.202" or "1.2.840.10008.1.2.4.203" => "image/jphc",
            "1.2.840.10008.1.2.4.110" or "1.2.840.10008.1.2.4.111" or "1.2.840.10008.1.2.4.112" => "image/jxl",
            "1.2.840.10008.1.2.4.100" or "1.2.840.10008.1.2.4.100.1" or "1.2.840.10008.1.2.4.101" or "1.2.840.10008.1.2.4.101.1" => "video/mpeg2",
            var uid when uid.StartsWith("1.2.840.10008.1.2.4.10", StringComparison.Ordinal) => "video/mp4",
            var uid when uid.StartsWith("1.2.840.10008.1.2.4.", StringComparison.Ordinal) => "image/jpeg",
            _ => Octets,
        };
    }

    /// <summary>Compressed frames come under their own media type, and as octets to a client that says it takes any
    /// transfer syntax.</summary>
    private static bool Serves(Accepted accepted, string native, TransferSyntax syntax)
    {
        bool syntaxFits = accepted.TransferSyntax is null or "*" || accepted.TransferSyntax == syntax.Uid.Value
            || !syntax.IsEncapsulated && accepted.TransferSyntax == TransferSyntax.ExplicitVRLittleEndian.Uid.Value;
        if (!syntaxFits) return false;
        if (accepted.Matches(native)) return true;
        return accepted.Type == Octets && syntax.IsEncapsulated && accepted.TransferSyntax is not null;
    }

    /// <summary>As stored, unless the client names an uncompressed syntax that the object can be rewritten into.</summary>
    private static TransferSyntax ChooseSyntax(TransferSyntax stored, List<Accepted> accepted)
    {
        foreach (var choice in accepted)
        {
            if (choice.TransferSyntax is null or "*" || choice.TransferSyntax == stored.Uid.Value) return stored;
            if (!stored.IsEncapsulated && Uid.TryParse(choice.TransferSyntax, null, out var uid)
                && TransferSyntax.Of(uid) is { IsKnown: true, IsEncapsulated: false, IsDeflated: false } target) return target;
        }
        throw new NotAcceptableException($"the object is application/dicom in {stored.Name}, and nothing that is accepted can be made of it");
    }

    private static IReadOnlyList<Accepted> Accepted(HttpRequest request) => AcceptHeader.Parse([request.Query["accept"], .. request.Headers.Accept]);

    private static bool TryReadFrameList(string? text, out List<int> numbers)
    {
        numbers = [];
        foreach (string part in (text ?? "").Split(','))
        {
            if (numbers.Count == 100_000 || !int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1) return false;
            numbers.Add(number);
        }
        return true;
    }

    private static bool TryFindFrames(DataSet dataSet, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out PixelDataFrames? frames)
    {
        try
        {
            frames = PixelDataFrames.Of(dataSet);
            return true;
        }
        catch (DicomFormatException)
        {
            // No pixel data, or a header that describes none: then there are no frames.
            frames = null;
            return false;
        }
    }

    private async Task<StoredInstance?> FindAsync(HttpContext http, Scope scope)
    {
        var found = await archive.FindInstancesAsync(scope.ToSelection(), http.RequestAborted);
        if (found.Count > 0) return found[0];
        await NotFoundAsync(http, "there is no such instance");
        return null;
    }

    private FileStream Rewrite(StoredInstance instance, TransferSyntax target)
    {
        Log.Rewriting(logger, instance.SopInstanceUid.Value, target.Name);
        using var file = archive.OpenDataSet(instance);
        return TemporaryFile.Of(stream =>
        {
            using var copy = new DicomFile(file.DataSet, target);
            copy.Save(stream);
        });
    }

    private static Task NotFoundAsync(HttpContext http, string what) => Answers.ProblemAsync(http, StatusCodes.Status404NotFound, what);
}
