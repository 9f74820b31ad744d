using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Win32.SafeHandles;

namespace Isocenter.Server.Http;

/// <summary>What a connection sends, handed to its socket when it is flushed: without the pipe between, which cuts large
/// answers into blocks of 4 KB, and with ranges of files that the system sends by itself, without a copy of them here.</summary>
/// <remarks>Stands between the HTTP layer and the connection (<see cref="Use"/>). One writer at a time, as for any
/// <see cref="PipeWriter"/>; a flush ends when the socket has taken everything, so a slow client slows the answer.</remarks>
internal sealed class SocketOutput : PipeWriter, IDisposable
{
    /// <summary>A client that takes nothing for so long is gone. The system watches: how much of a file it has sent is not known here.</summary>
    private static readonly TimeSpan LongestStall = TimeSpan.FromMinutes(2);

    private readonly Socket _socket;
    private readonly PipeWriter _inner;
    private readonly ConnectionContext _connection;
    private byte[] _bytes = [];
    private int _used;
    private FileRange? _file;
    private bool _isCompleted;
    private bool _isFlushCanceled;

    private SocketOutput(Socket socket, ConnectionContext connection)
    {
        _socket = socket;
        _connection = connection;
        _inner = connection.Transport.Output;
    }

    /// <summary>Puts it before all connections of an end point.</summary>
    public static void Use(ListenOptions listen) => listen.Use(static next => async connection =>
    {
        if (connection.Features.Get<IConnectionSocketFeature>() is not { } feature)
        {
            await next(connection);
            return;
        }
        GiveUpStalled(feature.Socket);
        var transport = connection.Transport;
        using var output = new SocketOutput(feature.Socket, connection);
        connection.Transport = new Duplex(transport.Input, output);
        connection.Features.Set(output);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = transport;
        }
    });

    /// <summary>TCP_USER_TIMEOUT of Linux: how long sent bytes may go without an acknowledgement, and bytes wait for a window that is shut.</summary>
    private static void GiveUpStalled(Socket socket)
    {
        const int tcp = 6, userTimeout = 18;
        if (!OperatingSystem.IsLinux() || socket.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6)) return;
        Span<byte> milliseconds = stackalloc byte[sizeof(int)];
        System.Runtime.InteropServices.MemoryMarshal.Write(milliseconds, (int)LongestStall.TotalMilliseconds);
        socket.SetRawSocketOption(tcp, userTimeout, milliseconds);
    }

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _used + (_file?.Length ?? 0);

    /// <summary>Sends a range of a file as the next bytes of the answer.</summary>
    /// <param name="body">The body of the answer, on this connection and begun, with a Content-Length that counts the range.</param>
    /// <param name="file">Stays open until this has ended.</param>
    /// <param name="offset">First byte of the file.</param>
    /// <param name="length">Bytes, all of them there.</param>
    /// <param name="cancel">Ends it; the connection is of no use then.</param>
    public async ValueTask SendFileAsync(PipeWriter body, SafeFileHandle file, long offset, long length, CancellationToken cancel)
    {
        while (length > 0)
        {
            int n = (int)Math.Min(length, 1 << 30);
            _file = new FileRange(file, offset, n);
            // The layer above counts bytes against Content-Length; that these are not in its memory is known here only.
            body.GetMemory(1);
            body.Advance(n);
            await body.FlushAsync(cancel);
            if (_file is not null)
            {
                // The layer above has given the answer up, or kept what it counted: nothing may follow.
                _connection.Abort();
                throw new ConnectionAbortedException("the connection was closed before the file was sent");
            }
            offset += n;
            length -= n;
        }
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        int least = Math.Max(sizeHint, 1);
        if (_bytes.Length - _used < least) Grow(least);
        return _bytes.AsMemory(_used);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        if (_file is { IsCounted: false } file)
        {
            // Never bytes of something else in their place.
            if (bytes != file.Length) throw new InvalidOperationException($"{bytes} bytes came where {file.Length} of a file belong");
            file.IsCounted = true;
            return;
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bytes, (uint)(_bytes.Length - _used), nameof(bytes));
        _used += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
        _isCompleted || (_used == 0 && _file is null) ? new ValueTask<FlushResult>(Result()) : SendAsync(cancellationToken);

    /// <summary>The next flush, or the one under way, says that it was canceled; what the socket has begun it ends.</summary>
    public override void CancelPendingFlush() => _isFlushCanceled = true;

    public override void Complete(Exception? exception = null)
    {
        if (!_isCompleted && _used > 0) _inner.Write(_bytes.AsSpan(0, _used));
        _used = 0;
        _isCompleted = true;
        _inner.Complete(exception);
    }

    public void Dispose() => Release();

    private async ValueTask<FlushResult> SendAsync(CancellationToken cancel)
    {
        try
        {
            for (int at = 0; at < _used;) at += await _socket.SendAsync(_bytes.AsMemory(at, _used - at), cancel);
            _used = 0;
            Release();
            if (_file is { IsCounted: true } file)
            {
                await SendAsync(file);
                _file = null;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException or OperationCanceledException)
        {
            // How much was sent is not known: nothing may follow on this connection.
            _isCompleted = true;
            _connection.Abort(new ConnectionAbortedException("an answer was not sent to its end", e));
            if (e is OperationCanceledException) throw;
        }
        return Result();
    }

    private async ValueTask SendAsync(FileRange range)
    {
        var stream = new FileStream(range.File, FileAccess.Read, bufferSize: 0, isAsync: true);
#pragma warning disable CA1816 // The handle is the caller's, who closes it: the stream is left alone, and so by the collector.
        GC.SuppressFinalize(stream);
#pragma warning restore CA1816
        var sent = new TaskCompletionSource();
        using var send = new SocketAsyncEventArgs { SendPacketsElements = [new SendPacketsElement(stream, range.Offset, range.Length)] };
        send.Completed += (_, _) => sent.SetResult();
        if (_socket.SendPacketsAsync(send)) await sent.Task;
        if (send.SocketError != SocketError.Success) throw new SocketException((int)send.SocketError);
        if (send.BytesTransferred != range.Length) throw new IOException($"a file ended after {send.BytesTransferred} of {range.Length} bytes");
    }

    private FlushResult Result()
    {
        bool canceled = _isFlushCanceled;
        _isFlushCanceled = false;
        return new FlushResult(canceled, _isCompleted);
    }

    private void Grow(int least)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_used + least, 4096));
        _bytes.AsSpan(0, _used).CopyTo(larger);
        Release();
        _bytes = larger;
    }

    private void Release()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    private sealed record FileRange(SafeFileHandle File, long Offset, int Length)
    {
        /// <summary>The layer above has counted it.</summary>
        public bool IsCounted { get; set; }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
