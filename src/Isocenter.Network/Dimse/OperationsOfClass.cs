using Isocenter.Dicom;

namespace Isocenter.Network.Dimse;

/// <summary>Which composite operations a SOP class has (PS3.4): an object is not stored on the context of a query.</summary>
internal static class OperationsOfClass
{
    /// <summary>True also for a SOP class that is in no edition we know: what its operations are is for its handler to say.</summary>
    public static bool Allow(CommandField operation, Uid abstractSyntax)
    {
        if (operation is not (CommandField.CStoreRQ or CommandField.CFindRQ or CommandField.CMoveRQ or CommandField.CGetRQ)) return true;
        if (!UidDictionary.TryFind(abstractSyntax.Value, out var entry)) return true;
        return operation switch
        {
            CommandField.CStoreRQ => AcceptancePolicy.IsStorage(abstractSyntax),
            CommandField.CMoveRQ => entry.Keyword.EndsWith("Move", StringComparison.Ordinal),
            CommandField.CGetRQ => entry.Keyword.EndsWith("Get", StringComparison.Ordinal),
            // Worklists and the models of Query/Retrieve end in Find, other queries in Query; a step is found as PULL and WATCH too.
            _ => entry.Keyword.EndsWith("Find", StringComparison.Ordinal) || entry.Keyword.EndsWith("Query", StringComparison.Ordinal)
                || abstractSyntax.Value is SopClasses.UnifiedProcedureStepPull or SopClasses.UnifiedProcedureStepWatch,
        };
    }
}
