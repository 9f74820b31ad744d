using System.Globalization;
using Isocenter.Fuzz;

namespace Isocenter.Network.Tests;

/// <summary>Short runs of <c>Isocenter.Fuzz network</c> and <c>Isocenter.Fuzz associations</c>. ISOCENTER_FUZZ is how many inputs.</summary>
public sealed class FuzzTests
{
    private static readonly int Rounds = int.Parse(Environment.GetEnvironmentVariable("ISOCENTER_FUZZ") ?? "20000", CultureInfo.InvariantCulture);

    [Fact]
    public void Mutated_pdus_items_and_commands_are_read_or_refused()
    {
        var mutator = new Mutator(NetworkSeeds.All, seed: 5);
        for (int round = 0; round < Rounds; round++)
        {
            var input = mutator.Next();
            var problem = Record.Exception(() => NetworkTarget.Read(input));
            Assert.True(problem is null, $"input {round}: {problem}\n{Convert.ToBase64String(input.Span)}");
        }
    }

    [Fact]
    public async Task Bad_associations_leave_nothing_behind()
    {
        var left = await BadAssociations.RunAsync(Rounds / 20);
        Assert.True(left.HandlesAfter <= left.HandlesBefore + 50 && left.HeapAfter <= left.HeapBefore + (4 << 20), left.ToString());
    }
}
