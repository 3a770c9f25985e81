using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

public sealed class ChargeRulesTests
{
    private static readonly ChargeRequest Va = new()
    {
        InvoiceId = Guid.CreateVersion7(), UserId = Guid.CreateVersion7(), Amount = new Money(531690, Currency.Idr), Method = "bank_transfer",
        Bank = "bca", Description = "Pro, monthly",
    };

    [Theory]
    [InlineData("credit_card")]
    [InlineData("bank_transfer")]
    [InlineData("gopay")]
    [InlineData("dana")]
    [InlineData("shopeepay")]
    [InlineData("indomaret")]
    [InlineData("alfamart")]
    public void Each_of_the_seven_methods_can_be_taken(string method) =>
        Assert.Equal(method, ChargeRules.Check(Va with { Method = method, CardToken = method == "credit_card" ? "token" : null }).Name);

    [Fact]
    public void What_cannot_be_charged_is_refused_with_a_reason()
    {
        Assert.Equal((422, "METHOD_NOT_AVAILABLE"), Refusal(Va with { Method = "cash" }));
        Assert.Equal((400, "BANK_NOT_AVAILABLE"), Refusal(Va with { Bank = null }));
        Assert.Equal((400, "BANK_NOT_AVAILABLE"), Refusal(Va with { Bank = "BCA" }));
        Assert.Equal((400, "AMOUNT_NOT_POSITIVE"), Refusal(Va with { Amount = Money.Zero(Currency.Idr) }));
        Assert.Equal((400, "CARD_TOKEN_MISSING"), Refusal(Va with { Method = "credit_card" }));
        Assert.Equal((400, "CARD_TOKEN_MISSING"), Refusal(Va with { Method = "credit_card", CardToken = "a", PaymentMethodId = Guid.Empty }));
        Assert.Equal((400, "CARD_ONLY"), Refusal(Va with { SaveMethod = true }));
        Assert.Equal((400, "METHOD_NOT_SAVED"), Refusal(Va with { PaymentMethodId = Guid.Empty }));
    }

    [Theory]
    [InlineData("bank_transfer", 180 * 24 * 60, null)]
    [InlineData("bank_transfer", (180 * 24 * 60) + 1, "EXPIRY_OUT_OF_RANGE")]
    [InlineData("bank_transfer", 0, "EXPIRY_OUT_OF_RANGE")]
    [InlineData("dana", 14, "EXPIRY_OUT_OF_RANGE")]
    [InlineData("dana", 15, null)]
    [InlineData("shopeepay", (5 * 24 * 60) + 1, "EXPIRY_OUT_OF_RANGE")]
    [InlineData("credit_card", 10, "EXPIRY_NOT_SUPPORTED")]
    public void The_payers_time_is_within_what_the_method_takes(string method, int minutes, string? refusal)
    {
        var request = Va with { Method = method, ExpiresInMinutes = minutes, CardToken = method == "credit_card" ? "token" : null };

        Assert.Equal(refusal, refusal is null ? Passes(request) : Refusal(request).Code);
    }

    [Fact]
    public void Lines_add_up_to_the_amount_in_whole_rupiah()
    {
        Passes(Va with { Items = [new("Pro", 479000, 1), new("Tax", 52690, 1)] });
        Assert.Equal((422, "ITEMS_DO_NOT_ADD_UP"), Refusal(Va with { Items = [new("Pro", 479000, 1)] }));
        Assert.Equal((400, "ITEMS_NOT_VALID"), Refusal(Va with { Items = [new("Pro", 531689.5m, 1), new("Rest", 0.5m, 1)] }));
        Assert.Equal((400, "ITEMS_NOT_VALID"), Refusal(Va with { Items = [] }));
        Assert.Equal((400, "ITEMS_NOT_VALID"), Refusal(Va with { Items = [new(new string('x', 51), 531690, 1)] }));
        Assert.Equal((400, "ITEMS_NOT_VALID"), Refusal(Va with { Items = [new("Pro", 7e28m, 2)] }));
        Assert.Equal((400, "ITEMS_NOT_VALID"), Refusal(Va with { Items = [new("Pro", 1e20m, 1), new("Less", 531690 - 1e20m, 1)] }));
        Assert.Equal((422, "ITEMS_NEED_RUPIAH"), Refusal(Va with { Amount = new Money(29.99m, Currency.Usd), Items = [new("Pro", 29.99m, 1)] }));
    }

    private static string? Passes(ChargeRequest request)
    {
        ChargeRules.Check(request);
        return null;
    }

    private static (int Status, string Code) Refusal(ChargeRequest request)
    {
        var problem = Assert.Throws<ProblemException>(() => ChargeRules.Check(request));
        return (problem.Status, problem.Code);
    }
}
