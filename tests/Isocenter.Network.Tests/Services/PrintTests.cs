using System.Collections.Concurrent;
using System.Net;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Network.Tests.Services;

/// <summary>Print Management, our two sides against each other.</summary>
public class PrintTests
{
    private readonly ConcurrentQueue<PrintedFilm> _films = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_film_is_handed_on_with_images_texts_and_copies_and_its_job_is_told_done()
    {
        await using var server = Serve();
        var events = new TaskCompletionSource<(Uid?, ushort)>();
        await using var association = await ConnectAsync(server, false, o => o with
        {
            OnEventReport = (c, _) => { events.TrySetResult((c.SopInstanceUid, c.EventTypeId)); return ValueTask.FromResult<NormalizedResponse>(Status.Success); },
        });
        Assert.Equal("NORMAL", (await PrintSession.GetPrinterAsync(association, false, Cancel)).DataSet!.Get<string>(Tags.PrinterStatus));
        var session = await PrintSession.CreateAsync(association, false, new DataSet().Set(Tags.NumberOfCopies, 3), Cancel);
        var box = await session.AddFilmBoxAsync(ImageDisplayFormat.Standard(2, 1), new DataSet().Set(Tags.AnnotationDisplayFormatID, "1"), Cancel);
        Assert.Equal((2, 1), (box.Images.Count, box.Annotations.Count));
        Assert.Equal("14INX17IN", box.Created.DataSet!.Get<string>(Tags.FilmSizeID));
        Assert.Equal(Status.Success, (await session.SetImageAsync(box, 2, Grey(), null, Cancel)).Status);
        Assert.Equal(Status.Success, (await session.SetAnnotationAsync(box, 1, "Jörg", Cancel)).Status);
        var printed = await session.PrintAsync(box, Cancel);
        Assert.Equal(Status.Success, printed.Status);
        var job = Uid.Parse(Assert.Single(printed.DataSet!.GetAll<DataSet>(Tags.ReferencedPrintJobSequence)).Get<string>(Tags.ReferencedSOPInstanceUID));
        Assert.Equal((job, (ushort)3), await events.Task.WaitAsync(Cancel));
        Assert.Equal("DONE", (await PrintSession.GetJobAsync(association, job, Cancel)).DataSet!.Get<string>(Tags.ExecutionStatus));

        var film = Assert.Single(_films);
        Assert.Equal((3, false, job), (film.Copies, film.IsColor, film.PrintJobUid));
        Assert.Equal([(1, "Jörg")], film.Annotations);
        Assert.Null(film.Images[0]);
        Assert.Equal(12, film.Images[1]!.Image.Get<ushort>(Tags.BitsStored));
        Assert.Equal(Status.Success, (await session.DeleteAsync(box, Cancel)).Status);
        Assert.Equal(Status.Success, (await session.DeleteAsync(Cancel)).Status);
    }

    [Fact]
    public async Task Jobs_wait_in_a_queue_and_tell_how_they_get_on_and_so_does_the_printer()
    {
        var taken = System.Threading.Channels.Channel.CreateUnbounded<TaskCompletionSource>();
        var print = new PrintManagement(async (_, _) =>
        {
            var film = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            taken.Writer.TryWrite(film);
            await film.Task;
        }, new PrinterOptions { MaxQueuedJobs = 2 });
        await using var server = Serve(print);
        var events = System.Threading.Channels.Channel.CreateUnbounded<(Uid?, ushort, string)>();
        await using var association = await ConnectAsync(server, false, o => o with
        {
            OnEventReport = (c, _) =>
            {
                events.Writer.TryWrite((c.SopInstanceUid, c.EventTypeId, c.DataSet!.Get(Tags.ExecutionStatusInfo, "") + c.DataSet!.Get(Tags.PrinterStatusInfo, "")));
                return ValueTask.FromResult<NormalizedResponse>(Status.Success);
            },
        });
        var session = await PrintSession.CreateAsync(association, false, null, Cancel);
        var box = await session.AddFilmBoxAsync(ImageDisplayFormat.Standard(1, 1), null, Cancel);
        await session.SetImageAsync(box, 1, Grey(), null, Cancel);

        var one = JobOf(await session.PrintAsync(box, Cancel));
        Assert.Equal((one, (ushort)2, "NORMAL"), await events.Reader.ReadAsync(Cancel));
        var two = JobOf(await session.PrintAsync(box, Cancel));
        Assert.Equal((two, (ushort)1, "QUEUED"), await events.Reader.ReadAsync(Cancel));
        Assert.Equal("PENDING", (await PrintSession.GetJobAsync(association, two, Cancel)).DataSet!.Get<string>(Tags.ExecutionStatus));
        Assert.Equal(0xC602, (await session.PrintAsync(box, Cancel)).Status.Code);
        Assert.Equal(0xC601, (await session.PrintAsync(Cancel)).Status.Code);

        (await taken.Reader.ReadAsync(Cancel)).SetResult();
        Assert.Equal([(one, (ushort)3, "NORMAL"), (two, (ushort)2, "NORMAL")], new[] { await events.Reader.ReadAsync(Cancel), await events.Reader.ReadAsync(Cancel) }.OrderByDescending(e => e.Item2));
        (await taken.Reader.ReadAsync(Cancel)).SetException(new IOException("no film"));
        Assert.Equal((two, (ushort)4, "CHECK PRINTER"), await events.Reader.ReadAsync(Cancel));
        Assert.Equal("FAILURE", (await PrintSession.GetJobAsync(association, two, Cancel)).DataSet!.Get<string>(Tags.ExecutionStatus));

        print.SetPrinterStatus("WARNING", "SUPPLY LOW");
        Assert.Equal((PrintClasses.PrinterInstance, (ushort)2, "SUPPLY LOW"), await events.Reader.ReadAsync(Cancel));
        Assert.Equal("WARNING", (await PrintSession.GetPrinterAsync(association, false, Cancel)).DataSet!.Get<string>(Tags.PrinterStatus));
        Assert.Throws<ArgumentException>(() => print.SetPrinterStatus("BROKEN", ""));

        static Uid JobOf(NormalizedResponse printed) =>
            Uid.Parse(Assert.Single(printed.DataSet!.GetAll<DataSet>(Tags.ReferencedPrintJobSequence)).Get<string>(Tags.ReferencedSOPInstanceUID));
    }

    [Fact]
    public async Task Empty_sessions_and_pages_have_their_statuses()
    {
        await using var server = Serve();
        await using var association = await ConnectAsync(server, true);
        var session = await PrintSession.CreateAsync(association, true, null, Cancel);
        Assert.Equal(0xC600, (await session.PrintAsync(Cancel)).Status.Code);
        var box = await session.AddFilmBoxAsync(ImageDisplayFormat.Standard(1, 1), null, Cancel);
        Assert.Equal(0xB603, (await session.PrintAsync(box, Cancel)).Status.Code);
        Assert.Equal(0xB602, (await session.PrintAsync(Cancel)).Status.Code);
        Assert.Equal(Status.Success, (await session.SetImageAsync(box, 1, Color(), null, Cancel)).Status);
        Assert.Equal(Status.Success, (await session.PrintAsync(Cancel)).Status);
        await session.DeleteAsync(Cancel);
        Assert.Equal(Status.NoSuchSopInstance, (await session.PrintAsync(box, Cancel)).Status);
    }

    [Fact]
    public async Task What_the_printer_cannot_do_it_changes_and_what_is_wrong_it_refuses()
    {
        await using var server = Serve();
        await using var association = await ConnectAsync(server, false);
        var session = await PrintSession.CreateAsync(association, false, new DataSet().Set(Tags.NumberOfCopies, 1000), Cancel);
        Assert.Equal(Status.AttributeValueOutOfRange, session.Created.Status);
        Assert.Equal([Tags.NumberOfCopies], session.Created.OffendingElements);
        Assert.Equal(99, session.Created.DataSet!.Get<int>(Tags.NumberOfCopies));
        var target = new NormalizedTarget(PrintClasses.FilmSession, session.SopInstanceUid) { AbstractSyntax = PrintClasses.GrayscaleMeta };
        Assert.Equal(Status.DuplicateSopInstance, (await association.NCreateAsync(target with { SopInstanceUid = Uid.New() }, null, Cancel)).Status);
        Assert.Equal(0xB600, (await association.NSetAsync(target, new DataSet().Set(Tags.MemoryAllocation, 100), Cancel)).Status.Code);
        Assert.Equal(Status.InvalidAttributeValue, (await association.NSetAsync(target, new DataSet().Set(Tags.PrintPriority, "SOON"), Cancel)).Status);
        Assert.Equal(Status.NoSuchAction, (await association.NActionAsync(target, 2, null, Cancel)).Status);

        var boxTarget = target with { SopClassUid = PrintClasses.FilmBox, SopInstanceUid = Uid.New() };
        Assert.Equal(Status.MissingAttribute, (await association.NCreateAsync(boxTarget, new DataSet().SetText(Tags.ImageDisplayFormat, VR.ST, "STANDARD\\1,1"), Cancel)).Status);
        var box = await session.AddFilmBoxAsync(ImageDisplayFormat.Standard(1, 1), new DataSet().Set(Tags.FilmSizeID, "1KMX1KM").Set(Tags.MaxDensity, (ushort)9999), Cancel);
        Assert.Equal(Status.AttributeValueOutOfRange, box.Created.Status);
        Assert.Equal(("14INX17IN", (ushort)400), (box.Created.DataSet!.Get<string>(Tags.FilmSizeID), box.Created.DataSet!.Get<ushort>(Tags.MaxDensity)));
        Assert.Equal(Status.ClassInstanceConflict, (await association.NDeleteAsync(boxTarget with { SopInstanceUid = session.SopInstanceUid }, Cancel)).Status);

        Assert.Equal([Tags.PixelData], (await session.SetImageAsync(box, 1, Grey().Set(Tags.Rows, (ushort)500), null, Cancel)).OffendingElements);
        Assert.Equal([Tags.SamplesPerPixel], (await session.SetImageAsync(box, 1, Color(), null, Cancel)).OffendingElements);
        Assert.Equal(0xC605, (await session.SetImageAsync(box, 1, Grey(1024), null, Cancel)).Status.Code);
        Assert.Empty(_films);
    }

    [Fact]
    public async Task A_film_that_is_not_taken_fails_its_request_and_its_job()
    {
        await using var server = Serve((_, _) => throw new StatusException(new Status(0xC602)));
        await using var association = await ConnectAsync(server, false);
        var session = await PrintSession.CreateAsync(association, false, null, Cancel);
        var box = await session.AddFilmBoxAsync(ImageDisplayFormat.Standard(1, 1), null, Cancel);
        Assert.Equal(0xC602, (await session.PrintAsync(box, Cancel)).Status.Code);
    }

    [Fact]
    public async Task Presentation_LUTs_go_with_the_image()
    {
        await using var server = Serve();
        await using var association = await ConnectAsync(server, false);
        var lut = new NormalizedTarget(PrintClasses.PresentationLut, Uid.New());
        Assert.Equal(Status.MissingAttribute, (await association.NCreateAsync(lut, new DataSet(), Cancel)).Status);
        Assert.Equal(Status.InvalidAttributeValue, (await association.NCreateAsync(lut, new DataSet().Set(Tags.PresentationLUTShape, "ROUND"), Cancel)).Status);
        Assert.Equal(Status.Success, (await association.NCreateAsync(lut, new DataSet().Set(Tags.PresentationLUTShape, "LIN OD"), Cancel)).Status);
        var reference = new DataSet().Set(Tags.ReferencedPresentationLUTSequence, new DataSet()
            .Set(Tags.ReferencedSOPClassUID, PrintClasses.PresentationLut.Value).Set(Tags.ReferencedSOPInstanceUID, lut.SopInstanceUid!.Value));
        var session = await PrintSession.CreateAsync(association, false, null, Cancel);
        var box = await session.AddFilmBoxAsync(ImageDisplayFormat.Standard(1, 1), reference, Cancel);
        await session.SetImageAsync(box, 1, Grey(), null, Cancel);
        await session.PrintAsync(box, Cancel);
        Assert.Equal("LIN OD", Assert.Single(_films).Images[0]!.PresentationLut!.Get<string>(Tags.PresentationLUTShape));
        Assert.Equal(Status.Success, (await association.NDeleteAsync(lut, Cancel)).Status);
        Assert.Equal(Status.NoSuchSopInstance, (await association.NDeleteAsync(lut, Cancel)).Status);
    }

    [Theory]
    [InlineData("STANDARD\\3,2", 6)]
    [InlineData("ROW\\2,3", 5)]
    [InlineData("COL\\1,2,3", 6)]
    [InlineData("STANDARD\\20,20", 400)]
    [InlineData("STANDARD\\21,20", 0)]
    [InlineData("STANDARD\\0,2", 0)]
    [InlineData("STANDARD\\2", 0)]
    [InlineData("ROW\\400,1", 0)]
    [InlineData("SLIDE", 0)]
    [InlineData("CUSTOM\\1", 0)]
    [InlineData("", 0)]
    public void Image_display_formats_have_their_boxes_within_the_film(string text, int boxes)
    {
        Assert.Equal(boxes > 0, ImageDisplayFormat.TryParse(text, out var format));
        Assert.Equal(boxes, format?.Places.Count ?? 0);
        foreach (var place in format?.Places ?? []) Assert.True(place.Left >= 0 && place.Top >= 0 && place.Left + place.Width <= 1.000001 && place.Top + place.Height <= 1.000001);
    }

    [Fact]
    public void Boxes_of_columns_are_counted_down_each_column()
    {
        Assert.True(ImageDisplayFormat.TryParse("COL\\1,2", out var format));
        Assert.Equal([new(0, 0, 0.5, 1), new(0.5, 0, 0.5, 0.5), new(0.5, 0.5, 0.5, 0.5)], format.Places);
    }

    private AssociationServer Serve(Func<PrintedFilm, CancellationToken, ValueTask>? onFilm = null) =>
        Serve(new PrintManagement(onFilm ?? ((film, _) => { _films.Enqueue(film); return ValueTask.CompletedTask; }), new PrinterOptions { MaxImageBytes = 100_000 }));

    private static AssociationServer Serve(PrintManagement print)
    {
        var policy = new AcceptancePolicy { AbstractSyntaxes = [.. print.Handlers.SelectMany(h => h.AbstractSyntaxes)] };
        var server = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            MaxIdentifierLength = 4 << 20,
            OnAssociate = (request, _) => ValueTask.FromResult(policy.Decide(request)),
        }.WithServices(print.Handlers));
        server.Start();
        return server;
    }

    private static Task<Association> ConnectAsync(AssociationServer server, bool isColor, Func<AssociationOptions, AssociationOptions>? configure = null)
    {
        var options = new AssociationOptions { Port = server.EndPoints[0].Port, CallingAETitle = "TEST", PresentationContexts = PrintSession.Proposals(isColor) };
        return Association.ConnectAsync(configure?.Invoke(options) ?? options, Cancel);
    }

    private static DataSet Grey(int size = 64) => Image(1, "MONOCHROME2", size, 16, 12).SetOwnedBytes(Tags.PixelData, VR.OW, new byte[size * size * 2]);

    private static DataSet Color() => Image(3, "RGB", 64, 8, 8).Set(Tags.PlanarConfiguration, (ushort)1).SetOwnedBytes(Tags.PixelData, VR.OB, new byte[64 * 64 * 3]);

    private static DataSet Image(int samples, string photometric, int size, int allocated, int stored) => new DataSet()
        .Set(Tags.SamplesPerPixel, (ushort)samples).Set(Tags.PhotometricInterpretation, photometric)
        .Set(Tags.Rows, (ushort)size).Set(Tags.Columns, (ushort)size).Set(Tags.BitsAllocated, (ushort)allocated)
        .Set(Tags.BitsStored, (ushort)stored).Set(Tags.HighBit, (ushort)(stored - 1)).Set(Tags.PixelRepresentation, (ushort)0);
}
