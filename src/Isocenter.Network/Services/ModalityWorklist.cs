using System.Runtime.CompilerServices;
using Isocenter.Dicom;

namespace Isocenter.Network.Services;

/// <summary>Modality Worklist (PS3.4 Annex K), both sides. One answer is one scheduled procedure step.</summary>
public static class ModalityWorklist
{
    /// <summary>Modality Worklist Information Model - FIND.</summary>
    public static Uid SopClass { get; } = Uid.Parse(SopClasses.ModalityWorklistInformationModelFind);

    /// <summary>An Identifier with the attributes that a modality usually wants back, all empty; set the ones that are to
    /// match (PS3.4 Table K.6-1).</summary>
    public static DataSet Keys()
    {
        var keys = new DataSet().Set(Tags.SpecificCharacterSet, "ISO_IR 192");
        foreach (var tag in (ReadOnlySpan<Tag>)[Tags.AccessionNumber, Tags.ReferringPhysicianName, Tags.PatientName, Tags.PatientID,
            Tags.PatientBirthDate, Tags.PatientSex, Tags.PatientWeight, Tags.MedicalAlerts, Tags.Allergies, Tags.PregnancyStatus,
            Tags.StudyInstanceUID, Tags.RequestingPhysician, Tags.RequestedProcedureDescription, Tags.AdmissionID,
            Tags.SpecialNeeds, Tags.CurrentPatientLocation, Tags.PatientState, Tags.RequestedProcedureID,
            Tags.RequestedProcedurePriority, Tags.PatientTransportArrangements, Tags.ConfidentialityConstraintOnPatientDataDescription])
            keys.SetBytes(tag, DataDictionary.VROf(tag), []);
        keys.Set<DataSet>(Tags.ReferencedStudySequence).Set<DataSet>(Tags.ReferencedPatientSequence).Set<DataSet>(Tags.RequestedProcedureCodeSequence);
        var step = new DataSet();
        foreach (var tag in (ReadOnlySpan<Tag>)[Tags.Modality, Tags.RequestedContrastAgent, Tags.ScheduledStationAETitle,
            Tags.ScheduledProcedureStepStartDate, Tags.ScheduledProcedureStepStartTime, Tags.ScheduledPerformingPhysicianName,
            Tags.ScheduledProcedureStepDescription, Tags.ScheduledProcedureStepID, Tags.ScheduledStationName,
            Tags.ScheduledProcedureStepLocation, Tags.PreMedication, Tags.ScheduledProcedureStepStatus])
            step.SetBytes(tag, DataDictionary.VROf(tag), []);
        step.Set<DataSet>(Tags.ScheduledProtocolCodeSequence);
        return keys.Set(Tags.ScheduledProcedureStepSequence, step);
    }

    /// <summary>As provider: matches the keys against entries, and returns the attributes asked for.</summary>
    /// <param name="entries">All there are. An entry of several scheduled procedure steps makes an answer for each that matches.</param>
    /// <param name="options">How to match.</param>
    public static ServiceHandlers Provider(Func<CancellationToken, IEnumerable<DataSet>> entries, MatchingOptions? options = null) => new()
    {
        AbstractSyntaxes = [SopClass],
        OnFind = (context, cancel) => FindAsync(context.Identifier, entries(cancel), options, cancel),
    };

    private static async IAsyncEnumerable<DataSet> FindAsync(
        DataSet keys, IEnumerable<DataSet> entries, MatchingOptions? options, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Off the thread of the caller: reading entries may take its time.
        await Task.Yield();
        foreach (var entry in entries)
        {
            cancel.ThrowIfCancellationRequested();
            foreach (var step in Steps(entry))
                if (Matcher.Matches(keys, step, options)) yield return ReturnKeys.Of(keys, step);
        }
    }

    private static IEnumerable<DataSet> Steps(DataSet entry)
    {
        if (entry.GetAll<DataSet>(Tags.ScheduledProcedureStepSequence) is not { Count: > 1 } steps) return [entry];
        return steps.Select((_, index) =>
        {
            var one = entry.Copy();
            for (int i = steps.Count - 1; i >= 0; i--)
                if (i != index) one.RemoveItem(Tags.ScheduledProcedureStepSequence, i);
            return one;
        });
    }
}
