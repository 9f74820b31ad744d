namespace Isocenter.Network.UpperLayer;

/// <summary>The peer breaks the upper layer protocol: its association falls with an A-ABORT that carries
/// <see cref="Reason"/> (event Evt19, or a violation found above the PDUs).</summary>
internal sealed class PduException : Exception
{
    public PduException(AbortReason reason, string problem, string rule = "PS3.8 §9.3")
        : base($"{problem} ({rule})") => Reason = reason;

    /// <summary>What the A-ABORT says (PS3.8 §9.3.8).</summary>
    public AbortReason Reason { get; }

    public static PduException TooLong(PduType type, uint length, uint limit) => new(
        AbortReason.InvalidPduParameterValue,
        $"the peer announces a PDU of type 0x{(byte)type:X2} with {length} bytes, at most {limit} are accepted here",
        type == PduType.PDataTF ? "PS3.8 §D.1" : "PS3.8 §9.3");

    public static PduException Invalid(string problem, string rule = "PS3.8 §9.3") =>
        new(AbortReason.InvalidPduParameterValue, problem, rule);
}
