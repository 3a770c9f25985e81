using ServerlessBusiness.Billing.Collection;

namespace ServerlessBusiness.Tests.Unit.Billing.Collection;

public sealed class CollectionOutcomeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    // minutes until the next try; -1: the dunning decides
    [Theory]
    [InlineData("PAYMENT_DECLINED", 422, null, -1)]
    [InlineData("NO_SAVED_METHOD", 422, null, -1)]
    [InlineData("INVOICE_ALREADY_PAID", 409, null, -1)]
    [InlineData("PAYMENT_PENDING", 409, null, 1440)]
    [InlineData("PAYMENT_BEING_CANCELLED", 409, null, 5)]
    [InlineData("PAYMENT_JUST_ENDED", 409, null, 5)]
    [InlineData("RATE_LIMITED", 429, 10, 1)]
    [InlineData("RATE_LIMITED", 429, 120, 2)]
    [InlineData("PROVIDER_UNAVAILABLE", 503, null, 1)]
    public void A_refusal_says_when_to_ask_again(string code, int status, int? retryAfter, int minutes)
    {
        TimeSpan? wait = retryAfter is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

        Assert.Equal(minutes < 0 ? null : Now.AddMinutes(minutes), CollectionOutcome.NextTry(code, status, wait, Now));
    }
}
