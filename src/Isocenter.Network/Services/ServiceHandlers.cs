using Isocenter.Dicom;
using Isocenter.Network.Dimse;

namespace Isocenter.Network.Services;

/// <summary>One service class as provider: what it serves, and its handlers. Several are put together by
/// <see cref="ServiceHandlersExtensions.WithServices"/>.</summary>
public sealed record ServiceHandlers
{
    /// <summary>Presentation contexts it wants to be accepted: SOP classes and meta SOP classes.</summary>
    public required IReadOnlyCollection<Uid> AbstractSyntaxes { get; init; }

    /// <summary>SOP classes it answers for, where they are others than <see cref="AbstractSyntaxes"/>.</summary>
    public IReadOnlyCollection<Uid> SopClasses { get; init; } = [];

    /// <inheritdoc cref="AssociationServerOptions.OnFind"/>
    public Func<FindContext, CancellationToken, IAsyncEnumerable<DataSet>>? OnFind { get; init; }

    /// <inheritdoc cref="AssociationServerOptions.OnMove"/>
    public Func<MoveContext, CancellationToken, IAsyncEnumerable<SubOperationProgress>>? OnMove { get; init; }

    /// <inheritdoc cref="AssociationServerOptions.OnGet"/>
    public Func<GetContext, CancellationToken, ValueTask>? OnGet { get; init; }

    /// <inheritdoc cref="AssociationServerOptions.OnNGet"/>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNGet { get; init; }

    /// <inheritdoc cref="AssociationServerOptions.OnNSet"/>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNSet { get; init; }

    /// <inheritdoc cref="AssociationServerOptions.OnNAction"/>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNAction { get; init; }

    /// <inheritdoc cref="AssociationServerOptions.OnNCreate"/>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNCreate { get; init; }

    /// <inheritdoc cref="AssociationServerOptions.OnNDelete"/>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnNDelete { get; init; }

    /// <inheritdoc cref="AssociationServerOptions.OnEventReport"/>
    public Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? OnEventReport { get; init; }

    internal bool Serves(Uid abstractSyntax, Uid sopClass) =>
        AbstractSyntaxes.Contains(abstractSyntax) && (SopClasses.Count == 0 ? AbstractSyntaxes : SopClasses).Contains(sopClass);
}

/// <summary>Puts service classes into the options of a server.</summary>
public static class ServiceHandlersExtensions
{
    /// <summary>Each request goes to the service that serves its SOP class on its presentation context; what none serves
    /// goes to the handlers that <paramref name="options"/> have, and without one is answered with 0x0118 for a SOP class that
    /// nobody serves, with 0x0211 for that of the context. The presentation contexts are for the policy to accept.</summary>
    public static AssociationServerOptions WithServices(this AssociationServerOptions options, params IReadOnlyList<ServiceHandlers> services)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (services.Count == 0) return options;
        return options with
        {
            OnFind = (context, cancel) => (Serving(context) is { OnFind: { } find } ? find : options.OnFind ?? Refuse)(context, cancel),
            OnMove = (context, cancel) => (Serving(context) is { OnMove: { } move } ? move : options.OnMove ?? RefuseMove)(context, cancel),
            OnGet = (context, cancel) => (Serving(context) is { OnGet: { } get } ? get : options.OnGet ?? RefuseGet)(context, cancel),
            OnNGet = Route(static s => s.OnNGet, options.OnNGet),
            OnNSet = Route(static s => s.OnNSet, options.OnNSet),
            OnNAction = Route(static s => s.OnNAction, options.OnNAction),
            OnNCreate = Route(static s => s.OnNCreate, options.OnNCreate),
            OnNDelete = Route(static s => s.OnNDelete, options.OnNDelete),
            OnEventReport = Route(static s => s.OnEventReport, options.OnEventReport),
        };

        ServiceHandlers? Serving(OperationContext context) =>
            services.FirstOrDefault(s => s.Serves(context.PresentationContext.AbstractSyntax, context.SopClassUid));

        Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>> Route(
            Func<ServiceHandlers, Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>?> handlerOf,
            Func<NormalizedContext, CancellationToken, ValueTask<NormalizedResponse>>? otherwise) => (context, cancel) =>
        {
            var service = Serving(context);
            if ((service is null ? otherwise : handlerOf(service) ?? otherwise) is { } handler) return handler(context, cancel);
            // The class of an accepted context is known, but has no such operation.
            return ValueTask.FromResult<NormalizedResponse>(service is null && context.SopClassUid != context.PresentationContext.AbstractSyntax
                ? Status.NoSuchSopClass : Status.UnrecognizedOperation);
        };

        static IAsyncEnumerable<DataSet> Refuse(FindContext context, CancellationToken cancel) => throw new StatusException(Status.SopClassNotSupported);

        static IAsyncEnumerable<SubOperationProgress> RefuseMove(MoveContext context, CancellationToken cancel) => throw new StatusException(Status.SopClassNotSupported);

        static ValueTask RefuseGet(GetContext context, CancellationToken cancel) => throw new StatusException(Status.SopClassNotSupported);
    }
}
