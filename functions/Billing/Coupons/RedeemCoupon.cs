using System.ComponentModel.DataAnnotations;
using Npgsql;
using ServerlessBusiness.Billing.History;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Coupons;

public sealed record RedeemCouponRequest
{
    [Required, StringLength(40)]
    public string Code { get; init; } = "";

    /// <summary>The subscription it shall be good for; none: whatever is billed next.</summary>
    public Guid? SubscriptionId { get; init; }

    /// <summary>For somebody else, with invoices:write.</summary>
    public Guid? UserId { get; init; }
}

public sealed record RedemptionView(Guid Id, string Code, Guid UserId, Guid? SubscriptionId, int? InvoicesLeft);

/// <summary>Lets a coupon count for a user's next invoices, once per user and never more often than it may.</summary>
public sealed class RedeemCoupon(Database database, CouponStore coupons, RequestStore requests, HistoryStore history, BillingTime time)
{
    /// <summary>The same key is the same redemption, whatever became of its first answer.</summary>
    public async Task<RedemptionView> RunAsync(
        TenantId tenant, Guid user, string code, Guid? subscription, RequestKey? key, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await requests.TakeAsync(transaction, key, id, now, cancellationToken) is { } known)
            return (await coupons.FindRedemptionAsync(transaction, known, cancellationToken))!;

        try
        {
            var redemption = await coupons.RedeemAsync(transaction, id, code, user, subscription, now, cancellationToken)
                ?? throw await RefusalAsync(transaction, code, now, cancellationToken);
            await history.AddAsync(transaction, user, "coupon_redeemed", new { code, subscriptionId = subscription }, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return redemption;
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("coupon_redemptions_one_per_user"))
        {
            throw ProblemException.Conflict("COUPON_REDEEMED", "This coupon has been redeemed by this user already.");
        }
    }

    private async Task<ProblemException> RefusalAsync(
        TenantTransaction transaction, string code, DateTimeOffset now, CancellationToken cancellationToken) =>
        await coupons.FindAsync(transaction, code, cancellationToken) switch
        {
            null or { Active: false } => ProblemException.NotFound("COUPON_NOT_FOUND", "There is no such coupon."),
            { RedeemBy: { } by } when by <= now => ProblemException.Conflict("COUPON_EXPIRED", "This coupon can no longer be redeemed."),
            _ => ProblemException.Conflict("COUPON_EXHAUSTED", "This coupon has been redeemed as often as it may be."),
        };
}
