using Isocenter.Cli.Querying;
using Isocenter.Dicom;

namespace Isocenter.Cli.Tests.Network;

public sealed class FrameListTests
{
    [Theory]
    [InlineData("3", "(0008,1161) 3")]
    [InlineData("1, 5,9", "(0008,1161) 1 5 9")]
    [InlineData("1-10", "(0008,1162) 1 10 1")]
    [InlineData("1-100/10,200-", "(0008,1162) 1 100 10 200 4294967295 1")]
    [InlineData("2,4-6", "(0008,1162) 2 2 1 4 6 1")]
    public void Numbers_are_a_simple_list_and_ranges_a_calculated_one(string text, string expected)
    {
        var identifier = new DataSet();
        FrameList.Parse(text).WriteTo(identifier);
        Assert.Equal(expected, string.Join(' ', identifier.SelectMany(element => new[] { element.Tag.ToString() }.Concat(identifier.GetAll<uint>(element.Tag).Select(n => n.ToString(System.Globalization.CultureInfo.InvariantCulture))))));
    }

    [Theory]
    [InlineData("1.5-3", 1.5, 3)]
    [InlineData("-2-0.25", -2, 0.25)]
    public void Seconds_are_a_time_range(string text, double from, double to)
    {
        var identifier = new DataSet();
        FrameList.ParseSeconds(text).WriteTo(identifier);
        Assert.Equal([from, to], identifier.GetAll<double>(Tags.TimeRange));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("2,1")]
    [InlineData("5-3")]
    [InlineData("1-x")]
    [InlineData("1-5/0")]
    [InlineData("4294967296")]
    public void What_is_no_list_is_refused(string text) => Assert.Throws<FormatException>(() => FrameList.Parse(text));

    [Theory]
    [InlineData("3")]
    [InlineData("3-1")]
    [InlineData("a-b")]
    public void What_is_no_range_of_seconds_is_refused(string text) => Assert.Throws<FormatException>(() => FrameList.ParseSeconds(text));
}
