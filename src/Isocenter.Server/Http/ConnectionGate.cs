using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Isocenter.Server.Http;

/// <summary>Keeps connections on which nothing is being asked for from keeping others out: for one more than there is room for, the one that
/// has been quiet longest is closed. Safe from many threads.</summary>
/// <remarks>Quiet is a connection before its request has been read up to its body, and between two requests.</remarks>
/// <param name="room">Connections at a time. More are there only while all of them are being answered.</param>
internal sealed class ConnectionGate(int room)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Turn> _quiet = [];
    private int _count;

    /// <summary>Puts it before all connections of an end point.</summary>
    public void Use(ListenOptions listen) => listen.Use(next => async connection =>
    {
        var turn = Enter(connection);
        connection.Features.Set(turn);
        try
        {
            await next(connection);
        }
        finally
        {
            Leave(turn);
        }
    });

    /// <summary>Counts a connection as one that is being answered, as long as it is.</summary>
    public async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        var turn = http.Features.Get<Turn>();
        if (turn is not null) Move(turn, isQuiet: false);
        try
        {
            await next(http);
        }
        finally
        {
            if (turn is not null) Move(turn, isQuiet: true);
        }
    }

    private Turn Enter(ConnectionContext connection)
    {
        var turn = new Turn(connection);
        ConnectionContext? oldest = null;
        lock (_lock)
        {
            if (++_count > room && _quiet.First is { } first)
            {
                oldest = first.Value.Connection;
                _quiet.RemoveFirst();
            }
            _quiet.AddLast(turn.Node);
        }
        oldest?.Abort(new ConnectionAbortedException("others had something to ask"));
        return turn;
    }

    private void Leave(Turn turn)
    {
        lock (_lock)
        {
            _count--;
            if (turn.Node.List is not null) _quiet.Remove(turn.Node);
            turn.IsGone = true;
        }
    }

    private void Move(Turn turn, bool isQuiet)
    {
        lock (_lock)
        {
            if (turn.Node.List is not null) _quiet.Remove(turn.Node);
            if (isQuiet && !turn.IsGone) _quiet.AddLast(turn.Node);
        }
    }

    private sealed class Turn
    {
        public Turn(ConnectionContext connection)
        {
            Connection = connection;
            Node = new LinkedListNode<Turn>(this);
        }

        public ConnectionContext Connection { get; }

        public LinkedListNode<Turn> Node { get; }

        public bool IsGone { get; set; }
    }
}
