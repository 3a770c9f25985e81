using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Subscriptions.Entitlements;

namespace ServerlessBusiness.Subscriptions.Quotas;

public sealed record QuotaRequest
{
    [Required, RegularExpression(@"^[a-zA-Z][a-zA-Z0-9_]{0,49}\z", ErrorMessage = "feature is 1 to 50 letters, digits and '_'.")]
    public string Feature { get; init; } = "";

    [Range(1, int.MaxValue)]
    public long Quantity { get; init; } = 1;

    /// <summary>Whose: the signed-in user by default. Another's needs <c>usage:write</c>.</summary>
    public Guid? UserId { get; init; }

    [Required, RegularExpression(@"^[a-z0-9_-]{1,50}\z", ErrorMessage = "product is 1 to 50 of a-z, 0-9, '_' and '-'.")]
    public string Product { get; init; } = Products.Platform;

    /// <exception cref="ProblemException">403 when the caller may not ask about that user.</exception>
    public Guid SubjectFor(Caller caller) => caller.RequireFor(UserId, "usage:write", "Only usage:write may use the quota of another user.");
}

/// <summary>May it be used, how much is left, and when it is counted from nothing again. Without a limit there are no numbers to it.</summary>
public sealed record QuotaView(
    string Feature, bool Allowed, string? Reason, long? Limit, long Used, long? Remaining, DateTimeOffset? ResetsAt)
{
    public static QuotaView Of(Quota quota, bool allowed, long used) => new(
        quota.Feature, allowed, allowed ? null : "QUOTA_EXCEEDED", quota.Limit, used, quota.Remaining(used), quota.Window.End);

    /// <summary>The answer where nothing is counted: what the tier includes without a limit may be used, all else may not.</summary>
    public static QuotaView Unmetered(string feature, Entitled? entitled, DateTimeOffset now)
    {
        var reason = entitled is null ? "NO_SUBSCRIPTION"
            : !entitled.MayUse(now) ? "SUBSCRIPTION_NOT_ACTIVE"
            : entitled.At(now).Features.Contains(feature) ? null
            : "NOT_INCLUDED";
        return new QuotaView(feature, reason is null, reason, null, 0, null, null);
    }
}
