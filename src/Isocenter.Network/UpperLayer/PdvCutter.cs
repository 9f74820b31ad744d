using System.Buffers.Binary;

namespace Isocenter.Network.UpperLayer;

/// <summary>A piece of a fragment: the value, or part of the value, of one PDV (PS3.8 §9.3.5.1, §E.2).</summary>
/// <param name="ContextId">The presentation context.</param>
/// <param name="IsCommand">Part of a command set; else of a data set.</param>
/// <param name="EndsSet">The last byte of the piece is the last of its command set or data set.</param>
/// <param name="Length">Bytes in the piece; may be 0.</param>
internal readonly record struct PdvPiece(byte ContextId, bool IsCommand, bool EndsSet, int Length);

/// <summary>Cuts P-DATA-TF into pieces as the bytes arrive, so that a PDU need not be held as a whole.</summary>
/// <remarks>PS3.8 §9.3.5: the body is PDV items, each length (4) | context (1) | message control header (1) | value.
/// A struct that is mutated in place: keep it in a field that is not readonly.</remarks>
internal struct PdvCutter
{
    private uint _inPdu;
    private uint _inPdv;
    private byte _context;
    private byte _control;
    private bool _pieceOpen;

    /// <summary>Inside the body of a P-DATA-TF.</summary>
    public readonly bool IsInPdu => _inPdu > 0 || _pieceOpen;

    /// <summary>Starts the body of a P-DATA-TF whose header said <paramref name="length"/>.</summary>
    /// <exception cref="PduException">No PDV fits into it.</exception>
    public void Begin(uint length)
    {
        if (length < PduWriter.PdvItemOverhead)
            throw PduException.Invalid($"a P-DATA-TF of {length} bytes cannot hold a presentation data value", "PS3.8 §9.3.5");
        _inPdu = length;
    }

    /// <summary>Takes the next piece off the front of <paramref name="input"/>.</summary>
    /// <param name="input">Received bytes, following what was taken before.</param>
    /// <param name="consumed">Bytes taken: item header, if it was due, and piece. The piece is the last of them.</param>
    /// <param name="piece">What was cut.</param>
    /// <returns>False when more bytes are needed; nothing is consumed then.</returns>
    /// <exception cref="PduException">An item runs past the PDU, or is too short for its own header.</exception>
    public bool TryCut(ReadOnlySpan<byte> input, out int consumed, out PdvPiece piece)
    {
        consumed = 0;
        piece = default;
        if (!_pieceOpen)
        {
            if (_inPdu < PduWriter.PdvItemOverhead)
                throw PduException.Invalid($"{_inPdu} bytes are left over in a P-DATA-TF", "PS3.8 §9.3.5");
            if (input.Length < PduWriter.PdvItemOverhead) return false;
            uint length = BinaryPrimitives.ReadUInt32BigEndian(input);
            if (length < 2 || length > _inPdu - 4)
                throw PduException.Invalid($"a presentation data value announces {length} bytes, the PDU has {_inPdu - 4} left", "PS3.8 §9.3.5.1");
            _context = input[4];
            _control = input[5];
            _inPdv = length - 2;
            _inPdu -= PduWriter.PdvItemOverhead;
            _pieceOpen = true;
            consumed = PduWriter.PdvItemOverhead;
        }
        else if (input.IsEmpty)
        {
            return false;
        }

        int take = (int)Math.Min((uint)(input.Length - consumed), _inPdv);
        consumed += take;
        _inPdv -= (uint)take;
        _inPdu -= (uint)take;
        _pieceOpen = _inPdv > 0;
        piece = new PdvPiece(_context, (_control & 1) != 0, !_pieceOpen && (_control & 2) != 0, take);
        return true;
    }
}
