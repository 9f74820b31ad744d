using System.Buffers;

namespace Isocenter.Server.DicomWeb;

/// <summary>Metadata as they were sent last, by their entity tag: what they are made of cannot change under it. Bounded; the
/// oldest go first.</summary>
internal sealed class MetadataCache
{
    private const int MaxLength = 64 << 20;
    private const int MaxEntryLength = 16 << 20;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, ReadOnlyMemory<byte> Content)>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, ReadOnlyMemory<byte> Content)> _order = new();
    private long _length;

    public ReadOnlyMemory<byte>? Find(string key)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node)) return null;
            _order.Remove(node);
            _order.AddLast(node);
            return node.Value.Content;
        }
    }

    public void Keep(string key, Entry entry)
    {
        if (entry.Content is not { } content) return;
        lock (_lock)
        {
            if (_entries.ContainsKey(key)) return;
            _entries.Add(key, _order.AddLast((key, content)));
            _length += content.Length;
            while (_length > MaxLength)
            {
                var (oldest, bytes) = _order.First!.Value;
                _order.RemoveFirst();
                _entries.Remove(oldest);
                _length -= bytes.Length;
            }
        }
    }

    /// <summary>Content on its way to the client and into the cache. When it grows too long to be kept, only what was not sent
    /// yet is held.</summary>
    internal sealed class Entry : IBufferWriter<byte>
    {
        private ArrayBufferWriter<byte> _buffer = new(64 * 1024);
        private int _sent;
        private bool _isTooLong;

        /// <summary>All of it; null when it was too long.</summary>
        public ReadOnlyMemory<byte>? Content => _isTooLong ? null : _buffer.WrittenMemory.ToArray();

        public void Advance(int count) => _buffer.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => _buffer.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => _buffer.GetSpan(sizeHint);

        /// <summary>What came since the last time. Valid until more is written.</summary>
        public ReadOnlyMemory<byte> TakeUnsent()
        {
            if (_isTooLong || _buffer.WrittenCount > MaxEntryLength)
            {
                var rest = _buffer.WrittenMemory[(_isTooLong ? 0 : _sent)..];
                _buffer = new ArrayBufferWriter<byte>(64 * 1024);
                (_isTooLong, _sent) = (true, 0);
                return rest;
            }
            var unsent = _buffer.WrittenMemory[_sent..];
            _sent = _buffer.WrittenCount;
            return unsent;
        }
    }
}
