using System.Buffers;
using System.Globalization;
using Isocenter.CodecBench;
using Isocenter.Dicom;
using Isocenter.Imaging;

// What a picture of a frame costs, one thread, from memory: rendered, and written as PNG and as JPEG.
//   dotnet run -c Release --project bench/Isocenter.RenderBench -- FILE...
// Milliseconds of thread CPU time, each the median of many calls, and kilobytes allocated for one PNG and one JPEG.

if (args.Length == 0)
{
    Console.Error.WriteLine("FILE...");
    return 2;
}
Console.WriteLine("#file\trows\tcolumns\trender_ms\trender_png_ms\trender_jpeg_ms\tpng_KB\tjpeg_KB\tallocated_png_KB\tallocated_jpeg_KB");
foreach (string path in args)
{
    using var file = DicomFile.Read(File.ReadAllBytes(path));
    var stream = new MemoryStream();
    var buffer = new ArrayBufferWriter<byte>();
    double render = ThreadClock.Median(() => Render(file)), png = ThreadClock.Median(() => WritePng(file, stream)), jpeg = ThreadClock.Median(() => WriteJpeg(file, buffer));
    long before = GC.GetAllocatedBytesForCurrentThread();
    WritePng(file, stream);
    long between = GC.GetAllocatedBytesForCurrentThread();
    WriteJpeg(file, buffer);
    long after = GC.GetAllocatedBytesForCurrentThread();
    var picture = Render(file);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Path.GetFileName(path)}\t{picture.Height}\t{picture.Width}\t{render * 1e3:F2}\t{png * 1e3:F2}\t{jpeg * 1e3:F2}\t")
        + string.Create(CultureInfo.InvariantCulture, $"{stream.Length / 1024}\t{buffer.WrittenCount / 1024}\t{(between - before) / 1024}\t{(after - between) / 1024}"));
}
return 0;

static Picture Render(DicomFile file) => FrameRenderer.Render(file.DataSet, 0, null, file.TransferSyntax);

static void WritePng(DicomFile file, MemoryStream stream)
{
    stream.SetLength(0);
    PngWriter.Write(Render(file), stream);
}

static void WriteJpeg(DicomFile file, ArrayBufferWriter<byte> buffer)
{
    buffer.ResetWrittenCount();
    JpegPicture.Write(Render(file), buffer);
}
