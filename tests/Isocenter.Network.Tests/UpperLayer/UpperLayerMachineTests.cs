using Isocenter.Network.UpperLayer;

namespace Isocenter.Network.Tests.UpperLayer;

/// <summary>Every cell of PS3.8 Table 9-10, typed off the table: rows are events, columns Sta1 to Sta13. A dash is an empty
/// cell. "AE-6 3/13" is decided by the service provider, "AR-8 9/10" by who asked for the association.</summary>
public class UpperLayerMachineTests
{
    private const string Table = """
        Evt1  | AE-1 4 | -       | -         | -      | -       | -       | -         | -       | -       | -         | -       | -       | -
        Evt2  | -      | -       | -         | AE-2 5 | -       | -       | -         | -       | -       | -         | -       | -       | -
        Evt3  | -      | AA-1 13 | AA-8 13   | -      | AE-3 6  | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-6 13
        Evt4  | -      | AA-1 13 | AA-8 13   | -      | AE-4 1  | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-6 13
        Evt5  | AE-5 2 | -       | -         | -      | -       | -       | -         | -       | -       | -         | -       | -       | -
        Evt6  | -      | AE-6 3/13 | AA-8 13 | -      | AA-8 13 | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-7 13
        Evt7  | -      | -       | AE-7 6    | -      | -       | -       | -         | -       | -       | -         | -       | -       | -
        Evt8  | -      | -       | AE-8 13   | -      | -       | -       | -         | -       | -       | -         | -       | -       | -
        Evt9  | -      | -       | -         | -      | -       | DT-1 6  | -         | AR-7 8  | -       | -         | -       | -       | -
        Evt10 | -      | AA-1 13 | AA-8 13   | -      | AA-8 13 | DT-2 6  | AR-6 7    | AA-8 13 | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-6 13
        Evt11 | -      | -       | -         | -      | -       | AR-1 7  | -         | -       | -       | -         | -       | -       | -
        Evt12 | -      | AA-1 13 | AA-8 13   | -      | AA-8 13 | AR-2 8  | AR-8 9/10 | AA-8 13 | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-6 13
        Evt13 | -      | AA-1 13 | AA-8 13   | -      | AA-8 13 | AA-8 13 | AR-3 1    | AA-8 13 | AA-8 13 | AR-10 12  | AR-3 1  | AA-8 13 | AA-6 13
        Evt14 | -      | -       | -         | -      | -       | -       | -         | AR-4 13 | AR-9 11 | -         | -       | AR-4 13 | -
        Evt15 | -      | -       | AA-1 13   | AA-2 1 | AA-1 13 | AA-1 13 | AA-1 13   | AA-1 13 | AA-1 13 | AA-1 13   | AA-1 13 | AA-1 13 | -
        Evt16 | -      | AA-2 1  | AA-3 1    | -      | AA-3 1  | AA-3 1  | AA-3 1    | AA-3 1  | AA-3 1  | AA-3 1    | AA-3 1  | AA-3 1  | AA-2 1
        Evt17 | -      | AA-5 1  | AA-4 1    | AA-4 1 | AA-4 1  | AA-4 1  | AA-4 1    | AA-4 1  | AA-4 1  | AA-4 1    | AA-4 1  | AA-4 1  | AR-5 1
        Evt18 | -      | AA-2 1  | -         | -      | -       | -       | -         | -       | -       | -         | -       | -       | AA-2 1
        Evt19 | -      | AA-1 13 | AA-8 13   | -      | AA-8 13 | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-8 13   | AA-8 13 | AA-8 13 | AA-7 13
        """;

    public static TheoryData<int, int, string> Cells()
    {
        var cells = new TheoryData<int, int, string>();
        foreach (string row in Table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] columns = [.. row.Split('|').Select(c => c.Trim())];
            Assert.Equal(14, columns.Length);
            int occurred = int.Parse(columns[0][3..]);
            for (int state = 1; state <= 13; state++) cells.Add(occurred, state, columns[state]);
        }
        Assert.Equal(19 * 13, cells.Count);
        return cells;
    }

    [Theory, MemberData(nameof(Cells))]
    public void Machine_does_what_the_cell_says(int occurred, int state, string cell)
    {
        foreach (bool isRequestor in new[] { false, true })
        {
            foreach (bool isAcceptable in new[] { false, true })
            {
                var (action, next) = UpperLayerMachine.Next((UpperLayerState)state, (UpperLayerEvent)occurred, isRequestor, isAcceptable);
                if (cell == "-")
                {
                    Assert.Equal((UpperLayerAction.None, (UpperLayerState)state), (action, next));
                    continue;
                }
                string[] parts = cell.Split(' ');
                string expected = parts[1] switch
                {
                    "3/13" => isAcceptable ? "3" : "13",
                    "9/10" => isRequestor ? "9" : "10",
                    var only => only,
                };
                Assert.Equal(parts[0].Replace("-", "", StringComparison.Ordinal), action.ToString());
                Assert.Equal($"Sta{expected}", next.ToString());
            }
        }
    }
}
