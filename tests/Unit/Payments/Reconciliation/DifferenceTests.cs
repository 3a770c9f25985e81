using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Reconciliation;
using ServerlessBusiness.Tests.Unit.Payments.Charges;

namespace ServerlessBusiness.Tests.Unit.Payments.Reconciliation;

public sealed class DifferenceTests
{
    [Fact]
    public void Equal_books_differ_in_nothing() =>
        Assert.Empty(Between(ProviderState.Settlement, "settlement")!);

    [Fact]
    public void State_amount_and_refunds_are_compared()
    {
        Assert.Equal(["state"], Kinds(Between(ProviderState.Pending, "settlement")));
        Assert.Equal(["amount"], Kinds(Between(ProviderState.Settlement, "settlement", amount: "531691.00")));
        Assert.Equal(["state", "refunded"], Kinds(Between(ProviderState.Settlement, "partial_refund", "1000.00")));
    }

    [Fact]
    public void A_full_refund_that_is_told_without_an_amount_is_the_whole() =>
        Assert.Empty(Difference.Between(Samples.Payment(ProviderState.Refund, 531690), new ProviderOutcome.Accepted(Samples.Transaction("refund")))!);

    [Theory]
    [InlineData("pending", "withdrawn/pending")]
    [InlineData("expire", null)]
    [InlineData("cancel", null)]
    public void A_charge_that_was_withdrawn_here_may_not_wait_for_its_payer_there(string theirs, string? difference)
    {
        var withdrawn = Samples.Payment() with { Status = PaymentStatus.Cancelled };
        var found = Difference.Between(withdrawn, new ProviderOutcome.Accepted(Samples.Transaction(theirs)))!;

        Assert.Equal(difference, found.Select(one => $"{one.Ours}/{one.Theirs}").SingleOrDefault());
    }

    [Fact]
    public void What_the_provider_does_not_know_is_missing_unless_it_never_got_there()
    {
        var unknown = new ProviderOutcome.Declined(404, "Transaction doesn't exist.");

        Assert.Equal(["missing"], Kinds(Difference.Between(Samples.Payment(ProviderState.Settlement), unknown)));
        Assert.Empty(Difference.Between(Samples.Payment() with { ExternalTransactionId = null }, unknown)!);
    }

    [Fact]
    public void Without_an_answer_nothing_is_said() =>
        Assert.Null(Difference.Between(Samples.Payment(), new ProviderOutcome.Unknown("no answer", Arrived: true)));

    private static IReadOnlyList<Difference>? Between(ProviderState ours, string theirs, string? refunded = null, string amount = "531690.00") =>
        Difference.Between(Samples.Payment(ours), new ProviderOutcome.Accepted(Samples.Transaction(theirs, refunded, amount)));

    private static IEnumerable<string> Kinds(IReadOnlyList<Difference>? found) => found!.Select(difference => difference.Kind);
}
