using System.Text;
using Isocenter.Dicom;

namespace Isocenter.Network.Services;

/// <summary>Who wants to hear of which Unified Procedure Step (PS3.4 §CC.2.3). Not safe from several threads.</summary>
/// <remarks>What is kept of a subscriber is one data set: Receiving AE; the steps in Referenced SOP Sequence, each with its Deletion
/// Lock; of a global subscription its lock and, as the one item of General Matching Sequence, its filter.</remarks>
internal sealed class SubscriptionList
{
    private readonly Dictionary<Uid, Dictionary<string, bool>> _ofSteps = [];
    private readonly Dictionary<string, (bool Locks, DataSet? Filter)> _global = new(StringComparer.Ordinal);
    private readonly ISopInstanceStore? _store;

    /// <param name="store">Keeps them; null: they are in memory only.</param>
    public SubscriptionList(ISopInstanceStore? store)
    {
        _store = store;
        foreach (var (_, kept) in store?.All ?? []) Read(kept);
    }

    public IEnumerable<string> Of(Uid uid) => _ofSteps.TryGetValue(uid, out var receivers) ? [.. receivers.Keys] : [];

    public void Subscribe(string receiver, Uid uid, bool locks)
    {
        Note(receiver, uid, locks);
        Keep(receiver);
    }

    public void Unsubscribe(string receiver, Uid uid)
    {
        if (_ofSteps.TryGetValue(uid, out var receivers)) receivers.Remove(receiver);
        Keep(receiver);
    }

    /// <returns>The steps that it is subscribed to by this.</returns>
    public List<KeyValuePair<Uid, DataSet>> SubscribeGlobally(string receiver, bool locks, DataSet? filter, IEnumerable<KeyValuePair<Uid, DataSet>> steps)
    {
        _global[receiver] = (locks, filter);
        var matching = steps.Where(step => filter is null || Matcher.Matches(filter, step.Value)).ToList();
        foreach (var (uid, _) in matching) Note(receiver, uid, locks);
        Keep(receiver);
        return matching;
    }

    public void UnsubscribeGlobally(string receiver)
    {
        _global.Remove(receiver);
        foreach (var receivers in _ofSteps.Values) receivers.Remove(receiver);
        Keep(receiver);
    }

    /// <summary>Steps to come are not subscribed to; those that are, stay.</summary>
    public void SuspendGlobally(string receiver)
    {
        _global.Remove(receiver);
        Keep(receiver);
    }

    public void Added(Uid uid, DataSet step)
    {
        foreach (var (receiver, (locks, filter)) in _global)
            if (filter is null || Matcher.Matches(filter, step)) Subscribe(receiver, uid, locks);
    }

    private void Note(string receiver, Uid uid, bool locks)
    {
        if (!_ofSteps.TryGetValue(uid, out var receivers)) _ofSteps[uid] = receivers = new(StringComparer.Ordinal);
        receivers[receiver] = locks;
    }

    private void Keep(string receiver)
    {
        if (_store is null) return;
        var key = Uid.FromName(Encoding.UTF8.GetBytes(receiver));
        DataSet[] steps = [.. _ofSteps.Where(step => step.Value.ContainsKey(receiver)).Select(step => new DataSet()
            .SetText(Tags.ReferencedSOPInstanceUID, VR.UI, step.Key.Value).Set(Tags.DeletionLock, Text(step.Value[receiver])))];
        bool isGlobal = _global.TryGetValue(receiver, out var global);
        if (steps.Length == 0 && !isGlobal)
        {
            _store.Remove(key);
            return;
        }
        var kept = new DataSet().Set(Tags.ReceivingAE, receiver).Set(Tags.ReferencedSOPSequence, steps);
        if (isGlobal)
        {
            kept.Set(Tags.DeletionLock, Text(global.Locks));
            if (global.Filter is not null) kept.Set(Tags.GeneralMatchingSequence, global.Filter.Copy());
        }
        _store.Save(key, kept);
    }

    private void Read(DataSet kept)
    {
        string receiver = kept.Get(Tags.ReceivingAE, "").Trim();
        if (receiver.Length == 0) return;
        foreach (var step in kept.GetAll<DataSet>(Tags.ReferencedSOPSequence))
            if (Uid.TryParseLenient(step.Get(Tags.ReferencedSOPInstanceUID, ""), out var uid)) Note(receiver, uid, IsLock(step));
        if (kept.Contains(Tags.DeletionLock)) _global[receiver] = (IsLock(kept), kept.GetAll<DataSet>(Tags.GeneralMatchingSequence) is [var filter, ..] ? filter : null);
    }

    private static string Text(bool locks) => locks ? "TRUE" : "FALSE";

    private static bool IsLock(DataSet item) => item.Get(Tags.DeletionLock, "").Trim() == "TRUE";
}
