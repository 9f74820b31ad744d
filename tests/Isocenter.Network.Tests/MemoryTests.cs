using Isocenter.Dicom;
using Isocenter.Network.Dimse;
using static Isocenter.Network.Tests.MemoryArchive;

namespace Isocenter.Network.Tests;

/// <summary>These count what the whole process allocates: no other test runs beside them.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public class Alone;

/// <summary>Memory does not grow with the object.</summary>
[Collection("alone")]
public class MemoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Slow_handler_slows_the_sender_and_memory_stays_bounded()
    {
        const int Length = 200_000_000;
        long largest = 0, received = 0;
        await using var archive = new MemoryArchive(o => o with
        {
            OnStore = async (c, cancel) =>
            {
                while (true)
                {
                    var result = await c.DataSet.ReadAsync(cancel);
                    received += result.Buffer.Length;
                    largest = Math.Max(largest, result.Buffer.Length);
                    c.DataSet.AdvanceTo(result.Buffer.End);
                    if (result.IsCompleted) return Status.Success;
                }
            },
        });
        await using var association = await Association.ConnectAsync(archive.Client(new PresentationContextProposal(CT)), Cancel);
        using var source = new ZeroStream(Length);
        using var request = StoreRequest.FromStream(CT, Uid.New(), TransferSyntax.ExplicitVRLittleEndian, source);
        long before = GC.GetTotalAllocatedBytes(precise: true);
        Assert.Equal(Status.Success, await association.StoreAsync(request, Cancel));
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.Equal(Length, received);
        Assert.True(largest <= 256 * 1024, $"{largest} bytes at once");
        // Both ends together; the object is ten times as long.
        Assert.True(allocated < 20_000_000, $"{allocated} bytes allocated");
    }

    private sealed class ZeroStream(long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int count = (int)Math.Min(buffer.Length, length - _position);
            buffer.Span[..count].Clear();
            _position += count;
            return ValueTask.FromResult(count);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
