using ServerlessBusiness.Billing.Collection;

namespace ServerlessBusiness.Tests.Unit.Billing.Collection;

public sealed class ReceivedPaymentTests
{
    // Of 111 so much was to go back by notes, and so much has gone by what Payments told.
    [Theory]
    [InlineData(30, 0, 30)]
    [InlineData(111, 111, 0)]
    [InlineData(60, 30, 30)]
    [InlineData(60, 50, 10)]
    [InlineData(60, 0, 30)]
    [InlineData(0, 0, 0)]
    public void Of_a_refused_refund_only_what_has_not_gone_back_is_still_here(decimal returned, decimal refunded, decimal kept)
    {
        var payment = new ReceivedPayment(
            Guid.CreateVersion7(), Guid.CreateVersion7(), Guid.CreateVersion7(), "IDR", Amount: 111, Method: null, Applied: 111 - returned, Credited: 0,
            returned, CreditedNet: 0, refunded, Uncovered: 0, Flag: null, ReceivedAt: DateTimeOffset.UnixEpoch, ReversedAt: null);

        Assert.Equal(kept, payment.KeptOf(30));
    }
}
