using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Notifications.Templates;

public sealed class TemplateTextRequestTests
{
    [Theory]
    [InlineData("Active", "Your {{tier}} subscription is active!", null)]
    [InlineData("{{tier}}", "Your {tier}, {{{tier}}} and {{tier|text}}", null)]
    [InlineData("Active", "Your {{ tier }} subscription", "INVALID_VARIABLE")]
    [InlineData("Active", "Your {{tier_name}} subscription", "INVALID_VARIABLE")]
    [InlineData("Active", "Your {{tier2}} subscription", "INVALID_VARIABLE")]
    [InlineData("Active", "Your {{tier|Text}} subscription", "INVALID_VARIABLE")]
    [InlineData("Active", "Your {{tier subscription", "INVALID_VARIABLE")]
    [InlineData("Active", "Your tier}} subscription", "INVALID_VARIABLE")]
    [InlineData("Your {{ tier }}", "Your {{tier}} subscription", "INVALID_VARIABLE")]
    [InlineData("Active", "Your {{tier|roman}} subscription", "INVALID_VARIABLE")]
    [InlineData("Active", "Your {{plan}} subscription", "UNKNOWN_VARIABLE")]
    public void Braces_that_are_no_variable_are_refused_before_a_reader_sees_them(string title, string text, string? code)
    {
        var request = new TemplateTextRequest { Title = title, Text = text };

        Assert.Equal(code, (Record.Exception(() => request.Check(TemplateCatalog.Get("subscription_activated"))) as ProblemException)?.Code);
    }
}
