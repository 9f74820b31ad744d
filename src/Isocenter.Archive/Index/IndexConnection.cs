using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Isocenter.Archive;

/// <summary>One connection to the index with its prepared statements. One user at a time.</summary>
internal sealed class IndexConnection : IDisposable
{
    private const int MaxStatements = 64;
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, SqliteCommand> _statements = new(StringComparer.Ordinal);
    private SqliteTransaction? _transaction;

    private IndexConnection(SqliteConnection connection) => _connection = connection;

    public static IndexConnection Open(string path, bool write, TimeSpan? lockTimeout = null)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = write ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadWrite,
            Pooling = false,
            DefaultTimeout = (int)(lockTimeout ?? TimeSpan.FromSeconds(30)).TotalSeconds,
        };
        var connection = new SqliteConnection(text.ToString());
        var index = new IndexConnection(connection);
        try
        {
            connection.Open();
            // Rows may be lost by a power cut; they are completed from the files at the next start (docs/decisions/0004).
            index.Run("PRAGMA journal_mode = WAL");
            index.Run("PRAGMA synchronous = NORMAL");
            index.Run("PRAGMA wal_autocheckpoint = 0");
            index.Run("PRAGMA temp_store = MEMORY");
            index.Run(write ? "PRAGMA cache_size = -65536" : "PRAGMA cache_size = -16384");
            if (write) Schema.Prepare(connection);
            else index.Run("PRAGMA query_only = 1");
            return index;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            index.Dispose();
            throw Damaged(e);
        }
        catch
        {
            index.Dispose();
            throw;
        }
    }

    public static ArchiveException Damaged(SqliteException e) =>
        new(ArchiveProblem.IndexDamaged, $"the index is damaged ({e.Message}); 'isocenter reindex' rebuilds it from the files", e);

    public static bool IsFull(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_FULL or raw.SQLITE_IOERR;

    public void Begin() => _transaction = _connection.BeginTransaction(deferred: false);

    public void Commit()
    {
        _transaction!.Commit();
        End();
    }

    public void Rollback()
    {
        if (_transaction is null) return;
        try
        {
            _transaction.Rollback();
        }
        catch (SqliteException)
        {
            // SQLite rolled back by itself, as it does when the disk is full.
        }
        End();
    }

    public void Run(string sql, params ReadOnlySpan<object?> parameters) => Prepare(sql, parameters).ExecuteNonQuery();

    public object? Scalar(string sql, params ReadOnlySpan<object?> parameters)
    {
        object? value = Prepare(sql, parameters).ExecuteScalar();
        return value is DBNull ? null : value;
    }

    public long Number(string sql, params ReadOnlySpan<object?> parameters) =>
        Convert.ToInt64(Scalar(sql, parameters) ?? 0L, CultureInfo.InvariantCulture);

    public SqliteDataReader Read(string sql, params ReadOnlySpan<object?> parameters) => Prepare(sql, parameters).ExecuteReader();

    /// <summary>Copies the database as it is at one moment into a new file, and brings that to disk.</summary>
    public void CopyTo(string path)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false };
        using (var copy = new SqliteConnection(text.ToString()))
        {
            copy.Open();
            _connection.BackupDatabase(copy);
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Makes a running statement end with an error. May be called from any thread.</summary>
    public void Interrupt() => raw.sqlite3_interrupt(_connection.Handle);

    public void Dispose()
    {
        Rollback();
        foreach (var statement in _statements.Values) statement.Dispose();
        _connection.Dispose();
    }

    private void End()
    {
        _transaction?.Dispose();
        _transaction = null;
    }

    private SqliteCommand Prepare(string sql, ReadOnlySpan<object?> parameters)
    {
        if (!_statements.TryGetValue(sql, out var command))
        {
            if (_statements.Count >= MaxStatements) Forget();
            command = _connection.CreateCommand();
            command.CommandText = sql;
            for (int i = 0; i < parameters.Length; i++)
                command.Parameters.Add(new SqliteParameter { ParameterName = "@" + i.ToString(CultureInfo.InvariantCulture) });
            _statements.Add(sql, command);
        }
        command.Transaction = _transaction;
        for (int i = 0; i < parameters.Length; i++) command.Parameters[i].Value = parameters[i] ?? DBNull.Value;
        return command;
    }

    private void Forget()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _statements.Clear();
    }
}
