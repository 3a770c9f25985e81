using System.Globalization;

namespace ServerlessBusiness.Shared.Finance;

/// <summary>How people read an amount: <c>Rp531.690</c> in Indonesian, <c>Rp531,690</c> in English.</summary>
public static class MoneyFormat
{
    // Own tables instead of CultureInfo: the apps run without ICU, and ICU would put a no-break space behind "Rp" that breaks e-mail and chat.
    private static readonly NumberFormatInfo English = new() { NumberGroupSeparator = ",", NumberDecimalSeparator = "." };
    private static readonly NumberFormatInfo Indonesian = new() { NumberGroupSeparator = ".", NumberDecimalSeparator = "," };

    /// <summary>The amount with its symbol for a language tag; <c>id</c> and its regions are Indonesian, all others English.</summary>
    public static string Display(this Money money, string locale)
    {
        var isIndonesian = locale.Equals("id", StringComparison.OrdinalIgnoreCase)
            || locale.StartsWith("id-", StringComparison.OrdinalIgnoreCase)
            || locale.StartsWith("id_", StringComparison.OrdinalIgnoreCase);
        var digits = Math.Abs(money.Amount).ToString($"N{money.Currency.Exponent}", isIndonesian ? Indonesian : English);
        return (money.Amount < 0 ? "-" : "") + Symbol(money.Currency, isIndonesian) + digits;
    }

    private static string Symbol(Currency currency, bool isIndonesian)
    {
        if (currency == Currency.Idr)
            return "Rp";
        return isIndonesian ? "US$" : "$";
    }
}
