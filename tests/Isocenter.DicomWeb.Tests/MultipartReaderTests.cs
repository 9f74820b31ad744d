using System.IO.Pipelines;
using System.Text;

namespace Isocenter.DicomWeb.Tests;

public sealed class MultipartReaderTests
{
    private const string Boundary = "bound";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Two parts with what looks like boundaries inside, and an empty one between them.</summary>
    private static readonly byte[] Whole = Encoding.Latin1.GetBytes(
        "--bound\r\nContent-Type: application/dicom\r\n\r\nfirst\r\n--boun\r\n--\r\n"
        + "\r\n--bound\r\nX-Empty: yes\r\n\r\n"
        + "\r\n--bound\r\n\r\n--bounx second\r\n\r\n--bound--\r\n");

    [Fact]
    public async Task The_parts_are_the_same_wherever_the_body_is_cut_into_two_reads()
    {
        for (int cut = 0; cut <= Whole.Length; cut++)
        {
            var parts = await ReadAsync(Whole[..cut], Whole[cut..]);
            Assert.Equal(["first\r\n--boun\r\n--\r\n", "", "--bounx second\r\n"], parts.Select(p => p.Content));
        }
    }

    [Fact]
    public async Task The_parts_are_the_same_when_every_byte_comes_alone()
    {
        var parts = await ReadAsync([.. Whole.Select(b => new[] { b })]);

        Assert.Equal(["first\r\n--boun\r\n--\r\n", "", "--bounx second\r\n"], parts.Select(p => p.Content));
        Assert.Equal("application/dicom", parts[0].Headers["content-type"]);
        Assert.Equal("yes", parts[1].Headers["X-EMPTY"]);
        Assert.Empty(parts[2].Headers);
    }

    [Theory]
    [InlineData("This is the preamble.\r\nIt is to be ignored.\r\n--bound\r\n\r\nx\r\n--bound--")]
    [InlineData("\r\n--bound\r\n\r\nx\r\n--bound--")]
    [InlineData("--bound  \t\r\n\r\nx\r\n--bound--")]
    [InlineData("--bound\r\n\r\nx\r\n--bound--\r\nThis is the epilogue.\r\n--bound\r\n\r\nno part\r\n")]
    [InlineData("--bound\nContent-Type: a/b\n\nx\r\n--bound--")]
    [InlineData("--bound\r\n\r\nx\r\n--bound--\r\n")]
    public async Task Preamble_epilogue_blanks_and_bare_line_feeds_in_headers_are_let_pass(string body)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        for (int cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal("x", Assert.Single(await ReadAsync(bytes[..cut], bytes[cut..])).Content);
    }

    [Theory]
    [InlineData("--bound\r\n\r\n--bound--")]
    [InlineData("--bound\r\n\r\n\r\n--bound--")]
    [InlineData("--bound\nA: b\n\n--bound--")]
    public async Task A_part_may_be_empty_with_or_without_a_line_end_of_its_own(string body)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        for (int cut = 0; cut <= bytes.Length; cut++)
            Assert.Equal("", Assert.Single(await ReadAsync(bytes[..cut], bytes[cut..])).Content);
    }

    [Fact]
    public async Task A_body_of_the_last_boundary_alone_has_no_part() => Assert.Empty(await ReadAsync("--bound--\r\n"u8.ToArray()));

    [Theory]
    [InlineData("")]
    [InlineData("no boundary at all")]
    [InlineData("--boun")]
    [InlineData("--other\r\n\r\nx\r\n--other--")]
    [InlineData("--bound\r\nContent-Type: a/b\r\n")]
    [InlineData("--bound\r\n\r\nno end")]
    [InlineData("--bound\r\n\r\nno end\r\n--boun")]
    [InlineData("--bound\r\n\r\nno end\r\n--bound")]
    [InlineData("--bound\r\n\r\nno end\r\n--bound-")]
    [InlineData("--bound\r\nno colon\r\n\r\nx\r\n--bound--")]
    [InlineData("--bound\r\n: no name\r\n\r\nx\r\n--bound--")]
    public async Task Broken_framing_is_an_error_and_not_an_end(string body)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(body);
        for (int cut = 0; cut <= bytes.Length; cut++)
            await Assert.ThrowsAsync<MultipartException>(() => ReadAsync(bytes[..cut], bytes[cut..]));
    }

    [Fact]
    public async Task Headers_that_never_end_are_refused_before_they_fill_memory()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync("--bound\r\nX: "u8.ToArray(), Cancel);
        await pipe.Writer.WriteAsync(new byte[100_000], Cancel);
        var reader = new MultipartReader(pipe.Reader, Boundary);

        await Assert.ThrowsAsync<MultipartException>(async () => await reader.NextPartAsync(Cancel));
    }

    [Fact]
    public async Task Many_short_headers_are_refused_too()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync("--bound\r\n"u8.ToArray(), Cancel);
        for (int i = 0; i < 5000; i++) await pipe.Writer.WriteAsync(Encoding.ASCII.GetBytes($"X-{i}: {i}\r\n"), Cancel);
        var reader = new MultipartReader(pipe.Reader, Boundary);

        await Assert.ThrowsAsync<MultipartException>(async () => await reader.NextPartAsync(Cancel));
    }

    [Fact]
    public async Task A_preamble_that_never_ends_is_refused()
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(new byte[1 << 20], Cancel);
        var reader = new MultipartReader(pipe.Reader, Boundary);

        await Assert.ThrowsAsync<MultipartException>(async () => await reader.NextPartAsync(Cancel));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void A_boundary_is_needed(string? boundary) =>
        Assert.Throws<MultipartException>(() => new MultipartReader(new Pipe().Reader, boundary));

    [Fact]
    public async Task What_is_left_of_a_part_is_skipped()
    {
        var pipe = await PipeAsync(Whole);
        var reader = new MultipartReader(pipe.Reader, Boundary);

        Assert.NotNull(await reader.NextPartAsync(Cancel));
        Assert.NotNull(await reader.NextPartAsync(Cancel));
        Assert.NotNull(await reader.NextPartAsync(Cancel));
        Assert.Null(await reader.NextPartAsync(Cancel));
        Assert.Null(await reader.NextPartAsync(Cancel));
    }

    [Fact]
    public async Task Random_bytes_survive_random_cuts()
    {
        var random = new Random(17);
        for (int round = 0; round < 200; round++)
        {
            byte[] content = new byte[random.Next(0, 300)];
            // Few different bytes, so that begins of boundaries occur often.
            for (int i = 0; i < content.Length; i++) content[i] = "\r\n-bound"u8[random.Next(8)];
            if (Encoding.Latin1.GetString(content).Contains("--bound", StringComparison.Ordinal)) continue;
            byte[] body = [.. "--bound\r\n\r\n"u8, .. content, .. "\r\n--bound--"u8];
            var pieces = new List<byte[]>();
            for (int at = 0; at < body.Length;)
            {
                int n = Math.Min(random.Next(1, 20), body.Length - at);
                pieces.Add(body[at..(at + n)]);
                at += n;
            }
            Assert.Equal(Encoding.Latin1.GetString(content), Assert.Single(await ReadAsync([.. pieces])).Content);
        }
    }

    private static async Task<List<(IReadOnlyDictionary<string, string> Headers, string Content)>> ReadAsync(params byte[][] pieces)
    {
        // A reader that hands out one piece at a time and is asked again only when it was examined to its end.
        var reader = new MultipartReader(PipeReader.Create(new PiecesStream(pieces), new StreamPipeReaderOptions(bufferSize: 16, minimumReadSize: 1)), Boundary);
        var parts = new List<(IReadOnlyDictionary<string, string>, string)>();
        while (await reader.NextPartAsync(Cancel) is { } headers)
        {
            using var content = new MemoryStream();
            await using (var part = new PartStream(reader)) await part.CopyToAsync(content, Cancel);
            parts.Add((headers, Encoding.Latin1.GetString(content.ToArray())));
        }
        return parts;
    }

    private static async Task<Pipe> PipeAsync(byte[] bytes)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(bytes, Cancel);
        await pipe.Writer.CompleteAsync();
        return pipe;
    }

    /// <summary>Gives one piece for each read, as a network would.</summary>
    private sealed class PiecesStream(byte[][] pieces) : Stream
    {
        private int _piece, _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            while (_piece < pieces.Length && _at == pieces[_piece].Length) (_piece, _at) = (_piece + 1, 0);
            if (_piece == pieces.Length) return 0;
            int n = Math.Min(buffer.Length, pieces[_piece].Length - _at);
            pieces[_piece].AsSpan(_at, n).CopyTo(buffer);
            _at += n;
            return n;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
