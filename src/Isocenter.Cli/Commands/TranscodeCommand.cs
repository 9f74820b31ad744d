using System.CommandLine;
using Isocenter.Cli.Pixels;
using Isocenter.Codecs;
using Isocenter.Imaging;

namespace Isocenter.Cli.Commands;

/// <summary><c>isocenter transcode PATH… --to SYNTAX --out PATH</c>: DICOM files in another transfer syntax.</summary>
internal static class TranscodeCommand
{
    public static Command Create(Terminal terminal)
    {
        var paths = new Argument<string[]>("PATH") { Description = "Files, and folders with all below them.", Arity = ArgumentArity.OneOrMore };
        var to = new Option<string>("--to", "-t") { Description = $"The transfer syntax: a UID or one of {TransferSyntaxName.All}.", HelpName = "SYNTAX", Required = true };
        var output = new Option<string>("--out", "-o")
        {
            Description = "Where to: for a single file the new one, or a folder that is there (or ends with /); for several files, and for folders, a folder.",
            HelpName = "PATH",
            Required = true,
        };
        var quality = new Option<int?>("--quality", "-q") { Description = "jpeg-baseline, jpeg-extended: 1 to 100; 90 unless said otherwise.", HelpName = "N" };
        var ratio = new Option<double?>("--ratio", "-r") { Description = "jpeg2000, htj2k: how many times shorter than the samples; 10 unless said otherwise, 1 loses nothing.", HelpName = "R" };
        var near = new Option<int?>("--near", "-n") { Description = "jpeg-ls-near: how far a sample may be from the original; 2 unless said otherwise.", HelpName = "N" };
        var workarounds = Workaround.Create();
        var json = new Option<bool>("--json") { Description = "Write the outcomes as JSON." };
        var quiet = new Option<bool>("--quiet") { Description = "Tell only of files with a problem." };
        var command = new Command("transcode", "Bring DICOM files into another transfer syntax.\n\n"
            + "Lossless syntaxes keep every sample and the SOP Instance UID. Where something is lost, the object gets a new SOP Instance UID "
            + "and says what it was derived from and how (PS3.3 C.7.6.1.1.5). Frames that are in the target syntax already are taken over as "
            + "they are. What is no DICOM file is skipped in folders. The exit code is 1 when a file failed; the rest is done all the same.")
        {
            paths, to, output, quality, ratio, near, workarounds, json, quiet,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var target = TransferSyntaxName.Parse(parsed.GetRequiredValue(to));
            var encode = new FrameEncodeOptions { Quality = parsed.GetValue(quality), Ratio = parsed.GetValue(ratio), Near = parsed.GetValue(near) };
            Check(FrameCodecs.Find(target.Uid.Value), target.Name, encode);
            var report = new TranscodeReport(terminal, parsed.GetValue(json), parsed.GetValue(quiet));
            var items = TranscodeRun.Find(parsed.GetRequiredValue(paths), parsed.GetRequiredValue(output), report.Add);
            var read = StoredFrameOptions.Default with { Decode = Workaround.Options(parsed.GetValue(workarounds)) };
            await new TranscodeRun(terminal, new TranscodeOptions(target) { Encode = encode, Read = read }, report).RunAsync(items, cancel);
            return report.Finish();
        });
        return command;
    }

    private static void Check(FrameCodec? codec, string name, FrameEncodeOptions options)
    {
        var control = codec?.LossControl ?? LossControl.None;
        Refuse(options.Quality is not null, control == LossControl.Quality, "--quality");
        Refuse(options.Ratio is not null, control == LossControl.Ratio, "--ratio");
        Refuse(options.Near is not null, control == LossControl.Near, "--near");
        if (options.Quality is < 1 or > 100) throw new UsageException($"--quality is 1 to 100, not {options.Quality}");
        if (options.Ratio is < 1 or > 10_000 or double.NaN) throw new UsageException("--ratio is 1 to 10000");
        if (options.Near is < 0 or > 255) throw new UsageException($"--near is 0 to 255, not {options.Near}");

        void Refuse(bool isGiven, bool isUsed, string option)
        {
            if (isGiven && !isUsed) throw new UsageException($"{name} does not know {option}");
        }
    }
}
