using CsCheck;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;

namespace ServerlessBusiness.Tests.Unit.Payments.Charges;

public sealed class PaymentStatesTests
{
    private static readonly Gen<ProviderState> AnyState = Gen.Enum<ProviderState>();

    [Theory]
    [InlineData(ProviderState.Pending, ProviderState.Settlement)]
    [InlineData(ProviderState.Pending, ProviderState.Expire)]
    [InlineData(ProviderState.Authorize, ProviderState.Capture)]
    [InlineData(ProviderState.Challenge, ProviderState.Capture)]
    [InlineData(ProviderState.Challenge, ProviderState.Deny)]
    [InlineData(ProviderState.Capture, ProviderState.Settlement)]
    [InlineData(ProviderState.Capture, ProviderState.Cancel)]
    [InlineData(ProviderState.Settlement, ProviderState.Deny)]
    [InlineData(ProviderState.Settlement, ProviderState.PartialRefund)]
    [InlineData(ProviderState.PartialRefund, ProviderState.PartialRefund)]
    [InlineData(ProviderState.PartialRefund, ProviderState.Refund)]
    [InlineData(ProviderState.Settlement, ProviderState.Chargeback)]
    [InlineData(ProviderState.Settlement, ProviderState.PartialChargeback)]
    [InlineData(ProviderState.PartialChargeback, ProviderState.Chargeback)]
    [InlineData(ProviderState.Pending, ProviderState.Refund)]
    [InlineData(ProviderState.Expire, ProviderState.Settlement)]
    [InlineData(ProviderState.Cancel, ProviderState.Settlement)]
    [InlineData(ProviderState.Deny, ProviderState.Settlement)]
    public void Allowed(ProviderState from, ProviderState to) => Assert.True(PaymentStates.MayFollow(from, to, wasPaid: false));

    [Theory]
    [InlineData(ProviderState.Settlement, ProviderState.Settlement)]
    [InlineData(ProviderState.Settlement, ProviderState.Pending)]
    [InlineData(ProviderState.Settlement, ProviderState.Expire)]
    [InlineData(ProviderState.Settlement, ProviderState.Cancel)]
    [InlineData(ProviderState.Settlement, ProviderState.Capture)]
    [InlineData(ProviderState.Settlement, ProviderState.Failure)]
    [InlineData(ProviderState.Cancel, ProviderState.Capture)]
    [InlineData(ProviderState.Expire, ProviderState.Deny)]
    [InlineData(ProviderState.Refund, ProviderState.PartialRefund)]
    [InlineData(ProviderState.Refund, ProviderState.Settlement)]
    [InlineData(ProviderState.Deny, ProviderState.Settlement)]
    [InlineData(ProviderState.Challenge, ProviderState.Authorize)]
    [InlineData(ProviderState.Pending, ProviderState.Pending)]
    public void Stale_or_impossible_once_it_was_paid(ProviderState from, ProviderState to) =>
        Assert.False(PaymentStates.MayFollow(from, to, wasPaid: true));

    [Fact]
    public void Nothing_follows_itself_but_a_further_partial_refund() =>
        Gen.Select(AnyState, Gen.Bool).Sample((state, wasPaid) =>
            PaymentStates.MayFollow(state, state, wasPaid) == (state == ProviderState.PartialRefund));

    [Fact]
    public void What_was_paid_never_waits_for_its_payer_again() =>
        Gen.Select(AnyState, AnyState).Sample((from, to) =>
            PaymentStates.StatusOf(from) != PaymentStatus.Success || PaymentStates.StatusOf(to) != PaymentStatus.Pending
            || !PaymentStates.MayFollow(from, to, wasPaid: true));

    [Fact]
    public void News_in_any_order_and_number_leave_refunds_within_the_payment_and_tell_a_success_at_most_once_between_reversals() =>
        Gen.Select(AnyState, Gen.Decimal[0, 531690]).Array[0, 30].Sample(news =>
        {
            var payment = Samples.Payment();
            var paid = false;
            foreach (var (state, refunded) in news)
            {
                var report = Samples.Transaction("pending") with { State = state, Refunded = decimal.Truncate(refunded) };
                if (PaymentMove.Decide(payment, report, Samples.Now) is not { } move)
                    continue;
                foreach (var fact in move.Facts(payment, isSurplus: false, Samples.Now).Select(fact => fact.Subject))
                {
                    if (fact == "PaymentSucceeded" && paid)
                        return false;
                    paid = fact switch { "PaymentSucceeded" => true, "PaymentReversed" => false, _ => paid };
                }

                payment = payment with
                {
                    Status = move.Status, ProviderState = move.State, RefundedAmount = move.Refunded.Amount,
                    SettledAt = payment.SettledAt ?? move.SettledAt,
                };
                if (payment.RefundedAmount > payment.Amount || paid != (payment.Status == PaymentStatus.Success))
                    return false;
            }

            return true;
        });
}
