using System.Globalization;
using System.Text.Json.Serialization;

namespace ServerlessBusiness.Shared.Finance;

/// <summary>An amount in a currency, always a whole number of the currency's minor units.</summary>
[JsonConverter(typeof(MoneyJsonConverter))]
public readonly record struct Money : IComparable<Money>
{
    /// <summary>The largest amount, in either direction, that the database's numeric(18,2) holds.</summary>
    public const decimal Largest = 9_999_999_999_999_999m;

    /// <summary>Takes the amount as it is. Throws <see cref="ArgumentOutOfRangeException"/> when it has more decimals than the
    /// currency or is larger than <see cref="Largest"/>.</summary>
    public Money(decimal amount, Currency currency)
    {
        var rounded = Round(amount, currency);
        if (rounded != amount)
            throw new ArgumentOutOfRangeException(nameof(amount), Invariant(
                $"{amount} {currency} has more than {currency.Exponent} decimals; round it on purpose with Money.Rounded."));
        if (Math.Abs(amount) > Largest)
            throw new ArgumentOutOfRangeException(nameof(amount), Invariant($"{amount} {currency} is larger than {Largest}, the most a ledger can hold."));

        Amount = rounded;
        Currency = currency;
    }

    /// <summary>The amount in the major unit, with exactly as many decimals as the currency has.</summary>
    public decimal Amount { get; }

    /// <summary>The currency of the amount.</summary>
    public Currency Currency { get; }

    /// <summary>True for an amount of nothing.</summary>
    public bool IsZero => Amount == 0;

    /// <summary>The amount in minor units: cents for USD, rupiah for IDR.</summary>
    public long MinorUnits => (long)(Amount * PowerOfTen(Currency.Exponent));

    /// <summary>Nothing, in that currency.</summary>
    public static Money Zero(Currency currency) => new(0, currency);

    /// <summary>Rounds to the currency's minor unit, half away from zero.</summary>
    public static Money Rounded(decimal amount, Currency currency) => new(Round(amount, currency), currency);

    /// <summary>An amount of so many minor units.</summary>
    public static Money FromMinorUnits(long units, Currency currency) => new(units / PowerOfTen(currency.Exponent), currency);

    /// <summary>Adds. Throws <see cref="InvalidOperationException"/> when the currencies differ.</summary>
    public static Money operator +(Money left, Money right) => new(left.Amount + right.In(left.Currency), left.Currency);

    /// <summary>Subtracts. Throws <see cref="InvalidOperationException"/> when the currencies differ.</summary>
    public static Money operator -(Money left, Money right) => new(left.Amount - right.In(left.Currency), left.Currency);

    /// <summary>The same amount in the other direction.</summary>
    public static Money operator -(Money money) => new(-money.Amount, money.Currency);

    /// <summary>Multiplies and rounds once, half away from zero.</summary>
    public static Money operator *(Money money, decimal factor) => Rounded(money.Amount * factor, money.Currency);

    /// <summary>Compares amounts. Throws <see cref="InvalidOperationException"/> when the currencies differ.</summary>
    public static bool operator <(Money left, Money right) => left.CompareTo(right) < 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >(Money left, Money right) => left.CompareTo(right) > 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator <=(Money left, Money right) => left.CompareTo(right) <= 0;

    /// <inheritdoc cref="op_LessThan"/>
    public static bool operator >=(Money left, Money right) => left.CompareTo(right) >= 0;

    /// <summary>Compares amounts. Throws <see cref="InvalidOperationException"/> when the currencies differ.</summary>
    public int CompareTo(Money other) => Amount.CompareTo(other.In(Currency));

    /// <summary>Splits into shares by weight that add up to the whole, each at most one minor unit from its exact share.
    /// Throws <see cref="ArgumentException"/> when a weight is negative or all are zero.</summary>
    public IReadOnlyList<Money> Allocate(params ReadOnlySpan<int> weights)
    {
        var total = 0L;
        foreach (var weight in weights)
            total += weight >= 0 ? weight : throw new ArgumentException("A share cannot have a negative weight.", nameof(weights));
        if (total == 0)
            throw new ArgumentException("Give at least one share a weight above zero.", nameof(weights));

        // The running total is rounded instead of each share, so that no unit is lost or made up along the way.
        var shares = new Money[weights.Length];
        long units = MinorUnits, given = 0, weightSoFar = 0;
        for (var i = 0; i < weights.Length; i++)
        {
            weightSoFar += weights[i];
            var dueSoFar = (long)((Int128)units * weightSoFar / total);
            shares[i] = FromMinorUnits(dueSoFar - given, Currency);
            given = dueSoFar;
        }

        return shares;
    }

    /// <summary>Amount and code, such as <c>29.99 USD</c>, the same on every machine.</summary>
    public override string ToString() => Invariant($"{Amount} {Currency}");

    private decimal In(Currency currency) => Currency == currency
        ? Amount
        : throw new InvalidOperationException($"{Currency} and {currency} cannot be combined; convert one of them with a stored rate first.");

    // Adding a zero of the currency's scale gives 29.9 its second decimal back, so that it prints and serialises as 29.90.
    private static decimal Round(decimal amount, Currency currency) =>
        decimal.Round(amount, currency.Exponent, MidpointRounding.AwayFromZero) + new decimal(0, 0, 0, false, (byte)currency.Exponent);

    private static decimal PowerOfTen(int exponent) => exponent == 0 ? 1m : 100m;

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
