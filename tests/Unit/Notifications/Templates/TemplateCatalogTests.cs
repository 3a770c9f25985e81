using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Tests.Unit.Notifications.Templates;

public sealed class TemplateCatalogTests
{
    public static TheoryData<string> Names => [.. TemplateCatalog.Types.Keys];

    [Theory]
    [InlineData("welcome", "Welcome to AI Trading Platform! 🚀")]
    [InlineData("subscription_activated", "Your {{tier}} subscription is now active! ✅")]
    [InlineData("payment_received", "Payment received: {{amount}}. Thank you! 💳")]
    [InlineData("usage_limit_warning", "You have used {{percentage}}% of your {{feature}} quota.")]
    [InlineData("trading_alert", "🔔 Trading Alert: {{symbol}} - {{signal}}")]
    public void The_owners_texts_are_word_for_word_his(string name, string text)
    {
        // The formats are ours: {{amount|money}} shows the amount in its own currency.
        Assert.Equal(text, TemplateCatalog.Get(name).In("en").Text.Replace("|money", ""));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Both_languages_use_the_same_variables(string name)
    {
        var type = TemplateCatalog.Get(name);

        Assert.Equal(type.In("en").Formats.OrderBy(one => one.Key), type.In("id").Formats.OrderBy(one => one.Key));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Our_texts_hold_no_markup_that_Telegram_refuses_and_titles_none_at_all(string name)
    {
        var type = TemplateCatalog.Get(name);

        Assert.All(type.Templates.Values, template => Assert.Null(MarkupText.Mistake(template.Text)));
        Assert.All(type.Templates.Values, template => Assert.DoesNotMatch("[<>\n]", template.Title));
        Assert.All(type.Templates.Values, template => Assert.False(template.HasStrayBraces));
        Assert.All(type.Required.Concat(type.Late), variable => Assert.Contains(variable, type.In("en").Variables));
    }

    [Fact]
    public void What_is_late_when_it_is_repeated_says_so()
    {
        Assert.Equal(UnknownOutcome.DropWhenStale, TemplateCatalog.Get("trading_alert").WhenUnknown);
        Assert.Equal(UnknownOutcome.SendAgain, TemplateCatalog.Get("payment_received").WhenUnknown);
        Assert.Equal(UnknownOutcome.NeverRepeat, TemplateCatalog.Get("welcome").WhenUnknown);
    }

    [Theory]
    [InlineData("id-ID", "id")]
    [InlineData("ID", "id")]
    [InlineData("en-GB", "en")]
    [InlineData("de", "en")]
    [InlineData(null, "en")]
    public void A_language_that_is_not_written_is_English(string? tag, string locale)
    {
        Assert.Equal(locale, Locales.Of(tag));
    }

    [Theory]
    [InlineData(Priority.Critical, Topology.CriticalNotifications)]
    [InlineData(Priority.High, Topology.HighNotifications)]
    [InlineData(Priority.Medium, Topology.MediumNotifications)]
    [InlineData(Priority.Low, Topology.LowNotifications)]
    public void Each_priority_has_its_queue(Priority priority, string queue)
    {
        Assert.Equal(queue, priority.Queue());
    }
}
