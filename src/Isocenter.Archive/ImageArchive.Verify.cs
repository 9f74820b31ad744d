using System.Runtime.CompilerServices;

namespace Isocenter.Archive;

/// <content>Checking what is stored.</content>
public sealed partial class ImageArchive
{
    private const int VerifyBatch = 256;

    /// <summary>Reads every stored file, superseded versions included and deleted ones not, in the order of arrival, and
    /// compares it with the checksums that were made when it arrived.</summary>
    /// <param name="cancel">Ends it.</param>
    /// <returns>Each with what was found. What is stored meanwhile is checked too.</returns>
    public async IAsyncEnumerable<(StoredInstance Instance, VerifyResult Result)> VerifyAllAsync([EnumeratorCancellation] CancellationToken cancel = default)
    {
        long after = -1;
        while (true)
        {
            var batch = await _readers.RunAsync(index => LoadAfter(index, after, VerifyBatch), cancel).ConfigureAwait(false);
            if (batch.Count == 0) yield break;
            foreach (var instance in batch) yield return (instance, await VerifyAsync(instance, cancel).ConfigureAwait(false));
            after = batch[^1].Id.High;
        }
    }

    private static List<StoredInstance> LoadAfter(IndexConnection index, long after, int limit)
    {
        var batch = new List<StoredInstance>(limit);
        using var rows = index.Read($"""
            SELECT {StoredInstances.Columns} FROM instances i CROSS JOIN series se ON se.key = i.series_key
            CROSS JOIN studies st ON st.key = se.study_key CROSS JOIN patients p ON p.key = st.patient_key
            WHERE i.key > @0 AND i.deletion = 0 ORDER BY i.key LIMIT @1
            """, after, limit);
        while (rows.Read()) batch.Add(StoredInstances.Read(rows, CorrectionBook.Empty));
        return batch;
    }
}
