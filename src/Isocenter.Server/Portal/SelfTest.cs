using System.Globalization;
using System.Net;
using System.Text.Json;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Portal;

/// <summary>What a person would try first when something does not work, done by the server itself. Nothing is left behind.</summary>
internal sealed class SelfTest(ImageArchive archive, ServerSettings settings, Func<RunningEndPoints> endPoints)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Runs all steps, the broken ones too.</summary>
    public async Task<IReadOnlyList<(string Name, bool IsGood, string Result)>> RunAsync(CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(Patience);
        return
        [
            await TryAsync("Objects can be stored", async () => await archive.CheckWritableAsync(timeout.Token) is { } problem ? throw new IOException(problem) : "the data folder and the index can be written", timeout.Token),
            await TryAsync("The disk has space", Space, timeout.Token),
            await TryAsync("DICOM answers", EchoAsync, timeout.Token),
            await TryAsync("Pictures are made", Draw, timeout.Token),
            await TryAsync("The diagnostic viewer is there", () => Task.FromResult(ViewerRoutes.IsBuiltIn ? "it is part of this build" : throw new InvalidOperationException("this build has none: it needs Node and the net")), timeout.Token),
        ];

        async Task<string> EchoAsync()
        {
            var address = endPoints().Dicom;
            bool isEverywhere = address.Address.Equals(IPAddress.Any) || address.Address.Equals(IPAddress.IPv6Any);
            await using var association = await Association.ConnectAsync(new AssociationOptions
            {
                Host = isEverywhere ? "127.0.0.1" : address.Address.ToString(),
                Port = address.Port,
                CallingAETitle = "SELFTEST",
                CalledAETitle = settings.AETitle,
                PresentationContexts = [new PresentationContextProposal(Uid.Parse(SopClasses.Verification))],
            }, timeout.Token);
            var status = await association.EchoAsync(timeout.Token);
            await association.ReleaseAsync(timeout.Token);
            return status.IsSuccess ? $"C-ECHO to {settings.AETitle} on port {address.Port} succeeds" : throw new InvalidOperationException($"C-ECHO answers {status}");
        }
    }

    public static void Write(Utf8JsonWriter json, IReadOnlyList<(string Name, bool IsGood, string Result)> steps)
    {
        json.WriteStartArray("steps");
        foreach (var (name, isGood, result) in steps)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteBoolean("good", isGood);
            json.WriteString("result", result);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private Task<string> Space()
    {
        long free = new DriveInfo(Path.GetFullPath(settings.DataFolder)).AvailableFreeSpace;
        string text = string.Create(CultureInfo.InvariantCulture, $"{free / 1e9:0.0} GB are free; objects are refused below {settings.MinFreeSpace / 1e9:0.0} GB");
        return Task.FromResult(free > settings.MinFreeSpace ? text : throw new IOException(text));
    }

    private static Task<string> Draw()
    {
        using var file = DemoStudy.Create().First();
        var picture = FrameRenderer.Render(file.DataSet, 0);
        return Task.FromResult($"a CT slice of {picture.Width} × {picture.Height} became a PNG of {PngWriter.ToArray(picture).Length / 1024} KB");
    }

    private static async Task<(string, bool, string)> TryAsync(string name, Func<Task<string>> step, CancellationToken cancel)
    {
        try
        {
            cancel.ThrowIfCancellationRequested();
            return (name, true, await step());
        }
#pragma warning disable CA1031 // A step that fails is a result.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return (name, false, e is OperationCanceledException ? "it takes too long" : e.Message);
        }
    }
}
