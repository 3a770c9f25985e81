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
        Assert.Equal(expected, PaymentStates.StatusOf(MidtransStatus.Read(status, fraud)!.Value));

    [Theory]
    [InlineData("SETTLEMENT")]
    [InlineData("paid")]
    [InlineData("")]
    [InlineData(null)]
    public void A_word_that_is_not_known_is_no_state(string? status) => Assert.Null(MidtransStatus.Read(status, "accept"));

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
