using System.Text.Json;
using ServerlessBusiness.Notifications.Requests;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Notifications.Requests;

public sealed class SendRequestTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("product_update", null, null, null)]
    [InlineData("newsletter", null, null, "UNKNOWN_NOTIFICATION_TYPE")]
    [InlineData("password_reset", null, null, "NOTIFICATION_TYPE_INTERNAL")]
    [InlineData("digest", null, null, "NOTIFICATION_TYPE_INTERNAL")]
    [InlineData("product_update", 400, null, "INVALID_SCHEDULE")]
    [InlineData("product_update", 2, 1, "INVALID_EXPIRY")]
    [InlineData("product_update", null, -1, "INVALID_EXPIRY")]
    [InlineData("product_update", 1, 2, null)]
    [InlineData("product_update", 1, 366, null)]
    [InlineData("product_update", null, 366, "INVALID_EXPIRY")]
    [InlineData("product_update", 1, 367, "INVALID_EXPIRY")]
    public void A_kind_that_may_not_be_asked_for_and_times_that_make_no_sense_are_refused(string type, int? inDays, int? expiresInDays, string? code)
    {
        var request = new SendRequest
        {
            Type = type, ScheduleAt = inDays is { } days ? Now.AddDays(days) : null, ExpiresAt = expiresInDays is { } life ? Now.AddDays(life) : null,
        };

        Assert.Equal(code, (Record.Exception(() => request.Check(Now)) as ProblemException)?.Code);
    }

    [Theory]
    [InlineData("payment_received", """{"amount":{"amount":531690,"currency":"IDR"}}""", null)]
    [InlineData("payment_received", """{"amount":{"amount":0.5,"currency":"IDR"}}""", "variables.amount")]
    [InlineData("payment_received", """{"amount":531690}""", "variables.amount")]
    [InlineData("payment_received", "{}", "variables.amount")]
    [InlineData("payment_received", """{"amount":{"amount":1,"currency":"IDR"},"colour":"red"}""", "variables.colour")]
    [InlineData("new_sign_in", """{"device":"Firefox","at":"2026-11-22T10:00:00+07:00"}""", null)]
    [InlineData("new_sign_in", """{"device":"Firefox","at":"yesterday"}""", "variables.at")]
    [InlineData("usage_limit_warning", """{"percentage":80,"feature":"api_calls"}""", null)]
    [InlineData("usage_limit_warning", """{"percentage":true,"feature":"api_calls"}""", "variables.percentage")]
    [InlineData("usage_limit_warning", """{"percentage":80,"feature":"half a pair \ud83d"}""", "variables.feature")]
    [InlineData("usage_limit_warning", """{"percentage":80,"feature":null}""", "variables.feature")]
    [InlineData("new_sign_in", """{"device":"Firefox","at":"\ud83d"}""", "variables.at")]
    [InlineData("payment_received", """{"amount":{"amount":1,"currency":"\ud83d"}}""", "variables.amount")]
    [InlineData("payment_received", """{"amount":null}""", "variables.amount")]
    public void A_value_that_is_missing_unknown_or_of_another_format_is_refused_by_its_name(string type, string variables, string? field)
    {
        var given = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(variables)!;
        var refusal = Record.Exception(() => RequestValues.Read(TemplateCatalog.Get(type), given)) as ProblemException;

        Assert.Equal(field, refusal?.Errors!.Keys.Single());
    }

    [Theory]
    [InlineData("Hi", "{{amount|money}}", null)]
    [InlineData("Hi", "thanks", null)]
    [InlineData("Hi", "{{amount}}", "UNKNOWN_VARIABLE")]
    [InlineData("Hi", "{{secret}}", "UNKNOWN_VARIABLE")]
    [InlineData("Hi", "<b>thanks", "INVALID_MARKUP")]
    [InlineData("Hi\nBcc: all", "thanks", "INVALID_TITLE")]
    [InlineData("Hi", "{{amount|roman}}", "INVALID_VARIABLE")]
    public void A_tenants_own_text_may_use_our_variables_and_no_broken_markup(string title, string text, string? code)
    {
        var request = new TemplateTextRequest { Title = title, Text = text };

        Assert.Equal(code, (Record.Exception(() => request.Check(TemplateCatalog.Get("payment_received"))) as ProblemException)?.Code);
    }

    [Fact]
    public void A_tenants_own_text_of_a_mail_with_a_link_needs_the_link()
    {
        var refusal = Assert.Throws<ProblemException>(
            () => new TemplateTextRequest { Title = "Hi", Text = "Click!" }.Check(TemplateCatalog.Get("password_reset")));

        Assert.Equal("MISSING_VARIABLE", refusal.Code);
    }
}
