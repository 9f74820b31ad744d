using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Isocenter.Network.UpperLayer;

/// <summary>A TCP connection as a stream, with Nagle's algorithm off and with acknowledgements sent at once.</summary>
/// <remarks>Most modalities leave Nagle's algorithm on: the end of each message waits in their kernel for our
/// acknowledgement, which our kernel delays by 40 ms. Linux falls back to delaying by itself, so TCP_QUICKACK is set
/// again after each receive (tcp(7)).</remarks>
internal sealed class SocketTransport : NetworkStream
{
    private const int IpProtoTcp = 6;
    private const int TcpQuickAck = 12;

    private static ReadOnlySpan<byte> One => [1, 0, 0, 0];

    /// <param name="socket">Connected; owned from here on.</param>
    public SocketTransport(Socket socket) : base(socket, ownsSocket: true)
    {
        socket.NoDelay = true;
        AcknowledgeAtOnce();
    }

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var reading = base.ReadAsync(buffer, cancellationToken);
        if (!reading.IsCompletedSuccessfully) return ReadSlowAsync(reading);
        int count = reading.GetAwaiter().GetResult();
        if (count > 0) AcknowledgeAtOnce();
        return new ValueTask<int>(count);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> ReadSlowAsync(ValueTask<int> reading)
    {
        int count = await reading.ConfigureAwait(false);
        if (count > 0) AcknowledgeAtOnce();
        return count;
    }

    private void AcknowledgeAtOnce()
    {
        if (!OperatingSystem.IsLinux()) return;
        try
        {
            Socket.SetRawSocketOption(IpProtoTcp, TcpQuickAck, One);
        }
        catch (SocketException)
        {
            // The connection broke meanwhile; the next read says so.
        }
        catch (ObjectDisposedException)
        {
            // As above.
        }
    }
}
