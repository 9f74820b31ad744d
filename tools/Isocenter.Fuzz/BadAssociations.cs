using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Isocenter.Dicom;
using Isocenter.Network;
using Isocenter.Network.Dimse;
using Isocenter.Network.UpperLayer;

namespace Isocenter.Fuzz;

/// <summary>What a run cost the server: what it holds before the first bad association and after the last has gone.</summary>
internal sealed record LeakMeasurement(int Associations, int HandlesBefore, int HandlesAfter, long HeapBefore, long HeapAfter, long WorkingSet)
{
    /// <summary>Nothing grows with the number of associations: what is left is what pools keep.</summary>
    public bool IsClean => HandlesAfter <= HandlesBefore + 8 && HeapAfter <= HeapBefore + (4 << 20);
}

/// <summary>Associations that break the rules, each in one of a dozen ways, against a server of ours; a good one in between must
/// still be served. Measures what is left of them.</summary>
internal static class BadAssociations
{
    private const int GoodEvery = 500;
    private const int Warmup = 200;

    private static readonly byte[] Request = Encode(new AAssociateRQ
    {
        CalledAETitle = "ARCHIVE",
        CallingAETitle = "BAD",
        PresentationContexts =
        [
            new PresentationContextRQ(1, SopClasses.Verification, ["1.2.840.10008.1.2"]),
            new PresentationContextRQ(3, SopClasses.CTImageStorage, ["1.2.840.10008.1.2.1"]),
        ],
        UserInformation = new() { MaximumLength = 16384 },
    });

    private static readonly byte[] Echo = Encode(new CommandSet { CommandField = CommandField.CEchoRQ, MessageId = 1, AffectedSopClassUid = SopClasses.Verification });

    private static readonly byte[] Store = Encode(new CommandSet
    {
        CommandField = CommandField.CStoreRQ,
        MessageId = 1,
        AffectedSopClassUid = SopClasses.CTImageStorage,
        AffectedSopInstanceUid = "1.2.3.4.5",
        Priority = Priority.Medium,
        HasDataSet = true,
    });

    private static readonly Func<Stream, Random, Task>[] Kinds =
    [
        (_, _) => Task.CompletedTask,                                                              // says nothing and goes
        (peer, random) => SendAsync(peer, Request[..random.Next(1, Request.Length)]),              // goes in the middle of its request
        (peer, random) => SendAsync(peer, Noise(random)),
        (peer, _) => SendAsync(peer, [1, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 1]),                        // announces 4 GiB
        (peer, _) => SendAsync(peer, [0x16, 3, 1, 0, 4, 1, 0, 0, 0]),                              // TLS to a plain port
        (peer, random) => SendAsync(peer, Mutated(random)),
        AssociatedAsync((peer, _) => SendAsync(peer, [0x77, 0, 0, 0, 0, 1, 0])),                   // no PDU type
        AssociatedAsync((peer, _) => SendAsync(peer, Request)),                                    // asks twice
        AssociatedAsync((peer, _) => SendAsync(peer, Pdv(99, 3, Echo))),                           // a context that was not accepted
        AssociatedAsync((peer, _) => SendAsync(peer, Pdv(1, 0, new byte[64]))),                    // data before the command
        AssociatedAsync((peer, _) => SendAsync(peer, [4, 0, 0, 0, 0, 6, 0, 0, 0x7F, 0, 1, 3])),    // a PDV longer than its PDU
        AssociatedAsync((peer, _) => SendAsync(peer, [.. Pdv(3, 3, Store), .. Pdv(3, 0, new byte[5000])])),   // goes within an object
        AssociatedAsync((peer, _) => SendAsync(peer, Pdv(1, 1, new byte[32]))),                    // never the last fragment
        AssociatedAsync((peer, _) => SendAsync(peer, [7, 0, 0, 0, 0, 4, 0, 0, 0, 0])),             // aborts
        AssociatedAsync((_, _) => Task.CompletedTask),                                             // goes without release
    ];

    /// <summary>Different ways to be bad.</summary>
    public static int KindCount => Kinds.Length;

    /// <summary>Runs them, one after the other in each of <paramref name="lanes"/>.</summary>
    /// <exception cref="AssociationException">A good association in between was not served.</exception>
    public static async Task<LeakMeasurement> RunAsync(int count, int lanes = 4, int randomSeed = 1)
    {
        var (handlesBefore, heapBefore) = await RunAgainstOneServerAsync(Warmup, lanes, randomSeed).ConfigureAwait(false);
        var (handlesAfter, heapAfter) = await RunAgainstOneServerAsync(count, lanes, randomSeed + 1).ConfigureAwait(false);
        return new LeakMeasurement(count, handlesBefore, handlesAfter, heapBefore, heapAfter, Environment.WorkingSet);
    }

    /// <summary>What is held when all have ended, and the server, which has stopped, is still there.</summary>
    private static async Task<(int Handles, long Heap)> RunAgainstOneServerAsync(int count, int lanes, int randomSeed)
    {
        var server = Start();
        await using (server.ConfigureAwait(false))
        {
            await Task.WhenAll(Enumerable.Range(0, lanes).Select(lane => Task.Run(async () =>
            {
                var random = new Random(HashCode.Combine(randomSeed, lane));
                for (int i = lane; i < count; i += lanes)
                {
                    await BeBadAsync(server.EndPoints[0], Kinds[i % Kinds.Length], random).ConfigureAwait(false);
                    if (i % GoodEvery == 0) await BeGoodAsync(server.EndPoints[0]).ConfigureAwait(false);
                }
            }))).ConfigureAwait(false);
            await server.StopAsync(TimeSpan.FromSeconds(10)).ConfigureAwait(false);
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return (Handles(), GC.GetTotalMemory(forceFullCollection: true));
        }
    }

    private static AssociationServer Start()
    {
        var server = new AssociationServer(new AssociationServerOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            OnStore = async (context, cancel) =>
            {
                while (true)
                {
                    var read = await context.DataSet.ReadAsync(cancel).ConfigureAwait(false);
                    context.DataSet.AdvanceTo(read.Buffer.End);
                    if (read.IsCompleted) return Status.Success;
                }
            },
        });
        server.Start();
        return server;
    }

    private static async Task BeBadAsync(IPEndPoint server, Func<Stream, Random, Task> kind, Random random)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server).ConfigureAwait(false);
        // Some break off without a word, as when a cable is pulled or a program is killed.
        bool isReset = random.Next(4) == 0;
        if (isReset) socket.LingerState = new LingerOption(true, 0);
        var peer = new NetworkStream(socket);
        await using (peer.ConfigureAwait(false))
        {
            try
            {
                await kind(peer, random).ConfigureAwait(false);
                if (isReset) return;
                socket.Shutdown(SocketShutdown.Send);
                byte[] rest = new byte[256];
                while (await peer.ReadAsync(rest).ConfigureAwait(false) > 0)
                {
                }
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                // The server has had enough of us already.
            }
        }
    }

    private static async Task BeGoodAsync(IPEndPoint server)
    {
        var association = await Association.ConnectAsync(new AssociationOptions
        {
            Port = server.Port,
            CalledAETitle = "ARCHIVE",
            CallingAETitle = "GOOD",
            PresentationContexts = [new PresentationContextProposal(Uid.Parse(SopClasses.Verification))],
        }).ConfigureAwait(false);
        await using (association.ConfigureAwait(false))
        {
            await association.EchoAsync().ConfigureAwait(false);
            await association.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private static int Handles() => Directory.Exists("/proc/self/fd") ? Directory.GetFiles("/proc/self/fd").Length : System.Diagnostics.Process.GetCurrentProcess().HandleCount;

    /// <summary>First an association, then what is wrong on it.</summary>
    private static Func<Stream, Random, Task> AssociatedAsync(Func<Stream, Random, Task> wrong) => async (peer, random) =>
    {
        await SendAsync(peer, Request).ConfigureAwait(false);
        byte[] header = new byte[RawPdu.HeaderLength];
        await peer.ReadExactlyAsync(header).ConfigureAwait(false);
        byte[] body = new byte[BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(2))];
        await peer.ReadExactlyAsync(body).ConfigureAwait(false);
        await wrong(peer, random).ConfigureAwait(false);
    };

    private static async Task SendAsync(Stream peer, byte[] bytes) => await peer.WriteAsync(bytes).ConfigureAwait(false);

    private static byte[] Noise(Random random)
    {
        byte[] bytes = new byte[random.Next(6, 400)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] Mutated(Random random)
    {
        byte[] bytes = [.. Request];
        for (int n = random.Next(1, 5); n > 0; n--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    private static byte[] Pdv(byte context, byte control, byte[] value)
    {
        byte[] pdu = new byte[PduWriter.DataHeaderLength + value.Length];
        PduWriter.WriteDataHeader(pdu, context, (control & 1) != 0, (control & 2) != 0, value.Length);
        value.CopyTo(pdu, PduWriter.DataHeaderLength);
        return pdu;
    }

    private static byte[] Encode(AAssociateRQ request)
    {
        var output = new ArrayBufferWriter<byte>();
        PduWriter.Write(output, request);
        return output.WrittenSpan.ToArray();
    }

    private static byte[] Encode(CommandSet command)
    {
        var output = new ArrayBufferWriter<byte>();
        CommandSetWriter.Write(output, command);
        return output.WrittenSpan.ToArray();
    }

    public static async Task<int> CommandAsync(string[] args)
    {
        int count = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000;
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var left = await RunAsync(count).ConfigureAwait(false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{left.Associations} bad associations of {KindCount} kinds in {watch.Elapsed.TotalSeconds:F0} s: handles {left.HandlesBefore} -> {left.HandlesAfter}, "
            + $"heap {left.HeapBefore / 1024} -> {left.HeapAfter / 1024} KB, working set {left.WorkingSet >> 20} MB"));
        return left.IsClean ? 0 : 1;
    }
}
