namespace Isocenter.Dicom;

/// <content>For the writers of text models, which go through all elements and look at each once.</content>
public sealed partial class DataSet
{
    /// <summary>The entries in order.</summary>
    internal ReadOnlySpan<Entry> Entries => _entries.AsSpan(0, _count);

    /// <summary>What the entries with nothing attached refer to.</summary>
    internal ReadOnlySpan<byte> BufferSpan => _buffer is null ? default : _buffer.Memory.Span;
}
