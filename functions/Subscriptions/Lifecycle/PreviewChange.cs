using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

public sealed record PreviewRequest
{
    /// <summary>The subscription that would change; none for a new one.</summary>
    public Guid? SubscriptionId { get; init; }

    [Required, StringLength(50)]
    public string Tier { get; init; } = "";

    public BillingCycle Cycle { get; init; } = BillingCycle.Monthly;

    /// <summary>For a new one: USD or IDR; by default the tenant's currency.</summary>
    [StringLength(3, MinimumLength = 3)]
    public string? Currency { get; init; }

    public Timing? When { get; init; }

    /// <summary>For a new one: false to pay from the first day, also where the tier has a trial.</summary>
    public bool Trial { get; init; } = true;
}

/// <summary>What would be billed, when, and for which period. What the lines leave over stays as credit.</summary>
/// <param name="Net">The sum of the lines.</param>
/// <param name="Discount">What coupons take off.</param>
public sealed record PreviewView(
    Timing When, DateTimeOffset EffectiveAt, DateTimeOffset PeriodStart, DateTimeOffset PeriodEnd, IReadOnlyList<ChargeLine> Lines,
    Money Net, Money Discount, Money CreditUsed, Money Tax, Money Total, Money CreditAfter);

/// <summary>Answers what a change would bill, to the minor unit: the same quote that the change uses, and Billing's own sum of it.</summary>
public sealed class PreviewChange(
    Database database, TierStore tiers, SubscriptionStore subscriptions, ChargeStore charges, ServiceClients services, TimeProvider time)
{
    // What is billed at once says no day, so that a Billing of the former release goes on answering.
    private sealed record BillRequest(
        Guid UserId, string Currency, decimal[] Lines, string? Tier, Guid? SubscriptionId, Guid? CreditedChargeId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? At);

    private sealed record BillView(
        IReadOnlyList<Money> Lines, Money Net, Money Discount, Money CreditUsed, Money Tax, Money Total, Money CreditAfter);

    public async Task<PreviewView> RunAsync(
        TenantProfile tenant, Guid user, Guid? owner, PreviewRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (request.SubscriptionId is { } id)
            return await ChangeAsync(tenant.Id, id, owner, request, now, cancellationToken);

        if (!Currency.TryParse(request.Currency ?? tenant.DefaultCurrency, out var currency))
            throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");
        await using var connection = database.Open(tenant.Id);
        var tier = await tiers.RequireOnSaleAsync(connection, request.Tier, request.Cycle, currency, now, cancellationToken);
        var isTrial = await StartSubscription.IsTrialAsync(subscriptions, connection, user, tier, request.Trial, cancellationToken);
        return await BillAsync(
            tenant.Id, user, Timing.Now, now, isTrial ? Quote.Trial(tier, now) : Quote.First(tier, now), tier.Code, subscription: null,
            creditedCharge: null, cancellationToken);
    }

    private async Task<PreviewView> ChangeAsync(
        TenantId tenant, Guid id, Guid? owner, PreviewRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var subscription = await subscriptions.FindAsync(tenant, id, owner, cancellationToken)
            ?? throw ProblemException.NotFound("SUBSCRIPTION_NOT_FOUND", "There is no such subscription.");
        if (SubscriptionLifecycle.Next(subscription.Status, SubscriptionCommand.Change) is null)
            throw Moves.Refusal(subscription.Status);
        await using var connection = database.Open(tenant);
        var tier = await tiers.RequireOnSaleAsync(
            connection, request.Tier, request.Cycle, subscription.FullPrice.Currency, now, cancellationToken);
        ChangePlan.Check(subscription, tier, now);
        if (ChangePlan.TimingOf(subscription, tier, request.When, now) == Timing.PeriodEnd)
        {
            // A version that takes effect before then is what the renewal will cost.
            var tierThen = await tiers.FindForPeriodAsync(connection, tier.Id, subscription.Currency, subscription.ExpiresAt, cancellationToken);
            var quoteThen = Quote.Renewal(subscription, tierThen);
            return await BillAsync(
                tenant, subscription.UserId, Timing.PeriodEnd, subscription.ExpiresAt, quoteThen, tier.Code, id, creditedCharge: null, cancellationToken);
        }

        var charge = subscription.ChargeId is { } chargeId ? await charges.FindAsync(tenant, chargeId, cancellationToken) : null;
        var quote = Quote.Change(subscription, Moves.LeftOf(subscription, charge, now), tier, now);
        // Coupons are taken off whole periods only, not off what a change charges.
        return await BillAsync(
            tenant, subscription.UserId, Timing.Now, now, quote, couponTier: null, id, quote.Credit.IsZero ? null : charge?.Id, cancellationToken);
    }

    private async Task<PreviewView> BillAsync(
        TenantId tenant, Guid user, Timing when, DateTimeOffset effectiveAt, Quote quote, string? couponTier, Guid? subscription, Guid? creditedCharge,
        CancellationToken cancellationToken)
    {
        var bill = await services.To(ServiceIdentity.Billing).PostAsync<BillRequest, BillView>(
            tenant, "/v1/invoices/preview",
            new BillRequest(
                user, quote.Charged.Currency.Code, [.. quote.Lines.Select(line => line.Amount.Amount)], couponTier, subscription, creditedCharge,
                when == Timing.PeriodEnd ? effectiveAt : null),
            idempotencyKey: null, cancellationToken);
        var period = quote.Billed.Period;
        return new PreviewView(
            when, effectiveAt, period.Start, period.End, [.. quote.Lines.Zip(bill.Lines, Billed)], bill.Net, bill.Discount, bill.CreditUsed, bill.Tax,
            bill.Total, bill.CreditAfter);
    }

    // Billing gives back what was paid, which is less than the price where a coupon had made it cheaper.
    private static ChargeLine Billed(ChargeLine line, Money amount) => line.Amount == amount
        ? line
        : line with { UnitPrice = amount, Amount = amount, Quantity = 1, Days = null, OfDays = null };
}
