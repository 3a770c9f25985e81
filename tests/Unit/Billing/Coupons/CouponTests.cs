using ServerlessBusiness.Billing.Coupons;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Shared.Problems;
using static ServerlessBusiness.Tests.Unit.Billing.Samples;

namespace ServerlessBusiness.Tests.Unit.Billing.Coupons;

public sealed class CouponTests
{
    private static readonly CreateCouponRequest Request = new() { Code = "WELCOME", Percent = 20 };
    private static readonly Bill Bill = new(Guid.CreateVersion7(), Guid.CreateVersion7(), null, "pro", null, null, []);
    private static readonly Redemption Redeemed = new(Guid.CreateVersion7(), Bill.UserId, null, null, "WELCOME", 20, null, null, null);

    [Fact]
    public void It_takes_off_either_a_percentage_or_an_amount()
    {
        Assert.Equal(20, Of(Request).Percent);
        Assert.Equal(50_000, Of(Request with { Percent = null, Amount = 50_000, Currency = "IDR" }).Amount);
        Refused(Request with { Percent = null });
        Refused(Request with { Amount = 1, Currency = "IDR" });
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        Refused(Request with { Percent = 0 });
        Refused(Request with { Percent = 100.01m });
        Refused(Request with { Percent = 33.333m });
        Refused(Request with { Percent = null, Amount = 0.5m, Currency = "IDR" });
        Refused(Request with { Percent = null, Amount = 5 });
        Refused(Request with { Currency = "EUR" });
        Refused(Request with { Tiers = [] });
        Refused(Request with { Tiers = ["a,b"] });
    }

    [Fact]
    public void A_repeating_one_and_no_other_says_for_how_many_invoices()
    {
        Assert.Equal(3, Of(Request with { Duration = CouponDuration.Repeating, Invoices = 3 }).Invoices);
        Refused(Request with { Duration = CouponDuration.Repeating });
        Refused(Request with { Invoices = 3 });
    }

    [Fact]
    public void It_fits_by_subscription_tier_currency_and_while_it_lasts()
    {
        Assert.True(Redeemed.Fits(Bill, "IDR"));
        Assert.True((Redeemed with { SubscriptionId = Bill.SubscriptionId, Tiers = "free,pro", Currency = "IDR", InvoicesLeft = 1 }).Fits(Bill, "IDR"));
        Assert.False((Redeemed with { SubscriptionId = Guid.CreateVersion7() }).Fits(Bill, "IDR"));
        Assert.False((Redeemed with { Tiers = "enterprise" }).Fits(Bill, "IDR"));
        Assert.False((Redeemed with { Tiers = "pro" }).Fits(Bill with { Tier = null }, "IDR"));
        Assert.False((Redeemed with { Currency = "USD" }).Fits(Bill, "IDR"));
        Assert.False((Redeemed with { InvoicesLeft = 0 }).Fits(Bill, "IDR"));
        Assert.False(Redeemed.Fits(Bill with { TakesCoupons = false }, "IDR"));
    }

    [Fact]
    public void A_bill_that_names_its_coupons_takes_them_whatever_they_are_for_and_no_others()
    {
        var bill = Bill with { Tier = null, TakesCoupons = false, Redemptions = [Redeemed.Id] };

        Assert.True((Redeemed with { Tiers = "pro" }).Fits(bill, "IDR"));
        Assert.False((Redeemed with { InvoicesLeft = 0 }).Fits(bill, "IDR"));
        Assert.False((Redeemed with { Id = Guid.CreateVersion7() }).Fits(bill with { TakesCoupons = true }, "IDR"));
    }

    private static Coupon Of(CreateCouponRequest request) => CreateCoupon.Of(request, At("2026-11-26"));

    private static void Refused(CreateCouponRequest request) => Assert.Equal(400, Assert.Throws<ProblemException>(() => Of(request)).Status);
}
