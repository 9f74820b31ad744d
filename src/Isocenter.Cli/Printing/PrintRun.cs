using System.Text.Json;
using Isocenter.Cli.Editing;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Printing;

/// <summary>Prints images, as many on a film as its format has boxes.</summary>
internal sealed class PrintRun(Terminal terminal, PreformattedImages images, ImageDisplayFormat format, bool isColor)
{
    private int _printed;
    private bool _isDone = true;

    public required DataSet Session { get; init; }

    public required DataSet FilmBox { get; init; }

    public required string[] Annotations { get; init; }

    public bool AllFrames { get; init; }

    /// <summary>All films are printed by one request.</summary>
    public bool IsWhole { get; init; }

    public bool Json { get; init; }

    /// <summary>Takes what printer and print jobs tell meanwhile.</summary>
    public ValueTask<NormalizedResponse> OnEventReport(NormalizedContext context, CancellationToken cancel)
    {
        if (context.SopClassUid == PrintClasses.Printer && context.EventTypeId is 2 or 3)
            terminal.Complain($"the printer tells of {(context.EventTypeId == 2 ? "a warning" : "a failure")}: {context.DataSet?.Get(Tags.PrinterStatusInfo, "")}");
        else if (context.SopClassUid == PrintClasses.PrintJob && context.EventTypeId == 4)
            terminal.Complain($"print job {context.SopInstanceUid} failed: {context.DataSet?.Get(Tags.ExecutionStatusInfo, "")}");
        return ValueTask.FromResult<NormalizedResponse>(Status.Success);
    }

    public async Task<int> PrintAsync(Association association, IReadOnlyList<InputFile> files, CancellationToken cancel)
    {
        await LookAtPrinterAsync(association, cancel);
        var session = await PrintSession.CreateAsync(association, isColor, Session, cancel);
        Tell(session.Created, "film session");
        PrintedFilmBox? box = null;
        int position = 0, films = 0;
        foreach (var input in files)
        {
            using var file = Open(input);
            if (file is null) continue;
            int count = FrameRenderer.FrameCount(file.DataSet), first = AllFrames ? 0 : FrameRenderer.RepresentativeFrame(file.DataSet);
            for (int frame = first; frame < (AllFrames ? count : first + 1); frame++)
            {
                cancel.ThrowIfCancellationRequested();
                DataSet? image = null;
                if (Failure.Try(() => image = images.Of(file, frame)) is { } problem)
                {
                    Fail($"{input.Path}: {problem}");
                    continue;
                }
                if (box is null)
                {
                    box = await session.AddFilmBoxAsync(format, FilmBox, cancel);
                    Tell(box.Created, "film box");
                    (position, films) = (0, films + 1);
                }
                var answer = await session.SetImageAsync(box, ++position, image!, null, cancel);
                if (Tell(answer, input.Path)) _printed++;
                if (position < format.Places.Count) continue;
                await FinishAsync(session, box, cancel);
                box = null;
            }
        }
        if (box is not null) await FinishAsync(session, box, cancel);
        if (films == 0) throw new CommandException("there is no image in what was named");
        if (IsWhole) Tell(await session.PrintAsync(cancel), "print request");
        Tell(await session.DeleteAsync(cancel), "end of the film session");
        if (Json) terminal.Output.WriteLine(JsonSerializer.Serialize(new { images = _printed, films, ok = _isDone }));
        else terminal.Output.WriteLine($"{_printed} image{(_printed == 1 ? "" : "s")} on {films} film{(films == 1 ? "" : "s")}");
        return _isDone ? ExitCode.Done : ExitCode.Failed;
    }

    private async Task FinishAsync(PrintSession session, PrintedFilmBox box, CancellationToken cancel)
    {
        if (Annotations.Length > box.Annotations.Count)
            terminal.Complain($"the printer has room for {box.Annotations.Count} of {Annotations.Length} annotations");
        for (int i = 0; i < Math.Min(Annotations.Length, box.Annotations.Count); i++)
            Tell(await session.SetAnnotationAsync(box, i + 1, Annotations[i], cancel), "annotation");
        if (IsWhole) return;
        Tell(await session.PrintAsync(box, cancel), "print request");
        Tell(await session.DeleteAsync(box, cancel), "end of the film box");
    }

    /// <summary>A printer that has failed may take films all the same; who prints shall know.</summary>
    private async Task LookAtPrinterAsync(Association association, CancellationToken cancel)
    {
        var printer = await PrintSession.GetPrinterAsync(association, isColor, cancel);
        if (printer.DataSet is { } state && state.Get(Tags.PrinterStatus, "NORMAL").Trim() is "WARNING" or "FAILURE")
            terminal.Complain($"the printer's status is {state.Get(Tags.PrinterStatus, "").Trim()}: {state.Get(Tags.PrinterStatusInfo, "").Trim()}");
    }

    private DicomFile? Open(InputFile input)
    {
        DicomFile? file = null;
        if (Failure.Try(() => file = DicomFile.Open(input.Path)) is { } problem)
        {
            Fail($"{input.Path}: {problem}");
            return null;
        }
        if (input.IsNamed || file!.DataSet.Contains(Tags.Rows)) return file;
        file.Dispose();          // reports and directories, met in a folder
        return null;
    }

    private bool Tell(NormalizedResponse answer, string what)
    {
        if (answer.Status.IsSuccess) return true;
        string text = $"{what}: the printer answers {Advice.Of(answer.Status)}"
            + (answer.OffendingElements.Count == 0 ? "" : $": {string.Join(", ", answer.OffendingElements.Select(t => DataDictionary.TryFind(t, out var entry) ? entry.Keyword : t.ToString()))}");
        if (answer.Status.IsSuccessOrWarning) terminal.Complain(text);
        else Fail(text);
        return answer.Status.IsSuccessOrWarning;
    }

    private void Fail(string text)
    {
        _isDone = false;
        terminal.Complain(text);
    }
}
