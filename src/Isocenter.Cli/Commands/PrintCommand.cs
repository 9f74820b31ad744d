using System.CommandLine;
using System.Globalization;
using Isocenter.Cli.Editing;
using Isocenter.Cli.Printing;
using Isocenter.Dicom;
using Isocenter.Imaging;
using Isocenter.Network;
using Isocenter.Network.Services;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter print HOST PORT FILE…</c>: puts images on film (Print Management as user, PS3.4 Annex H).</summary>
internal static class PrintCommand
{
    public static Command Create(Terminal terminal)
    {
        var peer = new PeerOptions();
        var files = new Argument<string[]>("FILE") { Description = "DICOM images, or folders with all DICOM files below them.", Arity = ArgumentArity.OneOrMore };
        var layout = new Option<string>("--layout", "-l") { Description = "Columns and rows of images on a film, or an Image Display Format such as 'ROW\\2,3'.", HelpName = "CxR", DefaultValueFactory = _ => "1x1" };
        var color = new Option<bool>("--color") { Description = "Print in colour (Basic Color Print Management)." };
        var bits = new Option<int>("--bits") { Description = "Bits of grey, 8 or 12.", HelpName = "N", DefaultValueFactory = _ => 12 };
        var allFrames = new Option<bool>("--all-frames") { Description = "Every frame; unless said otherwise the representative one." };
        var window = new Option<string?>("--window", "-w") { Description = "In place of the image's own window.", HelpName = "C,W" };
        var most = new Option<int>("--max-pixels") { Description = "Longest side of an image; larger ones are reduced.", HelpName = "N", DefaultValueFactory = _ => 4096 };
        var annotation = new Option<string[]>("--annotation", "-a") { Description = "Text for the film. Can be repeated for several lines.", HelpName = "TEXT" };
        var annotationFormat = new Option<string?>("--annotation-format") { Description = "The printer's Annotation Display Format ID (default: the number of texts).", HelpName = "ID" };
        var whole = new Option<bool>("--session") { Description = "Print all films with one request; not every printer can." };
        var attributes = new (Option<string?> Option, Tag Tag, bool IsFilmBox)[]
        {
            (Text("--film-size", "Film Size ID: 8INX10IN, 14INX17IN, 24CMX30CM, A4…", "ID"), Tags.FilmSizeID, true),
            (Text("--orientation", "PORTRAIT or LANDSCAPE.", "WORD"), Tags.FilmOrientation, true),
            (Text("--magnification", "REPLICATE, BILINEAR, CUBIC or NONE.", "WORD"), Tags.MagnificationType, true),
            (Text("--border", "Border density: BLACK, WHITE or hundredths of OD.", "DENSITY"), Tags.BorderDensity, true),
            (Text("--empty", "Density of empty image boxes.", "DENSITY"), Tags.EmptyImageDensity, true),
            (Text("--trim", "YES or NO: lines around the images.", "WORD"), Tags.Trim, true),
            (Text("--copies", "Number of copies.", "N"), Tags.NumberOfCopies, false),
            (Text("--priority", "HIGH, MED or LOW.", "WORD"), Tags.PrintPriority, false),
            (Text("--medium", "PAPER, CLEAR FILM, BLUE FILM…", "TYPE"), Tags.MediumType, false),
            (Text("--destination", "MAGAZINE, PROCESSOR, BIN_1…", "PLACE"), Tags.FilmDestination, false),
            (Text("--label", "Label of the film session.", "TEXT"), Tags.FilmSessionLabel, false),
        };
        var command = peer.CommandOf("print", "Print images on film (DICOM Print Management).\n\n"
            + "Images are rendered as 'isocenter render' does, with window, overlays and shutters burnt in. "
            + "What the printer does not support it may change; it says so with a warning, which is told.");
        foreach (var symbol in new Option[] { layout, color, bits, allFrames, window, most, annotation, annotationFormat, whole }) command.Add(symbol);
        command.Add(files);
        foreach (var (option, _, _) in attributes) command.Add(option);
        command.SetAction(async (parsed, cancel) =>
        {
            var format = ParseLayout(parsed.GetValue(layout)!);
            if (parsed.GetValue(bits) is not (8 or 12)) throw new UsageException("--bits is 8 or 12");
            if (parsed.GetValue(most) is < 16 or > 65535) throw new UsageException("--max-pixels is 16 to 65535");
            if (parsed.GetValue(attributes[6].Option) is { } copies && (!int.TryParse(copies, NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number < 1))
                throw new UsageException("--copies takes a number from 1");
            DataSet Said(bool isFilmBox)
            {
                // Printers know few attributes: DCMTK's refuses a character set where none is needed (0x0105).
                bool isAscii = attributes.All(a => parsed.GetValue(a.Option) is not { } value || System.Text.Ascii.IsValid(value));
                var said = isAscii ? new DataSet() : new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
                foreach (var (option, tag, ofFilmBox) in attributes)
                    if (ofFilmBox == isFilmBox && parsed.GetValue(option) is { } value) said.SetText(tag, DataDictionary.VROf(tag), value);
                return said;
            }
            string[] texts = parsed.GetValue(annotation) ?? [];
            var box = Said(true);
            if (texts.Length > 0) box.SetText(Tags.AnnotationDisplayFormatID, VR.CS, parsed.GetValue(annotationFormat) ?? texts.Length.ToString(CultureInfo.InvariantCulture));
            var rendering = new RenderOptions
            {
                MaxWidth = parsed.GetValue(most),
                MaxHeight = parsed.GetValue(most),
                Window = parsed.GetValue(window) is { } asked ? RenderCommand.ParseWindow(asked) : null,
            };
            bool isColor = parsed.GetValue(color);
            var run = new PrintRun(terminal, new PreformattedImages(rendering, isColor, parsed.GetValue(bits)), format, isColor)
            {
                Session = Said(false),
                FilmBox = box,
                Annotations = texts,
                AllFrames = parsed.GetValue(allFrames),
                IsWhole = parsed.GetValue(whole),
                Json = parsed.GetValue(peer.Json),
            };
            var paths = InputFiles.Find(parsed.GetRequiredValue(files), cancel);
            await using var association = await Association.ConnectAsync(peer.Read(parsed) with { PresentationContexts = PrintSession.Proposals(isColor), OnEventReport = run.OnEventReport }, cancel);
            int exit = await run.PrintAsync(association, paths, cancel);
            await association.ReleaseAsync(cancel);
            return exit;
        });
        return command;
    }

    private static Option<string?> Text(string name, string description, string help) => new(name) { Description = description, HelpName = help };

    private static ImageDisplayFormat ParseLayout(string text)
    {
        string[] parts = text.ToLowerInvariant().Split('x');
        string format = parts is [var columns, var rows] && text.IndexOf('\\', StringComparison.Ordinal) < 0 ? $"STANDARD\\{columns},{rows}" : text;
        return ImageDisplayFormat.TryParse(format, out var layout) ? layout : throw new UsageException($"--layout is COLUMNSxROWS or a format such as 'COL\\2,3', not '{text}'");
    }
}
