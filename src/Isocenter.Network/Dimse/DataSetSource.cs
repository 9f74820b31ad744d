using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Network.Dimse;

/// <summary>Where the bytes of an outgoing data set come from.</summary>
internal abstract class DataSetSource
{
    /// <summary>Bytes that are left; null when only the end will tell.</summary>
    public abstract long? Remaining { get; }

    /// <summary>Reads at least one byte, or 0 at the end.</summary>
    public abstract ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel);

    public static DataSetSource Of(ReadOnlySequence<byte> bytes) => new Memory(bytes);

    public static DataSetSource Of(Stream stream, long? length) => new FromStream(stream, length);

    /// <param name="file">Stays the caller's.</param>
    /// <param name="offset">Where to begin, in bytes.</param>
    /// <param name="length">Bytes to take; null: to the end of the file.</param>
    public static DataSetSource Of(SafeFileHandle file, long offset, long? length) =>
        new FromFile(file, offset, length ?? Math.Max(0, RandomAccess.GetLength(file) - offset));

    /// <summary>Read in place, without a thread of its own: a quarter of a megabyte comes out of the page cache, or from a
    /// disk that reads ahead, sooner than the thread pool would take up an asynchronous read, which on Linux is a blocking
    /// one on another thread all the same.</summary>
    private sealed class FromFile(SafeFileHandle file, long offset, long remaining) : DataSetSource
    {
        private long _offset = offset;
        private long _remaining = remaining;

        public override long? Remaining => _remaining;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
        {
            if (cancel.IsCancellationRequested) return ValueTask.FromCanceled<int>(cancel);
            var span = buffer.Span[..(int)Math.Min(buffer.Length, _remaining)];
            int count = span.IsEmpty ? 0 : RandomAccess.Read(file, span, _offset);
            if (count == 0 && _remaining > 0) throw new EndOfStreamException($"the data set ends {_remaining} bytes too early");
            _offset += count;
            _remaining -= count;
            return new ValueTask<int>(count);
        }
    }

    private sealed class Memory(ReadOnlySequence<byte> rest) : DataSetSource
    {
        private ReadOnlySequence<byte> _rest = rest;

        public override long? Remaining => _rest.Length;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
        {
            int count = (int)Math.Min(buffer.Length, _rest.Length);
            _rest.Slice(0, count).CopyTo(buffer.Span);
            _rest = _rest.Slice(count);
            return new ValueTask<int>(count);
        }
    }

    private sealed class FromStream(Stream stream, long? length) : DataSetSource
    {
        private long? _remaining = length ?? (stream.CanSeek ? stream.Length - stream.Position : null);

        public override long? Remaining => _remaining;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancel)
        {
            if (_remaining is { } remaining && remaining < buffer.Length) buffer = buffer[..(int)remaining];
            int count = buffer.IsEmpty ? 0 : await stream.ReadAsync(buffer, cancel).ConfigureAwait(false);
            if (_remaining is { } left)
            {
                if (count == 0 && left > 0) throw new EndOfStreamException($"the data set ends {left} bytes too early");
                _remaining = left - count;
            }
            return count;
        }
    }
}
