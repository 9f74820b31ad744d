using Isocenter.Dicom;

namespace Isocenter.Network;

/// <summary>SOP Class Extended Negotiation of the Query/Retrieve SOP classes (PS3.4 §C.5.1.1, §C.5.2.1, §C.5.3.1): what is
/// done beyond the baseline. The requestor asks, the acceptor answers with what it does.</summary>
public sealed record QueryRetrieveNegotiation
{
    /// <summary>Relational queries or retrieval: unique keys of the levels above may be missing.</summary>
    public bool Relational { get; init; }

    /// <summary>Date and time match as one (queries only).</summary>
    public bool CombinedDateTimeMatching { get; init; }

    /// <summary>Names match by meaning, not by letters (queries only).</summary>
    public bool FuzzyMatching { get; init; }

    /// <summary>Times are understood in their time zone (queries only).</summary>
    public bool TimezoneQueryAdjustment { get; init; }

    /// <summary>As the sub-item that goes on the wire.</summary>
    /// <param name="sopClassUid">A Query/Retrieve SOP class.</param>
    public ExtendedNegotiation For(Uid sopClassUid)
    {
        ArgumentNullException.ThrowIfNull(sopClassUid);
        byte[] fields = IsFind(sopClassUid.Value)
            ? [Byte(Relational), Byte(CombinedDateTimeMatching), Byte(FuzzyMatching), Byte(TimezoneQueryAdjustment)]
            : [Byte(Relational)];
        return new ExtendedNegotiation(sopClassUid.Value, fields);

        static byte Byte(bool value) => value ? (byte)1 : (byte)0;
    }

    /// <summary>What a side said of a SOP class; what it did not say is false.</summary>
    /// <param name="negotiations">As of <see cref="AssociationInfo.ExtendedNegotiations"/>.</param>
    /// <param name="sopClassUid">A Query/Retrieve SOP class.</param>
    public static QueryRetrieveNegotiation Of(IEnumerable<ExtendedNegotiation> negotiations, Uid sopClassUid)
    {
        ArgumentNullException.ThrowIfNull(negotiations);
        ArgumentNullException.ThrowIfNull(sopClassUid);
        // Later editions append fields, earlier ones send fewer (PS3.4 Table C.5-1).
        var fields = (negotiations.FirstOrDefault(n => n.SopClassUid == sopClassUid.Value)?.ServiceClassApplicationInformation ?? default).Span;
        bool isFind = IsFind(sopClassUid.Value);
        return new QueryRetrieveNegotiation
        {
            Relational = fields is [1, ..],
            CombinedDateTimeMatching = isFind && fields is [_, 1, ..],
            FuzzyMatching = isFind && fields is [_, _, 1, ..],
            TimezoneQueryAdjustment = isFind && fields is [_, _, _, 1, ..],
        };
    }

    /// <summary>The part of it that the other side does too.</summary>
    /// <param name="other">What is offered, or asked for.</param>
    public QueryRetrieveNegotiation And(QueryRetrieveNegotiation other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new QueryRetrieveNegotiation
        {
            Relational = Relational && other.Relational,
            CombinedDateTimeMatching = CombinedDateTimeMatching && other.CombinedDateTimeMatching,
            FuzzyMatching = FuzzyMatching && other.FuzzyMatching,
            TimezoneQueryAdjustment = TimezoneQueryAdjustment && other.TimezoneQueryAdjustment,
        };
    }

    /// <summary>The information models' FIND classes end with 1, MOVE with 2, GET with 3 (PS3.6 Table A-1).</summary>
    private static bool IsFind(string sopClassUid) => sopClassUid.EndsWith(".1", StringComparison.Ordinal);
}
