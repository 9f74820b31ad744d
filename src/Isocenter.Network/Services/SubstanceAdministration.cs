using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>Substance Administration Query and Logging (PS3.4 Annex V and W), both sides: may this contrast agent be given to
/// this patient, what is it, and it was given.</summary>
public static class SubstanceAdministration
{
    /// <summary>Product Characteristics Query (PS3.4 §V.3): a product by its package identifier.</summary>
    public static Uid ProductCharacteristics { get; } = Uid.Parse(SopClasses.ProductCharacteristicsQuery);

    /// <summary>Substance Approval Query (PS3.4 §V.4): may it be given to this patient?</summary>
    public static Uid SubstanceApproval { get; } = Uid.Parse(SopClasses.SubstanceApprovalQuery);

    /// <summary>Substance Administration Logging (PS3.4 Annex W).</summary>
    public static Uid Logging { get; } = Uid.Parse(SopClasses.SubstanceAdministrationLogging);

    /// <summary>The one instance that is logged to (PS3.4 §W.3).</summary>
    public static Uid LoggingInstance { get; } = Uid.Parse("1.2.840.10008.1.42.1");

    /// <summary>As user: logs that a substance was given (N-ACTION, Record Substance Administration Event).</summary>
    public static Task<NormalizedResponse> LogAsync(Association association, DataSet information, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(association);
        return association.NActionAsync(new NormalizedTarget(Logging, LoggingInstance), 1, information, cancel);
    }

    /// <summary>As provider: answers what a product is.</summary>
    /// <param name="products">The products there are. Package Identifier (or the product's own parameters) select by matching.</param>
    public static ServiceHandlers ProductProvider(Func<CancellationToken, IEnumerable<DataSet>> products) => new()
    {
        AbstractSyntaxes = [ProductCharacteristics],
        OnFind = (context, cancel) => products(cancel)
            .Where(product => Matcher.Matches(context.Identifier, product))
            .Select(product => ReturnKeys.Of(context.Identifier, product))
            .ToAsyncEnumerable(),
    };

    /// <summary>As provider: says whether a substance may be given.</summary>
    /// <param name="decide">Gets the Identifier (patient, visit, route, product); gives back the attributes that answer it,
    /// Substance Administration Approval (0044,0002) among them; null: there is no such patient or product.</param>
    public static ServiceHandlers ApprovalProvider(Func<DataSet, DataSet?> decide) => new()
    {
        AbstractSyntaxes = [SubstanceApproval],
        OnFind = (context, _) => (decide(context.Identifier) is { } answer ? [ReturnKeys.Of(context.Identifier, answer)] : Array.Empty<DataSet>()).ToAsyncEnumerable(),
    };

    /// <summary>As provider: takes log entries.</summary>
    /// <param name="record">Keeps one; returns 0xC10E (operator not authorized), 0xC110 (patient unknown), 0xC111 (record could
    /// not be updated) or Success (PS3.4 Table W.3-2).</param>
    public static ServiceHandlers LoggingProvider(Func<AssociationInfo, DataSet, CancellationToken, ValueTask<Status>> record) => new()
    {
        AbstractSyntaxes = [Logging],
        OnNAction = async (context, cancel) =>
        {
            if (context.SopInstanceUid != LoggingInstance) return Status.NoSuchSopInstance;
            if (context.ActionTypeId != 1) return Status.NoSuchAction;
            var information = context.DataSet ?? new DataSet();
            if (information.Get(Tags.PatientID, "").Trim().Length == 0 && information.Get(Tags.AdmissionID, "").Trim().Length == 0)
                return NormalizedResponse.Refuse(new Status(0xC110, "neither Patient ID nor Admission ID"), Tags.PatientID);
            if (AttributeCheck.Require(information, Tags.AdministrationRouteCodeSequence, Tags.SubstanceAdministrationDateTime) is { } missing) return missing;
            return await record(context.Association, information, cancel).ConfigureAwait(false);
        },
    };
}
