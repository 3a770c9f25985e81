using CsCheck;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Notifications.Templates;

public sealed class TemplateTests
{
    private static readonly Template Greeting = new("For {{name}}", "Dear <b>{{name}}</b>, you owe {{amount|money}}.");

    [Fact]
    public void Html_keeps_the_template_and_escapes_the_values()
    {
        var values = Values("<b>Ann & \"Bob\"</b> 🚀");

        Assert.Equal("Dear <b>&lt;b&gt;Ann &amp; &quot;Bob&quot;&lt;/b&gt; 🚀</b>, you owe Rp531,690.", Greeting.Html(values, Reader.Of("en")));
    }

    [Fact]
    public void Plain_text_shows_values_as_they_are()
    {
        Assert.Equal("For <b>&", Greeting.Plain(Values("<b>&"), Reader.Of("en")).Title);
    }

    [Fact]
    public void A_value_that_looks_like_a_variable_is_not_expanded()
    {
        Assert.Equal("For {{amount}}", Greeting.Plain(Values("{{amount}}"), Reader.Of("en")).Title);
    }

    [Fact]
    public void A_missing_value_is_refused_by_its_name()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Greeting.Plain(new Dictionary<string, TemplateValue> { ["name"] = TemplateValue.Of("Ann") }, Reader.Of("en")));

        Assert.Contains("'amount'", refusal.Message);
    }

    [Theory]
    [InlineData("en", "IDR", "531690", "Rp531,690")]
    [InlineData("id", "IDR", "531690", "Rp531.690")]
    [InlineData("en", "USD", "29.99", "$29.99")]
    [InlineData("id", "USD", "29.99", "US$29,99")]
    public void Amounts_are_shown_in_their_own_currency_and_the_readers_language(string locale, string currency, string amount, string shown)
    {
        var money = new Money(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), Currency.Parse(currency));

        Assert.Equal(shown, TemplateValue.Of(money).Display(VariableFormat.Money, Reader.Of(locale)));
    }

    [Theory]
    [InlineData("en", "5 May 2026")]
    [InlineData("id", "5 Mei 2026")]
    public void Days_are_written_in_the_readers_language(string locale, string shown)
    {
        Assert.Equal(shown, TemplateValue.Of(new DateTimeOffset(2026, 5, 6, 1, 0, 0, TimeSpan.FromHours(7))).Display(VariableFormat.Date, Reader.Of(locale)));
    }

    [Theory]
    [InlineData("en", "Asia/Jakarta", "6 May 2026 01:00 UTC+07:00")]
    [InlineData("id", "Asia/Jakarta", "6 Mei 2026 01.00 WIB")]
    [InlineData("id", "Asia/Jayapura", "6 Mei 2026 03.00 WIT")]
    [InlineData("en", "America/New_York", "5 May 2026 14:00 UTC-04:00")]
    [InlineData("en", "UTC", "5 May 2026 18:00 UTC")]
    public void Instants_are_shown_on_the_readers_clock(string locale, string zone, string shown)
    {
        var reader = Reader.Of(locale, TimeZoneInfo.FindSystemTimeZoneById(zone));

        Assert.Equal(shown, TemplateValue.Of(new DateTimeOffset(2026, 5, 5, 18, 0, 0, TimeSpan.Zero)).Display(VariableFormat.DateTime, reader));
    }

    [Theory]
    [InlineData("en", "12,345.5")]
    [InlineData("id", "12.345,5")]
    public void Numbers_are_grouped_as_the_reader_does(string locale, string shown)
    {
        Assert.Equal(shown, TemplateValue.Of(12_345.5m).Display(VariableFormat.Number, Reader.Of(locale)));
    }

    [Theory]
    [InlineData("{{at|datetime}}")]
    [InlineData("{{at|money}}")]
    [InlineData("{{at|number}}")]
    public void A_value_of_another_format_is_refused(string text)
    {
        var values = new Dictionary<string, TemplateValue> { ["at"] = TemplateValue.Of("tomorrow") };

        Assert.Equal("at", new Template("", text).Misfit(values));
        Assert.Throws<ArgumentException>(() => new Template("", text).Html(values, Reader.Of("en")));
    }

    [Theory]
    [InlineData("{{a|roman}}")]
    [InlineData("{{a|money}} {{a|date}}")]
    public void A_format_that_does_not_exist_and_two_for_one_variable_are_refused(string text)
    {
        Assert.Throws<ArgumentException>(() => new Template("", text).Formats);
    }

    [Fact]
    public void Whatever_a_value_holds_reads_the_same_in_plain_text_and_closes_or_opens_no_tag() =>
        Gen.String.Sample(name =>
        {
            var template = new Template("", "<b>{{name}}</b>!");
            var values = new Dictionary<string, TemplateValue> { ["name"] = TemplateValue.Of(name) };

            Assert.Equal($"{name}!", template.Plain(values, Reader.Of("en")).Text);
            Assert.Null(MarkupText.Mistake(template.Html(values, Reader.Of("en"))));
        });

    [Theory]
    [InlineData("<b>x</b> &lt; <i>y</i>", true)]
    [InlineData("<b>x", false)]
    [InlineData("<b><i>x</b></i>", false)]
    [InlineData("<script>x</script>", false)]
    [InlineData("<a href=\"https://example.com\">x</a>", false)]
    [InlineData("1 < 2", false)]
    [InlineData("</b>", false)]
    public void Markup_that_Telegram_would_refuse_is_found(string html, bool isGood)
    {
        Assert.Equal(isGood, MarkupText.Mistake(html) is null);
    }

    private static Dictionary<string, TemplateValue> Values(string name) => new()
    {
        ["name"] = TemplateValue.Of(name),
        ["amount"] = TemplateValue.Of(new Money(531_690, Currency.Idr)),
    };
}
