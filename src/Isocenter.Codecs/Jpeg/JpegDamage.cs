namespace Isocenter.Codecs.Jpeg;

/// <summary>The first damage met. Decoding goes on behind it where it can, and the error comes at the end.</summary>
internal sealed class JpegDamage
{
    private CodecException? _first;

    public bool IsAny => _first is not null;

    public void Report(int offset, string problem, string? rule = null) => _first ??= JpegError.At(offset, problem, rule);

    public void Report(CodecException error) => _first ??= error;

    public void ThrowIfAny()
    {
        if (_first is not null) throw _first;
    }
}
