using System.Buffers.Binary;

namespace Isocenter.Network.UpperLayer;

/// <summary>Cuts PDUs out of received bytes and reads the small ones (PS3.8 §9.3). Pure: no sockets, no state.</summary>
/// <remarks>P-DATA-TF is not waited for as a whole: <see cref="PdvCutter"/> takes it piece by piece.</remarks>
internal static class PduReader
{
    /// <summary>Longest body of A-RELEASE-RQ, A-RELEASE-RP, A-ASSOCIATE-RJ and A-ABORT, in bytes: it is fixed.</summary>
    private const uint FixedLength = 4;

    /// <summary>Reads type and length of the PDU at the front, and holds the length against what is allowed.</summary>
    /// <param name="input">Received bytes, beginning with a PDU.</param>
    /// <param name="limits">Longest bodies accepted.</param>
    /// <param name="type">One of the seven types.</param>
    /// <param name="length">Bytes of the body, within the limit.</param>
    /// <returns>False when fewer than six bytes are there.</returns>
    /// <exception cref="PduException">No such type, or longer than the limit; nothing of the body is buffered.</exception>
    public static bool TryReadHeader(ReadOnlySpan<byte> input, in PduLimits limits, out PduType type, out uint length)
    {
        type = default;
        length = 0;
        if (input.Length < RawPdu.HeaderLength) return false;

        type = (PduType)input[0];
        length = BinaryPrimitives.ReadUInt32BigEndian(input[2..]);
        uint limit = type switch
        {
            PduType.PDataTF => limits.Data,
            PduType.AAssociateRQ or PduType.AAssociateAC => limits.Associate,
            PduType.AAssociateRJ or PduType.AReleaseRQ or PduType.AReleaseRP or PduType.AAbort => FixedLength,
            (PduType)0x15 or (PduType)0x16 when input[1] == 3 => throw new PduException(AbortReason.UnrecognizedPdu,
                "the peer speaks TLS, which is not expected on this connection", "RFC 8446 §5.1"),
            _ => throw new PduException(AbortReason.UnrecognizedPdu, $"there is no PDU of type 0x{input[0]:X2}", "PS3.8 §9.3.1"),
        };
        if (length > limit) throw PduException.TooLong(type, length, limit);
        if (limit == FixedLength && length != FixedLength)
            throw PduException.Invalid($"a PDU of type 0x{(byte)type:X2} has 4 bytes, the peer announces {length}");
        return true;
    }

    /// <summary>Cuts the next whole PDU off the front of <paramref name="input"/>.</summary>
    /// <param name="input">Received bytes; the PDU is taken off when it is whole, else it stays untouched.</param>
    /// <param name="limits">Longest bodies accepted.</param>
    /// <param name="pdu">Aliases <paramref name="input"/>.</param>
    /// <returns>False when more bytes are needed.</returns>
    /// <exception cref="PduException">As <see cref="TryReadHeader"/>.</exception>
    public static bool TryRead(ref ReadOnlySpan<byte> input, in PduLimits limits, out RawPdu pdu)
    {
        pdu = default;
        if (!TryReadHeader(input, limits, out var type, out uint length)) return false;
        if (input.Length - RawPdu.HeaderLength < length) return false;

        pdu = new RawPdu(type, input.Slice(RawPdu.HeaderLength, (int)length));
        input = input[(RawPdu.HeaderLength + (int)length)..];
        return true;
    }

    /// <summary>Reads the body of an A-ASSOCIATE-RJ: reserved, result, source, reason (PS3.8 §9.3.4).</summary>
    public static AAssociateRJ ReadReject(ReadOnlySpan<byte> body)
    {
        RequireFixedLength(body);
        return new AAssociateRJ((RejectResult)body[1], (RejectSource)body[2], body[3]);
    }

    /// <summary>Reads the body of an A-ABORT: two reserved, source, reason (PS3.8 §9.3.8).</summary>
    public static AAbort ReadAbort(ReadOnlySpan<byte> body)
    {
        RequireFixedLength(body);
        return new AAbort((AbortSource)body[2], (AbortReason)body[3]);
    }

    private static void RequireFixedLength(ReadOnlySpan<byte> body)
    {
        if (body.Length != FixedLength)
            throw PduException.Invalid($"a body of 4 bytes was expected, {body.Length} are there");
    }
}

/// <summary>Longest PDU bodies we accept, in bytes.</summary>
/// <param name="Data">For P-DATA-TF: the maximum length we announced (PS3.8 §D.1).</param>
/// <param name="Associate">For A-ASSOCIATE-RQ and -AC.</param>
internal readonly record struct PduLimits(uint Data, uint Associate)
{
    /// <summary>128 presentation contexts with 60 transfer syntaxes each fit into it.</summary>
    public const uint DefaultAssociate = 1024 * 1024;
}
