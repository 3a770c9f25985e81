using System.ComponentModel.DataAnnotations;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Coupons;

public sealed record CreateCouponRequest
{
    [Required, RegularExpression("^[A-Z0-9_-]{3,40}\\z", ErrorMessage = "code is 3 to 40 capital letters, digits, '-' and '_'.")]
    public string Code { get; init; } = "";

    /// <summary>More than 0 to 100; either this or an amount.</summary>
    public decimal? Percent { get; init; }

    public decimal? Amount { get; init; }

    /// <summary>Of the amount; with a percentage the only currency it is for.</summary>
    [StringLength(3, MinimumLength = 3)]
    public string? Currency { get; init; }

    public CouponDuration Duration { get; init; } = CouponDuration.Once;

    /// <summary>How many invoices a repeating one is good for.</summary>
    [Range(1, 1200)]
    public int? Invoices { get; init; }

    /// <summary>Codes of the tiers it is for; none: all.</summary>
    [MaxLength(50)]
    public string[]? Tiers { get; init; }

    [Range(1, 100_000_000)]
    public int? MaxRedemptions { get; init; }

    public DateTimeOffset? RedeemBy { get; init; }
}

public sealed class CreateCoupon(Database database, CouponStore coupons, RequestStore requests, BillingTime time)
{
    /// <summary>The same key is the same coupon, whatever became of its first answer.</summary>
    public async Task<CouponView> RunAsync(TenantId tenant, CreateCouponRequest request, RequestKey? key, CancellationToken cancellationToken)
    {
        var coupon = Of(request, time.GetUtcNow());
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        if (await requests.TakeAsync(transaction, key, coupon.Id, coupon.CreatedAt, cancellationToken) is not null)
            return CouponView.Of((await coupons.FindAsync(transaction, request.Code, cancellationToken))!);

        try
        {
            await coupons.InsertAsync(transaction, coupon, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("coupons_code"))
        {
            throw ProblemException.Conflict("COUPON_EXISTS", "There is a coupon of that code already, active or not.");
        }

        return CouponView.Of(coupon);
    }

    /// <exception cref="ProblemException">400 when the request makes no coupon.</exception>
    public static Coupon Of(CreateCouponRequest request, DateTimeOffset now)
    {
        if (request.Percent is null == request.Amount is null)
            throw ProblemException.Invalid("percent", "PERCENT_OR_AMOUNT", "A coupon takes off either a percentage or an amount.");
        if (request.Percent is { } percent && (percent is <= 0 or > 100 || decimal.Round(percent, 2) != percent))
            throw ProblemException.Invalid("percent", "INVALID_PERCENT", "percent is above 0, at most 100, with two decimals at most.");
        if (request.Currency is not null && !Currency.TryParse(request.Currency, out _))
            throw ProblemException.Invalid("currency", "UNKNOWN_CURRENCY", "currency is USD or IDR.");
        if (request.Amount is { } amount && !IsAmount(amount, request.Currency))
            throw ProblemException.Invalid("amount", "INVALID_AMOUNT", "An amount needs its currency, is above 0 and has no more decimals than it.");
        if (request.Duration == CouponDuration.Repeating != request.Invoices is not null)
            throw ProblemException.Invalid("invoices", "REPEATING_INVOICES", "A repeating coupon, and no other, says for how many invoices it is good.");
        if (request.Tiers is { } tiers && (tiers.Length == 0 || tiers.Any(tier => tier is null or "" || tier.Contains(','))))
            throw ProblemException.Invalid("tiers", "INVALID_TIERS", "tiers are codes of tiers; leave them out for all.");

        return new Coupon(
            Guid.CreateVersion7(now), request.Code, request.Percent, request.Amount, request.Currency, request.Duration, request.Invoices,
            request.Tiers is null ? null : string.Join(',', request.Tiers), request.MaxRedemptions, Redemptions: 0,
            request.RedeemBy?.ToUniversalTime(), Active: true, now);
    }

    private static bool IsAmount(decimal amount, string? code) =>
        amount > 0 && amount <= Money.Largest && Currency.TryParse(code, out var currency) && decimal.Round(amount, currency.Exponent) == amount;
}
