namespace Isocenter.Codecs.Tests;

public sealed class FrameLayoutTests
{
    [Fact]
    public void A_frame_is_as_long_as_its_samples()
    {
        Assert.Equal(3L * 4 * 3 * 2, new FrameLayout(3, 4, 3, 16, 12).FrameLength);
        Assert.Equal(65535L * 65535 * 4, new FrameLayout(65535, 65535, 1, 32, 32).FrameLength);
    }

    [Theory]
    [InlineData(0, 4, 1, 8, 8)]
    [InlineData(4, 65536, 1, 8, 8)]
    [InlineData(4, 4, 0, 8, 8)]
    [InlineData(4, 4, 1, 12, 12)]
    [InlineData(4, 4, 1, 8, 9)]
    public void A_layout_no_frame_can_have_is_refused(int rows, int columns, int samples, int allocated, int stored)
    {
        var layout = new FrameLayout(rows, columns, samples, allocated, stored);
        Assert.Throws<ArgumentException>(() => layout.Check((int)layout.FrameLength));
    }

    [Fact]
    public void A_buffer_of_another_length_is_refused() =>
        Assert.Throws<ArgumentException>(() => new FrameLayout(2, 2, 1, 8, 8).Check(5));
}
