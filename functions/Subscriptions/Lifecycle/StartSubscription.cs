using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public sealed record StartSubscriptionRequest
{
    /// <summary>Code of a tier, such as <c>pro</c>.</summary>
    [Required, StringLength(50)]
    public string Tier { get; init; } = "";

    public BillingCycle Cycle { get; init; } = BillingCycle.Monthly;

    /// <summary>USD or IDR; by default the tenant's currency.</summary>
    [StringLength(3, MinimumLength = 3)]
    public string? Currency { get; init; }
}

/// <summary>Begins a subscription: a free one is active at once, a paid one waits for the payment of its first invoice.</summary>
public sealed class StartSubscription(Database database, TierStore tiers, SubscriptionStore subscriptions, TimeProvider time)
{
    public async Task<SubscriptionView> RunAsync(
        TenantProfile tenant, Guid user, StartSubscriptionRequest request, CancellationToken cancellationToken)
    {
        if (!Currency.TryParse(request.Currency ?? tenant.DefaultCurrency, out var currency))
            throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");

        var tier = await tiers.FindOnSaleAsync(tenant.Id, request.Tier, request.Cycle, currency, cancellationToken)
            ?? throw ProblemException.Unprocessable("TIER_NOT_FOUND", "No tier of that code is sold with this cycle and currency. GET /v1/tiers lists them.");
        var now = time.GetUtcNow();
        var period = BusinessCalendar.PeriodFrom(now, tier.BillingCycle == BillingCycle.Yearly ? Cadence.Yearly : Cadence.Monthly, now.Day);
        var subscription = new Subscription(
            Guid.CreateVersion7(now), user, tier.Id, tier.Code, tier.Name, tier.BillingCycle,
            tier.Price.IsZero ? SubscriptionStatus.Active : SubscriptionStatus.Pending,
            currency.Code, tier.Amount, period.Start, period.End, AutoRenew: true, now);

        await using var transaction = await database.BeginAsync(tenant.Id, cancellationToken);
        await subscriptions.InsertAsync(transaction, subscription, cancellationToken);
        await subscriptions.InsertCreatedEventAsync(transaction, subscription, $"subscribed by user {user}", cancellationToken);
        await transaction.PublishAsync(Fact(subscription, tier.Price), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return SubscriptionView.Of(subscription);
    }

    private static BusinessEvent Fact(Subscription subscription, Money price) => price.IsZero
        ? new SubscriptionActivated(
            subscription.Id, subscription.UserId, subscription.TierCode, subscription.TierName, subscription.StartedAt, subscription.ExpiresAt)
        : new SubscriptionCreated(
            subscription.Id, subscription.UserId, subscription.TierCode, subscription.TierName,
            subscription.BillingCycle.ToString().ToLowerInvariant(), price, subscription.StartedAt, subscription.ExpiresAt);
}
