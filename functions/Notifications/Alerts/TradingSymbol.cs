namespace ServerlessBusiness.Notifications.Alerts;

/// <summary>The name of something traded: <c>BTC-USDT</c>, <c>BBCA.JK</c>.</summary>
internal static class TradingSymbol
{
    public const string Form = @"^[A-Za-z0-9][A-Za-z0-9._-]{0,29}\z";
    public const string Rule = "A symbol is letters, digits, '.', '-' and '_', at most 30.";

    public static string Normalize(string symbol) => symbol.ToUpperInvariant();
}
