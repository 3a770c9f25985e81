using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class MidtransStatusTests
{
    [Theory]
    [InlineData("authorize", "accept", PaymentStatus.Pending)]
    [InlineData("capture", "accept", PaymentStatus.Success)]
    [InlineData("capture", "challenge", PaymentStatus.Pending)]
    [InlineData("capture", "deny", PaymentStatus.Failed)]
    [InlineData("settlement", null, PaymentStatus.Success)]
    [InlineData("pending", null, PaymentStatus.Pending)]
    [InlineData("deny", "deny", PaymentStatus.Failed)]
    [InlineData("cancel", null, PaymentStatus.Cancelled)]
    [InlineData("expire", null, PaymentStatus.Cancelled)]
    [InlineData("failure", null, PaymentStatus.Failed)]
    [InlineData("refund", null, PaymentStatus.Success)]
    [InlineData("partial_refund", null, PaymentStatus.Success)]
    [InlineData("chargeback", null, PaymentStatus.Success)]
    [InlineData("partial_chargeback", null, PaymentStatus.Success)]
    public void Both_words_together_give_our_status(string status, string? fraud, PaymentStatus expected) =>
        Assert.Equal(expected, MidtransStatus.StatusOf(MidtransStatus.Read(status, fraud)!.Value));

    [Theory]
    [InlineData("SETTLEMENT")]
    [InlineData("paid")]
    [InlineData("")]
    [InlineData(null)]
    public void A_word_that_is_not_known_is_no_state(string? status) => Assert.Null(MidtransStatus.Read(status, "accept"));

    [Theory]
    [InlineData(MidtransState.Pending, MidtransState.Settlement)]
    [InlineData(MidtransState.Pending, MidtransState.Expire)]
    [InlineData(MidtransState.Authorize, MidtransState.Capture)]
    [InlineData(MidtransState.Challenge, MidtransState.Capture)]
    [InlineData(MidtransState.Challenge, MidtransState.Deny)]
    [InlineData(MidtransState.Capture, MidtransState.Settlement)]
    [InlineData(MidtransState.Capture, MidtransState.Cancel)]
    [InlineData(MidtransState.Settlement, MidtransState.Deny)]
    [InlineData(MidtransState.Settlement, MidtransState.PartialRefund)]
    [InlineData(MidtransState.PartialRefund, MidtransState.PartialRefund)]
    [InlineData(MidtransState.PartialRefund, MidtransState.Refund)]
    [InlineData(MidtransState.Settlement, MidtransState.Chargeback)]
    [InlineData(MidtransState.Pending, MidtransState.Refund)]
    public void Allowed(MidtransState from, MidtransState to) => Assert.True(MidtransStatus.MayFollow(from, to));

    [Theory]
    [InlineData(MidtransState.Settlement, MidtransState.Settlement)]
    [InlineData(MidtransState.Settlement, MidtransState.Pending)]
    [InlineData(MidtransState.Settlement, MidtransState.Expire)]
    [InlineData(MidtransState.Settlement, MidtransState.Cancel)]
    [InlineData(MidtransState.Settlement, MidtransState.Capture)]
    [InlineData(MidtransState.Expire, MidtransState.Deny)]
    [InlineData(MidtransState.Expire, MidtransState.Settlement)]
    [InlineData(MidtransState.Refund, MidtransState.PartialRefund)]
    [InlineData(MidtransState.Refund, MidtransState.Settlement)]
    [InlineData(MidtransState.Deny, MidtransState.Settlement)]
    [InlineData(MidtransState.Challenge, MidtransState.Authorize)]
    [InlineData(MidtransState.Pending, MidtransState.Pending)]
    public void Stale_or_impossible(MidtransState from, MidtransState to) => Assert.False(MidtransStatus.MayFollow(from, to));

    [Theory]
    [InlineData("2026-11-22 20:15:00", "2026-11-22T13:15:00Z")]
    [InlineData("2026-01-01 06:59:59", "2025-12-31T23:59:59Z")]
    public void Times_are_those_of_Jakarta(string text, string utc) => Assert.Equal(DateTimeOffset.Parse(utc), MidtransTime.Parse(text));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("2026-11-22T20:15:00Z")]
    [InlineData("22.11.2026")]
    public void Another_form_of_time_is_none(string? text) => Assert.Null(MidtransTime.Parse(text));
}
