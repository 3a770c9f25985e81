using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Subscriptions.Plans;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Plans;

public sealed class TierDraftTests
{
    private static readonly DateTimeOffset Now = At("2026-11-25");

    private static readonly TierRequest Good = new()
    {
        Name = "Team", Prices = new() { ["USD"] = 49.50m, ["IDR"] = 790_000 }, Features = ["analytics"],
        Limits = new() { ["apiCallsPerDay"] = 500, ["reportsPerMonth"] = -1 },
    };

    public static TheoryData<string, string, TierRequest> Refused => new()
    {
        { "INVALID_TIER", "Big Team", Good },
        { "PRICE_MISSING", "team", Good with { Prices = new() { ["IDR"] = 790_000 } } },
        { "INVALID_PRICE", "team", Good with { Prices = new() { ["USD"] = 49.505m } } },
        { "INVALID_PRICE", "team", Good with { Prices = new() { ["USD"] = -1 } } },
        { "INVALID_PRICE", "team", Good with { Prices = new() { ["USD"] = 0, ["IDR"] = 1 } } },
        { "INVALID_PRICE", "team", Good with { Prices = new() { ["USD"] = 1, ["EUR"] = 1 } } },
        { "PRICE_TOO_LARGE", "team", Good with { Prices = new() { ["USD"] = 1_000_000_000.01m } } },
        { "PRICE_OUT_OF_PROPORTION", "team", Good with { Prices = new() { ["USD"] = 1_000_000_000, ["IDR"] = 1 } } },
        { "PRICE_OUT_OF_PROPORTION", "team", Good with { Prices = new() { ["USD"] = 0.01m, ["IDR"] = 10_001 } } },
        { "INVALID_FEATURE", "team", Good with { Features = ["no spaces"] } },
        { "INVALID_LIMIT", "team", Good with { Limits = new() { ["apiCalls"] = 1 } } },
        { "INVALID_LIMIT", "team", Good with { Limits = new() { ["apiCallsPerDay"] = -2 } } },
        { "INVALID_LIMIT", "team", Good with { Limits = new() { ["apiCallsPerDay"] = 1, ["apiCallsPerMonth"] = 1 } } },
        { "INVALID_TIME", "team", Good with { EffectiveFrom = Now.AddSeconds(-1) } },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_draft_that_is_not_well_formed_is_refused(string code, string tier, TierRequest request) =>
        Assert.Equal(code, Assert.Throws<ProblemException>(() => TierDraft.Of(tier, BillingCycle.Monthly, request, Now)).Code);

    [Fact]
    public void New_tiers_are_billed_by_the_calendar_from_now_on()
    {
        var draft = TierDraft.Of("team", BillingCycle.Monthly, Good, Now);

        Assert.Equal((BillingMode.Calendar, Now, 49.50m), (draft.Mode, draft.EffectiveFrom, draft.PriceUsd));
    }
}
