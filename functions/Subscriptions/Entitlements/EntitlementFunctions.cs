using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Subscriptions.Lifecycle;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Entitlements;

/// <summary>What a user may use: nothing while he has no subscription that works.</summary>
public sealed record EntitlementView(
    Guid? SubscriptionId, string? Tier, string? TierName, SubscriptionStatus? Status, DateTimeOffset? PeriodStart, DateTimeOffset? PeriodEnd,
    IReadOnlyList<string> Features, IReadOnlyList<LimitView> Limits);

/// <summary>A limit and what is left of it; -1 is none.</summary>
public sealed record LimitView(string Name, string Feature, long Limit, long Used, long? Remaining, DateTimeOffset ResetsAt);

public sealed class EntitlementFunctions(EntitlementStore entitlements, QuotaStore quotas, Caller caller, TimeProvider time)
{
    [Function("ReadEntitlements"), Authenticated, RateLimitClass("usage")]
    [Summary("Says what the user may use, how much of it is used and when that begins anew.")]
    [Query("product", typeof(string), "Which product; the platform by default.")]
    [Query("userId", typeof(Guid), "Whose; the signed-in user's by default, another's with subscriptions:read.")]
    public async Task<Ok<EntitlementView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/entitlements")] HttpRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var product = request.Query.TryGetValue("product", out var named) ? named.ToString() : Products.Platform;
        // Not what is remembered: whoever has just changed his plan looks here for what it brought.
        if (await entitlements.ListLiveAsync(caller.Tenant, [SubjectOf(request)], product, cancellationToken) is not [var found])
            return TypedResults.Ok(new EntitlementView(null, null, null, null, null, null, [], []));

        var entitled = new Entitled(found).At(now);
        var row = entitled.Row;
        var mayUse = entitled.MayUse(now);
        var limited = mayUse ? Quota.All(entitled, now).ToList() : [];
        var used = limited.Count == 0
            ? new Dictionary<string, long>()
            : await quotas.FindUsedAsync(caller.Tenant, entitled.Id, limited, cancellationToken);
        var period = mayUse ? entitled.PeriodAt(now) : (Shared.Time.Period?)null;
        return TypedResults.Ok(new EntitlementView(
            row.Id, row.TierCode, row.TierName, row.Status, period?.Start ?? row.PeriodStart, period?.End ?? row.ExpiresAt,
            mayUse ? entitled.Features : [], [.. limited.Select(quota => View(quota, used.GetValueOrDefault(quota.Feature)))]));
    }

    private Guid SubjectOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("userId", out var text))
            return caller.RequireUser();
        if (!Guid.TryParse(text, out var user))
            throw ProblemException.Invalid("userId", "INVALID_USER", "userId is a UUID.");
        return caller.RequireFor(user, "subscriptions:read", "Only subscriptions:read may see what another user may use.");
    }

    private static LimitView View(Quota quota, long used) =>
        new(quota.LimitName, quota.Feature, quota.Limit, used, quota.Remaining(used), quota.Window.End);
}
