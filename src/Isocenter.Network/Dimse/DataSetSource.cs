using System.Buffers;

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
