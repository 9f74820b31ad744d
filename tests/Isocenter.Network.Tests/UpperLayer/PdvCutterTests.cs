using System.Buffers.Binary;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Tests.UpperLayer;

public class PdvCutterTests
{
    /// <summary>Three PDVs: a whole command, a part and the last part of a data set.</summary>
    private static readonly byte[] Body = [.. Pdv(1, 0x03, 10), .. Pdv(1, 0x00, 100), .. Pdv(3, 0x02, 1)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Pieces_join_to_the_same_fragments_however_the_bytes_arrive(int portion)
    {
        var cutter = new PdvCutter();
        cutter.Begin((uint)Body.Length);
        List<string> joined = [];
        List<byte> value = [];
        int start = 0, end = 0;
        while (cutter.IsInPdu)
        {
            if (!cutter.TryCut(Body.AsSpan(start, end - start), out int consumed, out var piece))
            {
                Assert.Equal(0, consumed);
                Assert.True(end < Body.Length);
                end = Math.Min(Body.Length, end + portion);
                continue;
            }
            start += consumed;
            value.AddRange(Body.AsSpan(start - piece.Length, piece.Length));
            if (piece.EndsSet)
            {
                joined.Add($"{piece.ContextId} {piece.IsCommand} {value.Count} {value.Sum(b => b)}");
                value.Clear();
            }
        }
        Assert.Equal(Body.Length, start);
        // The second and third PDV make one data set here; watching the context is the assembler's task.
        Assert.Equal([$"1 True 10 {10 * 0x55}", $"3 False 101 {101 * 0x55}"], joined);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(5u)]
    public void Pdu_without_room_for_a_value_is_refused(uint length)
    {
        var cutter = new PdvCutter();
        Assert.Throws<PduException>(() => cutter.Begin(length));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(1u)]
    [InlineData(17u)]
    [InlineData(0x7FFF_FFFFu)]
    [InlineData(0xFFFF_FFFFu)]
    public void Value_that_runs_past_its_pdu_is_refused(uint length)
    {
        byte[] body = Pdv(1, 3, 10);
        BinaryPrimitives.WriteUInt32BigEndian(body, length);
        var cutter = new PdvCutter();
        cutter.Begin(16);
        Assert.Throws<PduException>(() => cutter.TryCut(body, out _, out _));
    }

    [Fact]
    public void Bytes_left_over_are_refused()
    {
        byte[] body = [.. Pdv(1, 3, 10), 0, 0, 0];
        var cutter = new PdvCutter();
        cutter.Begin((uint)body.Length);
        Assert.True(cutter.TryCut(body, out int consumed, out _));
        Assert.Throws<PduException>(() => cutter.TryCut(body.AsSpan(consumed), out _, out _));
    }

    private static byte[] Pdv(byte context, byte control, int length)
    {
        byte[] pdv = new byte[6 + length];
        BinaryPrimitives.WriteInt32BigEndian(pdv, length + 2);
        pdv[4] = context;
        pdv[5] = control;
        pdv.AsSpan(6).Fill(0x55);
        return pdv;
    }
}
