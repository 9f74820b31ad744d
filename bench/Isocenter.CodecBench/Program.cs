using System.Buffers;
using System.Globalization;
using Isocenter.CodecBench;

// Encode and decode speed of our codecs, one thread, on raw images; the columns of the native driver.
//   dotnet run -c Release --project bench/Isocenter.CodecBench -- IMAGES_DIR [CODEC [IMAGE]] [--against DRIVER_OR_TSV]
// CODEC and IMAGE: parts of names. MB/s are of raw pixels; each figure is the median of many calls, in thread CPU time. Last
// column, not in the native driver: bytes allocated for one decoding, without the caller's buffer.
// With --against, a line beginning with # follows for each native peer: how many times as fast we are.

var names = new List<string>(args);
NativePeers? peers = null;
int option = names.IndexOf("--against");
if (option >= 0 && option + 1 < names.Count)
{
    peers = new NativePeers(names[option + 1]);
    names.RemoveRange(option, 2);
}
if (names.Count is 0 or > 3)
{
    Console.Error.WriteLine("IMAGES_DIR [CODEC [IMAGE]] [--against DRIVER_OR_TSV]");
    return 2;
}
string folder = names[0], wanted = names.Count > 1 ? names[1] : "", wantedImage = names.Count > 2 ? names[2] : "";

bool failed = false;
Console.WriteLine("#codec\timage\traw_bytes\tcoded_bytes\tratio\tenc_MB_s\tdec_MB_s\tcheck\tdec_allocated");
foreach (var image in BenchImage.Read(folder, wantedImage))
{
    foreach (var codec in BenchCodec.All)
    {
        if (!codec.Kind.Contains(wanted, StringComparison.Ordinal) || codec.Applies?.Invoke(image) == false) continue;
        failed |= !Measure(codec, image);
    }
}
return failed ? 1 : 0;

bool Measure(BenchCodec codec, BenchImage image)
{
    var coded = new ArrayBufferWriter<byte>(image.Raw.Length + 4096);
    var decoded = new byte[image.Raw.Length];
    codec.Encode(image, coded);
    codec.Decode(coded.WrittenSpan, image, decoded);
    bool same = image.Raw.AsSpan().SequenceEqual(decoded);
    double encode = ThreadClock.Median(() =>
    {
        coded.ResetWrittenCount();
        codec.Encode(image, coded);
    });
    double decode = ThreadClock.Median(() => codec.Decode(coded.WrittenSpan, image, decoded));
    long allocated = GC.GetAllocatedBytesForCurrentThread();
    codec.Decode(coded.WrittenSpan, image, decoded);
    allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
    double encodeRate = image.Raw.Length / encode / 1e6, decodeRate = image.Raw.Length / decode / 1e6;
    string check = !codec.IsLossless ? "lossy" : same ? "lossless" : "DIFFERS";
    Print($"{codec.Kind} Isocenter\t{image.Name}\t{image.Raw.Length}\t{coded.WrittenCount}\t{(double)image.Raw.Length / coded.WrittenCount:F2}\t{encodeRate:F1}\t{decodeRate:F1}\t{check}\t{allocated}");
    foreach (var peer in peers?.Of(folder, codec.Kind, image.Name) ?? [])
    {
        string encodeRatio = peer.EncodeRate > 0 ? (encodeRate / peer.EncodeRate).ToString("F2", CultureInfo.InvariantCulture) : "-";
        Print($"#\t{image.Name}\tencode {encodeRatio} ×, decode {decodeRate / peer.DecodeRate:F2} ×, size {(double)coded.WrittenCount / peer.CodedLength:F3} ×\t{peer.Codec} ({peer.EncodeRate:F0}, {peer.DecodeRate:F0} MB/s)");
    }
    return codec.IsLossless is false || same;
}

static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
