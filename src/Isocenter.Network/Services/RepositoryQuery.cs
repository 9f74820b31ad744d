using System.Runtime.CompilerServices;
using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>A match of a Repository Query with its place in the order of all.</summary>
/// <param name="RecordKey">Record Key (0008,041B): bytes that mean something to the provider only.</param>
/// <param name="Match">The attributes of the entity.</param>
public sealed record RepositoryRecord(ReadOnlyMemory<byte> RecordKey, DataSet Match);

/// <summary>Repository Query (PS3.4 §C.6.4), both sides: a query of the Study Root model whose answer may be taken in portions,
/// each beginning behind the last record of the one before.</summary>
public static class RepositoryQuery
{
    /// <summary>Repository Query SOP Class.</summary>
    public static Uid SopClass { get; } = Uid.Parse(SopClasses.RepositoryQuery);

    /// <summary>0xB001: there is more than was sent.</summary>
    public static Status LimitReached => new(0xB001, "more records match");

    /// <summary>0xA710: the Prior Record Key does not tell where to go on.</summary>
    public static Status InvalidPriorRecordKey => new(0xA710);

    /// <summary>As user: all matches, asked for in portions, which ends when one brings nothing.</summary>
    /// <param name="association">With the provider.</param>
    /// <param name="keys">As for C-FIND with the Study Root model; Record Key is added.</param>
    /// <param name="portion">Most records of one portion; the provider may have a limit of its own.</param>
    /// <param name="after">Goes on behind this Record Key; empty: from the beginning.</param>
    /// <param name="cancel">Cancels the operation.</param>
    /// <returns>Matches in the order of the provider. The Record Key of the last is where to go on after an interruption.</returns>
    /// <exception cref="StatusException">The provider refused.</exception>
    /// <exception cref="DicomFormatException">The provider sends no Record Keys.</exception>
    public static async IAsyncEnumerable<DataSet> FindAllAsync(Association association, DataSet keys, int portion = 1000,
        ReadOnlyMemory<byte> after = default, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentOutOfRangeException.ThrowIfLessThan(portion, 1);
        while (true)
        {
            var asked = keys.Copy().SetBytes(Tags.RecordKey, VR.OB, []).Set<ulong>(Tags.MaximumNumberOfRecords, (ulong)portion);
            if (!after.IsEmpty) asked.SetBytes(Tags.PriorRecordKey, VR.OB, after.ToArray());
            bool any = false;
            await foreach (var match in association.FindAsync(new FindRequest(SopClass, asked), cancel).ConfigureAwait(false))
            {
                after = KeyOf(match, Tags.RecordKey);
                if (after.IsEmpty) throw new DicomFormatException("a response without the Record Key that was asked for", path: "(0008,041B)", rule: "PS3.4 §C.6.4.5.1");
                any = true;
                yield return match;
            }
            if (!any) yield break;
        }
    }

    /// <summary>As provider.</summary>
    /// <param name="find">Matches in the order of their Record Keys, beginning behind the one that is given, empty for the beginning;
    /// <see cref="InvalidPriorRecordKey"/> is a <see cref="StatusException"/> of its own.</param>
    /// <param name="limit">Most records of one operation, however many the user allows.</param>
    public static ServiceHandlers Provider(Func<FindContext, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<RepositoryRecord>> find, int limit = 10_000)
    {
        ArgumentNullException.ThrowIfNull(find);
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        return new ServiceHandlers { AbstractSyntaxes = [SopClass], OnFind = (context, cancel) => FindAsync(context, find, limit, cancel) };
    }

    private static async IAsyncEnumerable<DataSet> FindAsync(FindContext context,
        Func<FindContext, ReadOnlyMemory<byte>, CancellationToken, IAsyncEnumerable<RepositoryRecord>> find, int limit, [EnumeratorCancellation] CancellationToken cancel)
    {
        var keys = context.Identifier;
        ulong asked = keys.Get<ulong>(Tags.MaximumNumberOfRecords, 0);
        ulong most = asked == 0 ? (ulong)limit : Math.Min(asked, (ulong)limit);
        bool wantsKey = keys.Contains(Tags.RecordKey);
        ulong sent = 0;
        await foreach (var record in find(context, KeyOf(keys, Tags.PriorRecordKey), cancel).WithCancellation(cancel).ConfigureAwait(false))
        {
            if (sent++ == most) throw new StatusException(LimitReached);
            yield return wantsKey ? record.Match.Copy().SetBytes(Tags.RecordKey, VR.OB, record.RecordKey.ToArray()) : record.Match;
        }
    }

    private static ReadOnlyMemory<byte> KeyOf(DataSet dataSet, Tag tag) => dataSet.TryFind(tag, out var element) ? element.Bytes : default;
}
