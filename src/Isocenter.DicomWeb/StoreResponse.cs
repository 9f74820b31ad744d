using Isocenter.Dicom;

namespace Isocenter.DicomWeb;

/// <summary>Gathers the outcome of a store and says it as the Store Instances Response Module (PS3.18 §I.2).</summary>
public sealed class StoreResponse
{
    private readonly List<DataSet> _stored = [];
    private readonly List<DataSet> _failed = [];
    private readonly List<DataSet> _others = [];     // of no instance that could be named

    /// <summary>How many were stored.</summary>
    public int Stored => _stored.Count;

    /// <summary>How many were not.</summary>
    public int Failed => _failed.Count + _others.Count;

    /// <summary>How many were stored with a warning.</summary>
    public int Warned { get; private set; }

    /// <summary>200 when all were stored, 202 when some, or with a warning; when none, 400 if nothing could even be read, else 409 (PS3.18
    /// Table 10.5.3-1).</summary>
    public int StatusCode => Failed == 0 && Warned == 0 && _stored.Count > 0 ? 200 : _stored.Count > 0 ? 202 : _failed.Count == 0 ? 400 : 409;

    /// <summary>An instance is in the archive.</summary>
    /// <param name="sopClassUid">Its SOP class.</param>
    /// <param name="sopInstanceUid">Its UID.</param>
    /// <param name="retrieveUrl">Where it can be fetched; null when it is a superseded version, which cannot.</param>
    /// <param name="warningReason">(0008,1196), when it was stored with a warning.</param>
    public void AddStored(string sopClassUid, string sopInstanceUid, string? retrieveUrl, ushort? warningReason = null)
    {
        var item = Reference(sopClassUid, sopInstanceUid);
        if (retrieveUrl is not null) item.SetText(Tags.RetrieveURL, VR.UR, retrieveUrl);
        if (warningReason is { } reason)
        {
            item.Set(Tags.WarningReason, reason);
            Warned++;
        }
        _stored.Add(item);
    }

    /// <summary>An instance was not stored.</summary>
    /// <param name="sopClassUid">Its SOP class; null when it could not be read.</param>
    /// <param name="sopInstanceUid">Its UID; null when it could not be read.</param>
    /// <param name="failureReason">(0008,1197), PS3.18 Table I.2-2.</param>
    /// <param name="comment">The reason in words, as Error Comment (0000,0902) would say it.</param>
    public void AddFailed(string? sopClassUid, string? sopInstanceUid, ushort failureReason, string comment)
    {
        var item = Reference(sopClassUid, sopInstanceUid).Set(Tags.FailureReason, failureReason);
        // Our own messages cite sections of the standard with a §.
        if (!System.Text.Ascii.IsValid(comment)) item.Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        item.SetText(Tags.TextValue, VR.UT, comment.Length > 1024 ? comment[..1024] : comment);
        (sopClassUid is null || sopInstanceUid is null ? _others : _failed).Add(item);
    }

    /// <summary>The response module.</summary>
    /// <param name="studyUrl">Retrieve URL of the study, when all instances belong to one.</param>
    public DataSet ToDataSet(string? studyUrl)
    {
        var dataSet = new DataSet();
        // Type 2: objects of several studies have no one address.
        if (studyUrl is not null) dataSet.SetText(Tags.RetrieveURL, VR.UR, studyUrl);
        else dataSet.SetBytes(Tags.RetrieveURL, VR.UR, default);
        if (_failed.Count > 0) dataSet.Set(Tags.FailedSOPSequence, _failed.ToArray());
        if (_others.Count > 0) dataSet.Set(Tags.OtherFailuresSequence, _others.ToArray());
        if (_stored.Count > 0) dataSet.Set(Tags.ReferencedSOPSequence, _stored.ToArray());
        return dataSet;
    }

    private static DataSet Reference(string? sopClassUid, string? sopInstanceUid)
    {
        var item = new DataSet();
        if (sopClassUid is not null) item.SetText(Tags.ReferencedSOPClassUID, VR.UI, sopClassUid);
        if (sopInstanceUid is not null) item.SetText(Tags.ReferencedSOPInstanceUID, VR.UI, sopInstanceUid);
        return item;
    }
}
