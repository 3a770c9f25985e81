using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Notifications.Templates;

public sealed class TemplateTests
{
    private static readonly Template Greeting = new("For {{name}}", "Dear <b>{{name}}</b>, you owe {{amount}}.");

    [Fact]
    public void Html_keeps_the_template_and_escapes_the_values()
    {
        var values = Values("<b>Ann & \"Bob\"</b> 🚀");

        Assert.Equal("Dear <b>&lt;b&gt;Ann &amp; &quot;Bob&quot;&lt;/b&gt; 🚀</b>, you owe Rp531,690.", Greeting.Html(values, "en"));
    }

    [Fact]
    public void Plain_text_shows_values_as_they_are()
    {
        Assert.Equal("For <b>&", Greeting.Plain(Values("<b>&"), "en").Title);
    }

    [Fact]
    public void A_value_that_looks_like_a_variable_is_not_expanded()
    {
        Assert.Equal("For {{amount}}", Greeting.Plain(Values("{{amount}}"), "en").Title);
    }

    [Fact]
    public void A_missing_value_is_refused_by_its_name()
    {
        var refusal = Assert.Throws<ArgumentException>(() => Greeting.Plain(new Dictionary<string, TemplateValue> { ["name"] = TemplateValue.Of("Ann") }, "en"));

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

        Assert.Equal(shown, TemplateValue.Of(money).Display(locale));
    }

    [Theory]
    [InlineData("en", "5 May 2026")]
    [InlineData("id", "5 Mei 2026")]
    public void Days_are_written_in_the_readers_language(string locale, string shown)
    {
        Assert.Equal(shown, TemplateValue.Of(new DateTimeOffset(2026, 5, 6, 1, 0, 0, TimeSpan.FromHours(7))).Display(locale));
    }

    private static Dictionary<string, TemplateValue> Values(string name) => new()
    {
        ["name"] = TemplateValue.Of(name),
        ["amount"] = TemplateValue.Of(new Money(531_690, Currency.Idr)),
    };
}
