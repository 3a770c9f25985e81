using ServerlessBusiness.Notifications.Deliveries;

namespace ServerlessBusiness.Tests.Unit.Notifications.Deliveries;

public sealed class MailHtmlTests
{
    [Theory]
    [InlineData("One line.", "<p>One line.</p>")]
    [InlineData("One.\n\nTwo,\nthree.", "<p>One.</p>\n<p>Two,<br>\nthree.</p>")]
    [InlineData("One.\r\n\r\nTwo.", "<p>One.</p>\n<p>Two.</p>")]
    public void Blank_lines_part_paragraphs_and_others_break_lines(string text, string html)
    {
        Assert.Equal(html, MailHtml.Of(text));
    }

    [Fact]
    public void A_link_can_be_pressed_also_at_the_start_of_a_line()
    {
        Assert.Equal(
            "<p>Here:<br>\n<a href=\"https://app.example.com/x?tenant=a&amp;token=b\">https://app.example.com/x?tenant=a&amp;token=b</a></p>",
            MailHtml.Of("Here:\nhttps://app.example.com/x?tenant=a&amp;token=b"));
    }

    [Theory]
    [InlineData("<a href=\"https://example.com\">https</a>")]
    [InlineData("javascript:alert(1)")]
    [InlineData("xhttps://example.com")]
    public void What_is_a_link_already_or_none_stays_as_it_is(string html)
    {
        Assert.Equal($"<p>{html}</p>", MailHtml.Of(html));
    }
}
