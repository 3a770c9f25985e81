using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class DigestTextTests
{
    [Fact]
    public void Each_item_is_a_line_that_says_its_title_once()
    {
        Assert.Equal(
            "• Charts: Now in colour.\n• News: we moved",
            DigestText.Of(new([Item("Charts", "Charts: Now in\ncolour."), Item("News", "we moved")], 2), isIndonesian: false));
    }

    [Theory]
    [InlineData(false, "… and 5 more")]
    [InlineData(true, "… dan 5 lagi")]
    public void What_there_is_no_room_for_is_counted(bool isIndonesian, string last)
    {
        var lines = DigestText.Of(new([.. Enumerable.Range(0, DigestText.MostShown).Select(number => Item($"{number}", "x"))], 25), isIndonesian).Split('\n');

        Assert.Equal(21, lines.Length);
        Assert.Equal(last, lines[^1]);
    }

    [Fact]
    public void A_long_line_is_cut_between_characters()
    {
        var line = DigestText.Of(new([Item("T", string.Concat(Enumerable.Repeat("🚀", 200)))], 1), isIndonesian: false);

        Assert.EndsWith("🚀…", line);
        Assert.InRange(line.Length, 100, 165);
    }

    private static DigestItem Item(string title, string message) => new(title, message);
}
