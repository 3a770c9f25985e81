using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Analytics;
using ServerlessBusiness.Subscriptions.Plans;
using ServerlessBusiness.Subscriptions.Quotas;

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

    /// <summary>False to pay from the first day, also where the tier has a trial.</summary>
    public bool Trial { get; init; } = true;
}

/// <summary>Begins a subscription: a free one or a trial works at once, a paid one waits for the payment of its first invoice.</summary>
public sealed class StartSubscription(
    Database database, TierStore tiers, SubscriptionStore subscriptions, HistoryStore history, Moves moves, Figures figures, CarryUsage carry,
    TimeProvider time)
{
    public async Task<SubscriptionView> RunAsync(
        TenantProfile tenant, Guid user, string actor, StartSubscriptionRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (!Currency.TryParse(request.Currency ?? tenant.DefaultCurrency, out var currency))
            throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");
        await using var transaction = await database.BeginAsync(tenant.Id, cancellationToken);
        var tier = await tiers.RequireOnSaleAsync(transaction, request.Tier, request.Cycle, currency, now, cancellationToken);
        var isTrial = await IsTrialAsync(subscriptions, transaction, user, tier, request.Trial, cancellationToken);
        var quote = isTrial ? Quote.Trial(tier, now) : Quote.First(tier, now);
        var subscription = Begin(user, tier, quote, isTrial, now);
        await subscriptions.InsertAsync(transaction, subscription, cancellationToken);
        await history.AddAsync(
            transaction, subscription.Id, "create", from: null, subscription.Status, actor, $"subscribed to {tier.Code}", now, cancellationToken);
        await figures.MovedAsync(transaction, before: null, subscription, now, cancellationToken);
        await carry.RunAsync(transaction, before: null, subscription, isPaid: !quote.IsFree, now, cancellationToken);
        if (quote.IsFree)
        {
            await transaction.PublishAsync(
                new SubscriptionActivated(subscription.Id, user, tier.Code, tier.Name, subscription.PeriodStart, subscription.ExpiresAt, tier.Product),
                now, cancellationToken);
        }
        else
        {
            subscription = await ChargeAsync(transaction, subscription, tier, quote, now, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return SubscriptionView.Of(subscription);
    }

    /// <summary>A user has one trial of a product.</summary>
    public static async Task<bool> IsTrialAsync(
        SubscriptionStore subscriptions, TenantConnection connection, Guid user, Tier tier, bool isWished, CancellationToken cancellationToken) =>
        isWished && tier.TrialDays > 0 && !await subscriptions.HadTrialAsync(connection, user, tier.Product, cancellationToken);

    private async Task<Subscription> ChargeAsync(
        TenantTransaction transaction, Subscription subscription, Tier tier, Quote quote, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var charge = await moves.NoteAsync(
            transaction, subscription, Guid.CreateVersion7(now), quote, "first", creditedCharge: null, creditedRate: 1, now, cancellationToken);
        var charged = subscription with { ChargeId = charge.Id };
        await subscriptions.UpdateAsync(transaction, charged, now, cancellationToken);
        await transaction.PublishAsync(
            new SubscriptionCreated(
                charged.Id, charged.UserId, tier.Code, tier.Name, tier.BillingCycle.ToString().ToLowerInvariant(), quote.Charged,
                charged.PeriodStart, charged.ExpiresAt, charge.Id, quote.Lines),
            now, cancellationToken);
        return charged;
    }

    private static Subscription Begin(Guid user, Tier tier, Quote quote, bool isTrial, DateTimeOffset now) => new(
        Guid.CreateVersion7(now), user, tier.Product, tier.Id, tier.IsOwn, tier.Code, tier.Name, tier.PriceUsd, tier.BillingCycle, tier.BillingMode,
        isTrial ? SubscriptionStatus.Trialing : quote.IsFree ? SubscriptionStatus.Active : SubscriptionStatus.Pending,
        tier.Currency, tier.Amount, now, quote.Billed.Period.Start, quote.Billed.Period.End, quote.Billed.AnchorDay, AutoRenew: true, CancelAtPeriodEnd: false,
        NextTierId: null, ChargeId: null, now);
}
