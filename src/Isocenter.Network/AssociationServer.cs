using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network;

/// <summary>Accepts associations and performs operations on them: the service class provider (PS3.7, PS3.8).</summary>
/// <remarks>A peer that misbehaves costs its own association, never the server. Safe from many threads.</remarks>
public sealed partial class AssociationServer : IAsyncDisposable
{
    private static readonly TimeSpan AcceptPause = TimeSpan.FromMilliseconds(100);
    private static long _lastId;

    private readonly AssociationServerOptions _options;
    private readonly List<Socket> _listeners = [];
    private readonly List<Task> _accepting = [];
    private readonly ConcurrentDictionary<long, Served> _served = new();
    private readonly ConcurrentDictionary<IPAddress, int> _perPeer = new();
    private readonly CancellationTokenSource _stopping = new();
    private int _associations;
    private int _disposed;

    /// <summary>Does not listen yet.</summary>
    public AssociationServer(AssociationServerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
    }

    /// <summary>Where it listens, with the ports really taken.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>Where it listens for TLS, with the ports really taken.</summary>
    public IReadOnlyList<IPEndPoint> TlsEndPoints { get; private set; } = [];

    /// <summary>The associations that stand now.</summary>
    public IReadOnlyList<AssociationInfo> Associations =>
        [.. _served.Values.Select(s => s.Session?.Info).OfType<AssociationInfo>()];

    /// <summary>Begins to listen.</summary>
    /// <exception cref="SocketException">An end point cannot be taken; none is listened on then.</exception>
    /// <exception cref="InvalidOperationException">There are end points for TLS, but no certificate.</exception>
    public void Start()
    {
        if (_options.TlsEndPoints.Count > 0 && _options.Tls?.Certificate is null)
            throw new InvalidOperationException("end points for TLS need a certificate (AssociationServerOptions.Tls.Certificate)");
        try
        {
            foreach (var endPoint in _options.EndPoints.Concat(_options.TlsEndPoints))
            {
                var listener = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                _listeners.Add(listener);
                if (!OperatingSystem.IsWindows()) listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
                listener.Bind(endPoint);
                listener.Listen(512);
            }
        }
        catch
        {
            foreach (var listener in _listeners) listener.Dispose();
            _listeners.Clear();
            throw;
        }
        IPEndPoint[] taken = [.. _listeners.Select(l => (IPEndPoint)l.LocalEndPoint!)];
        EndPoints = taken[.._options.EndPoints.Count];
        TlsEndPoints = taken[_options.EndPoints.Count..];
        for (int i = 0; i < taken.Length; i++)
        {
            var listener = _listeners[i];
            bool isTls = i >= _options.EndPoints.Count;
            _accepting.Add(Task.Run(() => AcceptAsync(listener, isTls)));
        }
    }

    /// <summary>Serves one association over any transport: TLS done elsewhere, or a pipe in a test.</summary>
    /// <param name="transport">Owned from here on. Its pending reads must fail when it is disposed.</param>
    /// <param name="remote">For the policy and the log.</param>
    /// <returns>When the association has ended; never fails.</returns>
    public Task ServeAsync(Stream transport, EndPoint? remote = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        return ServeAsync(transport, remote, isTls: false);
    }

    private Task ServeAsync(Stream transport, EndPoint? remote, bool isTls)
    {
        var served = new Served(Interlocked.Increment(ref _lastId), remote, transport);
        // Counted here, before the next is accepted, so that the limit holds in a flood.
        _served[served.Id] = served;
        return served.Task = Task.Run(() => ServeAsync(served, transport, isTls));
    }

    /// <summary>Stops: accepts nothing more, lets operations that are going on end, and aborts what is left.</summary>
    /// <param name="grace">How long operations may go on.</param>
    /// <param name="cancel">Cuts the grace short.</param>
    public async Task StopAsync(TimeSpan grace, CancellationToken cancel = default)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        foreach (var listener in _listeners) listener.Dispose();
        await Task.WhenAll(_accepting).ConfigureAwait(false);

        foreach (var served in _served.Values) served.Stop();
        var all = Task.WhenAll(_served.Values.Select(s => s.Task));
        try
        {
            await all.WaitAsync(grace, _options.Time, cancel).ConfigureAwait(false);
        }
        catch (Exception late) when (late is TimeoutException or OperationCanceledException)
        {
            foreach (var served in _served.Values) await served.AbortAsync().ConfigureAwait(false);
            // A handler that ignores its token is left to itself: stopping must end.
            await Task.WhenAny(all, Task.Delay(TimeSpan.FromSeconds(1), _options.Time, CancellationToken.None)).ConfigureAwait(false);
        }
    }

    /// <summary>Stops without grace.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _stopping.Dispose();
    }

    private async Task AcceptAsync(Socket listener, bool isTls)
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
                // Out of file descriptors, or the peer was gone before we looked. Neither may end the listening.
                await Task.Delay(AcceptPause, _options.Time, CancellationToken.None).ConfigureAwait(false);
                continue;
            }
            if (_served.Count - Volatile.Read(ref _associations) >= _options.MaxPendingConnections && !MakeRoom())
            {
                Refuse(socket);
                continue;
            }
            try
            {
                var remote = socket.RemoteEndPoint;
                _ = ServeAsync(new SocketTransport(socket), remote, isTls);
            }
            catch (Exception gone) when (gone is SocketException or IOException or ObjectDisposedException)
            {
                socket.Dispose();
            }
        }
    }

    /// <summary>Closes the oldest connection that has not asked for an association.</summary>
    /// <returns>False when there is none.</returns>
    private bool MakeRoom()
    {
        Served? oldest = null;
        foreach (var (_, served) in _served)
            if (served.IsSilent && (oldest is null || served.Id < oldest.Id)) oldest = served;
        if (oldest is null || !oldest.TryDrop()) return false;
        _served.TryRemove(oldest.Id, out _);        // it no longer counts, although its task has still to notice
        TellRefused(oldest.Remote, $"connection closed: it asked for nothing, and {_options.MaxPendingConnections} wait for their association (MaxPendingConnections)");
        return true;
    }

    private void Refuse(Socket socket)
    {
        EndPoint? remote = null;
        try
        {
            remote = socket.RemoteEndPoint;
        }
        catch (SocketException)
        {
            // Gone already.
        }
        socket.Dispose();
        TellRefused(remote, $"connection refused: {_options.MaxPendingConnections} connections wait for their association (MaxPendingConnections)");
    }

    private void TellRefused(EndPoint? remote, string why) => _options.OnEvent?.Invoke(new AssociationEvent(AssociationEventKind.ConnectionRefused,
        new AssociationInfo { Id = 0, IsRequestor = false, RemoteEndPoint = remote }, why));

    /// <summary>One connection, from its acceptance to its end.</summary>
    private sealed class Served(long id, EndPoint? remote, Stream transport)
    {
        private const int Silent = 0, Asked = 1, Dropped = 2;

        private int _state;

        public long Id { get; } = id;

        public EndPoint? Remote { get; } = remote;

        public Task Task { get; set; } = Task.CompletedTask;

        public UpperLayerConnection? Connection { get; set; }

        public DimseSession? Session { get; set; }

        /// <summary>No A-ASSOCIATE-RQ has come yet.</summary>
        public bool IsSilent => Volatile.Read(ref _state) == Silent;

        public void HasAsked() => Interlocked.CompareExchange(ref _state, Asked, Silent);

        /// <returns>False when it has asked in the meantime.</returns>
        public bool TryDrop()
        {
            if (Interlocked.CompareExchange(ref _state, Dropped, Silent) != Silent) return false;
            transport.Dispose();
            return true;
        }

        public void Stop()
        {
            if (Session is { } session) session.Stop();
            else Connection?.Abort(Stopping());
        }

        public async ValueTask AbortAsync()
        {
            Session?.Abort(Stopping());
            if (Connection is not { } connection) return;
            connection.Abort(Stopping());
            await connection.DisposeAsync().ConfigureAwait(false);
        }

        private static AssociationAbortedException Stopping() =>
            new("the association was aborted because the server is stopping", AbortOrigin.Local);
    }
}
