using ServerlessBusiness.Subscriptions.Usage;
using static ServerlessBusiness.Tests.Unit.Subscriptions.Lifecycle.Samples;

namespace ServerlessBusiness.Tests.Unit.Subscriptions.Usage;

public sealed class UsageCheckTests
{
    private static readonly DateTimeOffset Now = At("2026-11-25T12:00:00Z");

    private static readonly UsageEvent Good = new()
    {
        Id = Guid.CreateVersion7(), UserId = Guid.CreateVersion7(), Feature = "apiCalls", Timestamp = Now, ErrorCode = "HTTP_500",
    };

    public static TheoryData<string?, UsageEvent> Cases => new()
    {
        { null, Good },
        { null, Good with { Quantity = 0 } },
        { null, Good with { Timestamp = Now.AddDays(-35) } },
        { "TOO_LATE", Good with { Timestamp = Now.AddDays(-35).AddMilliseconds(-1) } },
        { null, Good with { Timestamp = Now.AddMinutes(5) } },
        { "TOO_EARLY", Good with { Timestamp = Now.AddMinutes(5).AddMilliseconds(1) } },
        { "TOO_LATE", Good with { Timestamp = default } },
        { "INVALID_ID", Good with { Id = Guid.Empty } },
        { "INVALID_SUBJECT", Good with { UserId = null } },
        { "INVALID_SUBJECT", Good with { SubscriptionId = Guid.CreateVersion7() } },
        { "INVALID_FEATURE", Good with { Feature = "" } },
        { "INVALID_FEATURE", Good with { Feature = "a\"b" } },
        { "INVALID_QUANTITY", Good with { Quantity = -1 } },
        { "INVALID_QUANTITY", Good with { Quantity = 1L + int.MaxValue } },
        { "INVALID_MEASURE", Good with { DurationMs = -1 } },
        { "INVALID_MEASURE", Good with { ResponseBytes = 1L + uint.MaxValue } },
        { "INVALID_ERROR_CODE", Good with { ErrorCode = "no\"quotes" } },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void An_event_is_taken_or_refused_with_a_reason(string? code, UsageEvent usage) =>
        Assert.Equal(code, UsageCheck.Refusal(usage, Now)?.Code);
}
