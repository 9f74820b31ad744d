using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>Display System Management (PS3.4 Annex EE), both sides: what the displays of a workstation are, and how they were
/// calibrated, by N-GET on the one instance there is.</summary>
public static class DisplaySystem
{
    /// <summary>Display System SOP Class.</summary>
    public static Uid SopClass { get; } = Uid.Parse(SopClasses.DisplaySystem);

    /// <summary>Its well-known instance (PS3.4 §EE.3.2).</summary>
    public static Uid SopInstance { get; } = Uid.Parse("1.2.840.10008.5.1.1.40.1");

    /// <summary>As user: asks for attributes, for all when none is named.</summary>
    public static Task<NormalizedResponse> GetAsync(Association association, IReadOnlyList<Tag>? attributes = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NGetAsync(new NormalizedTarget(SopClass, SopInstance), attributes ?? [], cancel);
    }

    /// <summary>As provider.</summary>
    /// <param name="current">How things stand now (PS3.3 §C.8.34 and alike). Attributes asked for that it has not are 0x0107,
    /// a warning, as PS3.7 has it.</param>
    public static ServiceHandlers Provider(Func<DataSet> current)
    {
        ArgumentNullException.ThrowIfNull(current);
        return new ServiceHandlers
        {
            AbstractSyntaxes = [SopClass],
            OnNGet = (context, _) =>
            {
                if (context.SopInstanceUid != SopInstance) return ValueTask.FromResult<NormalizedResponse>(Status.NoSuchSopInstance);
                var system = current();
                var missing = context.AttributeIdentifierList.Where(tag => !system.Contains(tag)).ToArray();
                var answer = NormalizedResponse.Success(AttributeCheck.Select(system, [.. context.AttributeIdentifierList.Except(missing)]));
                if (missing.Length > 0 && missing.Length == context.AttributeIdentifierList.Count) answer = answer with { DataSet = new DataSet() };
                return ValueTask.FromResult(missing.Length == 0 ? answer
                    : answer with { Status = Status.AttributeListError.With("not all attributes are supported"), OffendingElements = missing });
            },
        };
    }
}
