using ServerlessBusiness.Billing.Reconciliation;
using ServerlessBusiness.Shared.Finance;

namespace ServerlessBusiness.Tests.Unit.Billing.Reconciliation;

public sealed class ReconcileTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly Guid Payment = Guid.CreateVersion7();

    // theirs: amount, refunded, whether it pays; ours: held, refunded
    [Theory]
    [InlineData(100, 0, true, 100, 0, null)]
    [InlineData(100, 30, true, 100, 30, null)]
    [InlineData(100, 0, false, 0, 0, null)]
    [InlineData(100, 0, true, 90, 0, "amount_of_payment")]
    [InlineData(100, 0, false, 100, 0, "amount_of_payment")]
    [InlineData(100, 30, true, 100, 0, "refunded_of_payment")]
    public void Both_books_say_the_same_or_it_is_a_difference(
        decimal amount, decimal refunded, bool pays, decimal held, decimal heldRefunded, string? kind)
    {
        var found = Compare(Theirs(amount, refunded, pays), new HeldPayment(Payment, "IDR", held, held, heldRefunded));

        Assert.Equal(kind, found.SingleOrDefault()?.Kind);
    }

    [Fact]
    public void What_we_have_not_heard_of_is_a_difference_unless_it_pays_nothing_or_is_on_its_way()
    {
        Assert.Equal("payment_unknown_here", Assert.Single(Compare(Theirs(100, 0, true))).Kind);
        Assert.Empty(Compare(Theirs(100, 0, false)));
        Assert.Empty(Compare(Theirs(100, 0, true) with { SettledAt = Now.AddSeconds(1) }));
    }

    [Fact]
    public void Another_currency_is_a_difference()
    {
        Assert.Single(Compare(Theirs(100, 0, true), new HeldPayment(Payment, "USD", 100, 100, 0)));
    }

    private static List<BookDifference> Compare(SettledPayment theirs, params HeldPayment[] ours) => [.. Reconcile.Compare([theirs], ours, Now)];

    private static SettledPayment Theirs(decimal amount, decimal refunded, bool pays) => new(
        Payment, Guid.CreateVersion7(), new Money(amount, Currency.Idr), new Money(refunded, Currency.Idr), pays, Now);
}
