using System.Buffers;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

/// <summary>How an <see cref="AssociationProxy"/> works.</summary>
public sealed record AssociationProxyOptions
{
    /// <summary>Where to listen; port 0 takes any free one, see <see cref="AssociationProxy.EndPoint"/>.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Name or address of the peer that is meant.</summary>
    public required string Host { get; init; }

    /// <summary>Its TCP port.</summary>
    public required int Port { get; init; }

    /// <summary>What a requestor sees when it calls over TLS, which it then has to; its certificate is needed. Null: bytes pass as they
    /// come, TLS among them, which cannot be read.</summary>
    public TlsOptions? Tls { get; init; }

    /// <summary>Call the peer over TLS; null: as the requestor does, when <see cref="Tls"/> is null, else without.</summary>
    public TlsOptions? PeerTls { get; init; }

    /// <summary>Hears what passes, one event at a time for each direction of a connection, from several at once. What passes
    /// waits for it.</summary>
    public required Action<ProxyEvent> OnEvent { get; init; }

    /// <summary>Most connections at a time; one more is closed.</summary>
    public int MaxConnections { get; init; } = 256;

    /// <summary>Most bytes of a data set that an event holds.</summary>
    public int MaxDataSetBytes { get; init; } = 64 * 1024;

    /// <summary>Longest wait for the connection to the peer.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The clock and its timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>Stands between two peers, passes their bytes on unchanged (TLS may begin and end here), and tells what they say: PDUs, association items,
/// command sets, the beginnings of data sets.</summary>
/// <remarks>A side that does not read slows down the one that writes; no more than a buffer waits here. Safe from many
/// threads.</remarks>
public sealed class AssociationProxy : IAsyncDisposable
{
    private const int BufferLength = 64 * 1024;

    private readonly AssociationProxyOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<long, Task> _connections = [];
    private Socket? _listener;
    private Task _accepting = Task.CompletedTask;
    private long _lastConnection;

    /// <summary>Does nothing yet.</summary>
    public AssociationProxy(AssociationProxyOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        EndPoint = options.Listen;
    }

    /// <summary>Where it listens.</summary>
    public IPEndPoint EndPoint { get; private set; }

    /// <summary>Listens.</summary>
    /// <exception cref="SocketException">Somebody else listens there, or the address is not of this machine.</exception>
    public void Start()
    {
        var listener = new Socket(_options.Listen.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (_options.Listen.Address.Equals(IPAddress.IPv6Any)) listener.DualMode = true;
            listener.Bind(_options.Listen);
            listener.Listen(512);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        _listener = listener;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        _accepting = Task.Run(() => AcceptAsync(listener));
    }

    /// <summary>Ends all connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested) return;
        await _stopping.CancelAsync().ConfigureAwait(false);
        _listener?.Dispose();
        await _accepting.ConfigureAwait(false);
        await Task.WhenAll(_connections.Values).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener)
    {
        while (!_stopping.IsCancellationRequested)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(_stopping.Token).ConfigureAwait(false);
            }
            catch (Exception stopped) when (stopped is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // Gone before we looked, or no file descriptors: neither ends the listening.
                await Task.Delay(TimeSpan.FromMilliseconds(50), _options.Time, CancellationToken.None).ConfigureAwait(false);
                continue;
            }
            if (_connections.Count >= _options.MaxConnections)
            {
                socket.Dispose();
                continue;
            }
            long id = ++_lastConnection;
            _connections[id] = Task.CompletedTask;
            var connection = Task.Run(() => ServeAsync(id, socket), CancellationToken.None);
            if (!_connections.TryUpdate(id, connection, Task.CompletedTask)) continue;      // it has ended already
        }
    }

    private async Task ServeAsync(long id, Socket requestor)
    {
        using var near = requestor;
        using var far = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        var decoder = new ProxyDecoder(id, _options);
        long[] bytes = new long[2];
        string? problem = null;
        try
        {
            if (await ConnectAsync(far).ConfigureAwait(false) is { } failed)
            {
                problem = failed;
                return;
            }
            Stream nearBytes = new SocketTransport(near), farBytes = new SocketTransport(far);
            if (_options.Tls is { } tls) nearBytes = await TlsHandshake.AcceptAsync(nearBytes, tls, _options.Time, _stopping.Token).ConfigureAwait(false);
            if (_options.PeerTls is { } peer) farBytes = await TlsHandshake.ConnectAsync(farBytes, _options.Host, peer, _options.Time, _stopping.Token).ConfigureAwait(false);
            _options.OnEvent(new ProxyConnected(id, near.RemoteEndPoint));
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            Side one = new(near, nearBytes), other = new(far, farBytes);
            var there = PassAsync(one, other, decoder.FromRequestor, count => bytes[0] += count, end);
            var back = PassAsync(other, one, decoder.FromAcceptor, count => bytes[1] += count, end);
            problem = await there.ConfigureAwait(false) ?? await back.ConfigureAwait(false);
            await back.ConfigureAwait(false);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException or IOException or TlsException or AssociationException)
        {
            problem = gone.Message;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            problem = "the proxy ends";
        }
        finally
        {
            _options.OnEvent(new ProxyClosed(id, bytes[0], bytes[1], problem));
            _connections.TryRemove(id, out _);
        }
    }

    /// <summary>One of the two connections.</summary>
    private readonly record struct Side(Socket Socket, Stream Bytes)
    {
        /// <summary>Says that nothing more comes, and stays open for what the other side still has to say.</summary>
        public async Task EndAsync()
        {
            if (Bytes is SslStream tls) await tls.ShutdownAsync().ConfigureAwait(false);
            Socket.Shutdown(SocketShutdown.Send);
        }
    }

    /// <returns>Why there is no connection; null when there is one.</returns>
    private async Task<string?> ConnectAsync(Socket far)
    {
        using var deadline = new CancellationTokenSource(_options.ConnectTimeout, _options.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopping.Token);
        try
        {
            await far.ConnectAsync(_options.Host, _options.Port, either.Token).ConfigureAwait(false);
            return null;
        }
        catch (SocketException fault)
        {
            return $"no connection to {_options.Host}:{_options.Port}: {fault.Message}";
        }
        catch (OperationCanceledException)
        {
            return $"no connection to {_options.Host}:{_options.Port} within {_options.ConnectTimeout.TotalSeconds} s";
        }
    }

    /// <summary>Passes one direction on until it ends; the other may go on.</summary>
    /// <returns>How it ended, when it was not in order.</returns>
    private static async Task<string?> PassAsync(Side from, Side to, PduFollower follower, Action<int> count, CancellationTokenSource end)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            while (true)
            {
                int read = await from.Bytes.ReadAsync(buffer.AsMemory(0, BufferLength), end.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    await to.EndAsync().ConfigureAwait(false);
                    return null;
                }
                count(read);
                // Told first, so that a question is heard before its answer.
                follower.Take(buffer.AsSpan(0, read));
                await to.Bytes.WriteAsync(buffer.AsMemory(0, read), end.Token).ConfigureAwait(false);
            }
        }
        catch (Exception broken) when (broken is SocketException or ObjectDisposedException or IOException)
        {
            // What one side did is done to the other: its connection is cut too.
            await end.CancelAsync().ConfigureAwait(false);
            return (broken.InnerException as SocketException ?? broken).Message;
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
