using System.Runtime.CompilerServices;
using Isocenter.Archive;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Server.Settings;

namespace Isocenter.Server.Dimse;

/// <summary>Query as SCP (PS3.4 §C.4.1): C-FIND in the Patient Root and Study Root models, at every level.</summary>
internal sealed class QueryScp(ImageArchive archive, ServerSettings settings)
{
    public async IAsyncEnumerable<DataSet> Find(FindContext context, [EnumeratorCancellation] CancellationToken cancel)
    {
        var level = QueryLevels.Read(context.Identifier, context.SopClassUid);
        var query = new Query { Level = level, Identifier = context.Identifier };
        await foreach (var match in archive.QueryAsync(query, cancel))
        {
            match.Set(Tags.QueryRetrieveLevel, QueryLevels.Name(level));
            match.Set(Tags.RetrieveAETitle, settings.AETitle);
            yield return match;
        }
    }
}
