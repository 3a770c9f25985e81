using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.RegularExpressions;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Plans;

/// <summary>What an administrator says of a version of a tier.</summary>
public sealed record TierRequest
{
    [Required, StringLength(100)]
    public string Name { get; init; } = "";

    [StringLength(500)]
    public string Description { get; init; } = "";

    /// <summary>For a new tier the platform by default; a version belongs to the product of the one before it.</summary>
    [StringLength(50, MinimumLength = 1), RegularExpression(@"^[a-z0-9_-]{1,50}\z", ErrorMessage = "product is 1 to 50 of a-z, 0-9, '_' and '-'.")]
    public string? Product { get; init; }

    public BillingMode Billing { get; init; } = BillingMode.Calendar;

    [Range(0, 365)]
    public int TrialDays { get; init; }

    /// <summary>From when on it is sold and renewed to; now by default.</summary>
    public DateTimeOffset? EffectiveFrom { get; init; }

    /// <summary>By currency. USD is needed: revenue is reported in it.</summary>
    [Required]
    public Dictionary<string, decimal> Prices { get; init; } = [];

    [Required, MaxLength(50)]
    public string[] Features { get; init; } = [];

    /// <summary>By name: a feature followed by PerDay or PerMonth, such as <c>apiCallsPerDay</c>. -1 is no limit.</summary>
    [Required]
    public Dictionary<string, long> Limits { get; init; } = [];
}

/// <summary>A version of a tier that is well-formed.</summary>
public sealed partial record TierDraft(
    Guid Id, string Code, string Name, string Description, string Product, BillingCycle Cycle, BillingMode Mode, int TrialDays,
    DateTimeOffset EffectiveFrom, decimal PriceUsd, IReadOnlyList<Money> Prices, string Features, string Limits, DateTimeOffset Now)
{
    // Percentages of it are computed in 64 bits.
    private const long LargestLimit = 1_000_000_000_000_000;

    // What subscriptions bring in is summed in USD, by what an amount is worth in the tier's prices: neither may leave what the sums can hold.
    private const decimal LargestUsd = 1_000_000_000;
    private const decimal FewestRupiahToADollar = 100, MostRupiahToADollar = 1_000_000;

    /// <exception cref="ProblemException">400 when a part of the request is not well-formed.</exception>
    public static TierDraft Of(string code, BillingCycle cycle, TierRequest request, DateTimeOffset now)
    {
        if (!CodeForm().IsMatch(code))
            throw ProblemException.Invalid("tier", "INVALID_TIER", "A tier's code is 1 to 50 of a-z, 0-9, '_' and '-'.");
        if (request.Features.Any(feature => !FeatureForm().IsMatch(feature)))
            throw ProblemException.Invalid("features", "INVALID_FEATURE", "A feature is 1 to 50 letters, digits and '_', beginning with a letter.");
        if (request.Limits.Any(limit => !LimitForm().IsMatch(limit.Key) || limit.Value is < -1 or > LargestLimit))
            throw ProblemException.Invalid(
                "limits", "INVALID_LIMIT",
                "A limit is named by a feature and PerDay or PerMonth, such as apiCallsPerDay, and is from 0 to 1000000000000000, or -1 for none.");
        if (request.Limits.Keys.Select(Quota.FeatureOf).Distinct().Count() < request.Limits.Count)
            throw ProblemException.Invalid("limits", "INVALID_LIMIT", "A feature has one limit: by day or by month.");
        if (request.EffectiveFrom < now)
            throw ProblemException.Invalid("effectiveFrom", "INVALID_TIME", "A version cannot take effect in the past.");

        var prices = request.Prices.Select(price => PriceOf(price.Key, price.Value)).ToList();
        var usd = prices.FirstOrDefault(price => price.Currency == Currency.Usd, new Money(-1, Currency.Usd));
        if (usd.Amount < 0)
            throw ProblemException.Invalid("prices", "PRICE_MISSING", "A price in USD is needed; others may stand beside it.");
        if (prices.Any(price => price.IsZero != usd.IsZero))
            throw ProblemException.Invalid("prices", "INVALID_PRICE", "A tier is free in all currencies or in none.");
        if (usd.Amount > LargestUsd)
            throw ProblemException.Unprocessable("PRICE_TOO_LARGE", "A tier costs at most 1000000000 USD.");
        if (prices.Any(price => price.Currency == Currency.Idr
                && (price.Amount < usd.Amount * FewestRupiahToADollar || price.Amount > usd.Amount * MostRupiahToADollar)))
            throw ProblemException.Unprocessable("PRICE_OUT_OF_PROPORTION", "The price in IDR is from 100 to 1000000 times the one in USD.");
        return new TierDraft(
            Guid.CreateVersion7(now), code, request.Name, request.Description, request.Product ?? Products.Platform, cycle, request.Billing,
            request.TrialDays, (request.EffectiveFrom ?? now).ToUniversalTime(), usd.Amount, prices, JsonSerializer.Serialize(request.Features),
            JsonSerializer.Serialize(request.Limits), now);
    }

    private static Money PriceOf(string code, decimal amount)
    {
        if (!Currency.TryParse(code, out var currency) || amount < 0 || amount > Money.Largest || decimal.Round(amount, currency.Exponent) != amount)
            throw ProblemException.Invalid("prices", "INVALID_PRICE", "Prices are amounts of USD with two decimals and of IDR with none.");
        return new Money(amount, currency);
    }

    [GeneratedRegex(@"^[a-z0-9_-]{1,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CodeForm();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9_]{0,49}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FeatureForm();

    [GeneratedRegex(@"^[a-zA-Z][a-zA-Z0-9_]{0,49}Per(Day|Month)\z", RegexOptions.CultureInvariant)]
    private static partial Regex LimitForm();
}
