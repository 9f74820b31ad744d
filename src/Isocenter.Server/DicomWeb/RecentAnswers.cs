using System.Diagnostics.CodeAnalysis;

namespace Isocenter.Server.DicomWeb;

/// <summary>What answers were made of last, by entity tag: what it was made of cannot change under it. Bounded; what was not
/// asked for the longest goes first. Safe from many threads.</summary>
/// <param name="maxLength">Bytes that are kept in all.</param>
internal sealed class RecentAnswers<T>(long maxLength)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, T Answer, long Length)>> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, T Answer, long Length)> _order = new();
    private long _length;

    public bool TryFind(string key, [MaybeNullWhen(false)] out T answer)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out var node))
            {
                answer = default;
                return false;
            }
            _order.Remove(node);
            _order.AddLast(node);
            answer = node.Value.Answer;
            return true;
        }
    }

    /// <param name="key">Its entity tag.</param>
    /// <param name="answer">What it is made of.</param>
    /// <param name="length">Bytes it takes. One that would take a quarter of the room is not kept.</param>
    public void Keep(string key, T answer, long length)
    {
        if (length > maxLength / 4) return;
        lock (_lock)
        {
            if (_entries.ContainsKey(key)) return;
            _entries.Add(key, _order.AddLast((key, answer, length)));
            _length += length;
            while (_length > maxLength)
            {
                var oldest = _order.First!.Value;
                _order.RemoveFirst();
                _entries.Remove(oldest.Key);
                _length -= oldest.Length;
            }
        }
    }
}
