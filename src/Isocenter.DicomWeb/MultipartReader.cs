using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace Isocenter.DicomWeb;

/// <summary>The body is not multipart as RFC 2046 §5.1 says.</summary>
public sealed class MultipartException(string message) : Exception(message);

/// <summary>Reads multipart/related from a pipe, one part after the other, without holding a part in memory
/// (RFC 2387, PS3.18 §8.6).</summary>
/// <remarks>Belongs to one caller. The content of a part is valid until the next part is asked for.</remarks>
public sealed class MultipartReader
{
    private const int MaxHeaderLength = 16 * 1024;
    private readonly PipeReader _input;
    private readonly byte[] _delimiter;      // CR LF - - boundary
    private bool _started;
    private bool _inPart;
    private bool _atPartStart;               // nothing of the content has been given out yet
    private bool _ended;

    /// <param name="input">The body.</param>
    /// <param name="boundary">The boundary parameter of Content-Type, 1 to 70 characters (RFC 2046 §5.1.1).</param>
    /// <exception cref="MultipartException">The boundary is missing or too long.</exception>
    public MultipartReader(PipeReader input, string? boundary)
    {
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 200) throw new MultipartException("Content-Type names no usable boundary");
        _input = input;
        _delimiter = Encoding.UTF8.GetBytes("\r\n--" + boundary);
    }

    /// <summary>Goes to the next part; what is left of the part before is skipped.</summary>
    /// <returns>The headers of the part, names in lower case; null after the last part.</returns>
    /// <exception cref="MultipartException">The framing is broken.</exception>
    public async ValueTask<IReadOnlyDictionary<string, string>?> NextPartAsync(CancellationToken cancel)
    {
        if (_ended) return null;
        if (!_started) await SkipPreambleAsync(cancel).ConfigureAwait(false);
        while (_inPart)
        {
            var rest = await ReadAsync(cancel).ConfigureAwait(false);
            AdvanceTo(rest.End);
        }
        if (_ended) return null;
        return await ReadHeadersAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>The next piece of the content of the part; empty at its end. Call <see cref="AdvanceTo"/> before the next.</summary>
    /// <exception cref="MultipartException">The body ends inside the part.</exception>
    public async ValueTask<ReadOnlySequence<byte>> ReadAsync(CancellationToken cancel)
    {
        while (_inPart)
        {
            var result = await _input.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = result.Buffer;
            // The line end before the delimiter is also the one that ends the headers when the part is empty.
            int lineEnd = _atPartStart ? 2 : 0;
            if (_atPartStart && !StartsWith(buffer, _delimiter.AsSpan(lineEnd)))
            {
                if (!result.IsCompleted && buffer.Length < _delimiter.Length - lineEnd && IsBeginOf(buffer, _delimiter.AsSpan(lineEnd)))
                {
                    _input.AdvanceTo(buffer.Start, buffer.End);
                    continue;
                }
                _atPartStart = false;
                lineEnd = 0;
            }
            long at = 0;
            if (lineEnd > 0 || TryFindDelimiter(buffer, out at))
            {
                if (at > 0) return buffer.Slice(0, at);
                // The delimiter stands here. Its line tells whether it is the last.
                if (!TryReadLineEnd(buffer.Slice(_delimiter.Length - lineEnd), result.IsCompleted, out var after, out bool last))
                {
                    if (result.IsCompleted) throw new MultipartException("the body ends inside a boundary");
                    _input.AdvanceTo(buffer.Start, buffer.End);
                    continue;
                }
                _inPart = _atPartStart = false;
                _ended = last;
                _input.AdvanceTo(after);
                return ReadOnlySequence<byte>.Empty;
            }
            // Hold back what may be the begin of the delimiter.
            long safe = buffer.Length - (_delimiter.Length - 1);
            if (safe > 0) return buffer.Slice(0, safe);
            if (result.IsCompleted) throw new MultipartException("the body ends inside a part, without the closing boundary");
            _input.AdvanceTo(buffer.Start, buffer.End);
        }
        return ReadOnlySequence<byte>.Empty;
    }

    /// <summary>Releases what <see cref="ReadAsync"/> gave, up to <paramref name="consumed"/>.</summary>
    public void AdvanceTo(SequencePosition consumed)
    {
        if (_inPart) _input.AdvanceTo(consumed);
    }

    private async ValueTask SkipPreambleAsync(CancellationToken cancel)
    {
        _started = true;
        var first = _delimiter.AsMemory(2);
        long skipped = 0;
        while (true)
        {
            var result = await _input.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = result.Buffer;
            // The first boundary may stand at the very begin, without a line end before it.
            if (buffer.Length >= first.Length && skipped == 0 && StartsWith(buffer, first.Span))
            {
                var tail = buffer.Slice(first.Length);
                if (TryReadLineEnd(tail, result.IsCompleted, out var after, out bool last))
                {
                    _ended = last;
                    _input.AdvanceTo(after);
                    return;
                }
            }
            else if (TryFindDelimiter(buffer, out long at))
            {
                _input.AdvanceTo(buffer.GetPosition(at));
                _inPart = true;
                await ReadAsync(cancel).ConfigureAwait(false);
                return;
            }
            if (result.IsCompleted) throw new MultipartException("the body holds no boundary line of the one that Content-Type names");
            long keep = Math.Min(buffer.Length, _delimiter.Length + 128);
            if (buffer.Length > keep && !StartsWith(buffer, first.Span))
            {
                skipped += buffer.Length - keep;
                if (skipped > MaxHeaderLength) throw new MultipartException("the first boundary does not come");
                _input.AdvanceTo(buffer.GetPosition(buffer.Length - keep), buffer.End);
            }
            else
            {
                _input.AdvanceTo(buffer.Start, buffer.End);
            }
        }
    }

    private async ValueTask<IReadOnlyDictionary<string, string>> ReadHeadersAsync(CancellationToken cancel)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int total = 0;
        while (true)
        {
            var result = await _input.ReadAsync(cancel).ConfigureAwait(false);
            var buffer = result.Buffer;
            if (buffer.PositionOf((byte)'\n') is not { } end)
            {
                if (result.IsCompleted) throw new MultipartException("the body ends inside the headers of a part");
                if (buffer.Length > MaxHeaderLength) throw new MultipartException("the headers of a part are too long");
                _input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }
            string line = Encoding.Latin1.GetString(buffer.Slice(0, end)).TrimEnd('\r');
            total += line.Length + 2;
            if (total > MaxHeaderLength) throw new MultipartException("the headers of a part are too long");
            _input.AdvanceTo(buffer.GetPosition(1, end));
            if (line.Length == 0)
            {
                _inPart = _atPartStart = true;
                return headers;
            }
            int colon = line.IndexOf(':');
            if (colon <= 0) throw new MultipartException("a header line of a part has no colon");
            headers[line[..colon].Trim().ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }
    }

    private bool TryFindDelimiter(ReadOnlySequence<byte> buffer, out long at)
    {
        if (buffer.IsSingleSegment)
        {
            at = buffer.FirstSpan.IndexOf(_delimiter);
            return at >= 0;
        }
        var reader = new SequenceReader<byte>(buffer);
        if (reader.TryReadTo(out ReadOnlySequence<byte> before, _delimiter, advancePastDelimiter: false))
        {
            at = before.Length;
            return true;
        }
        at = -1;
        return false;
    }

    /// <summary>After the boundary: two hyphens for the last one, or blanks and a line end.</summary>
    private static bool TryReadLineEnd(ReadOnlySequence<byte> tail, bool completed, out SequencePosition after, out bool last)
    {
        after = tail.Start;
        last = false;
        Span<byte> head = stackalloc byte[2];
        if (tail.Length < 2) return false;
        tail.Slice(0, 2).CopyTo(head);
        if (head[0] == '-' && head[1] == '-')
        {
            last = true;
            after = tail.End;
            return true;
        }
        if (tail.PositionOf((byte)'\n') is not { } end)
        {
            if (tail.Length > 256 || completed) throw new MultipartException("a boundary line does not end");
            return false;
        }
        after = tail.GetPosition(1, end);
        return true;
    }

    private static bool StartsWith(ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> text)
    {
        if (buffer.Length < text.Length) return false;
        if (buffer.FirstSpan.Length >= text.Length) return buffer.FirstSpan.StartsWith(text);
        return buffer.Slice(0, text.Length).ToArray().AsSpan().SequenceEqual(text);
    }

    /// <summary>More bytes may make <paramref name="text"/> of it.</summary>
    private static bool IsBeginOf(ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> text) => text.StartsWith(buffer.ToArray());
}
