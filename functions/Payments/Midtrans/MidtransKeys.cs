namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>What keys say about themselves: SB-Mid-server-… and SB-Mid-client-… of the sandbox, VT-… of its old accounts, Mid-… of the real bank.</summary>
public static class MidtransKeys
{
    public static bool IsSandbox(string key) =>
        key.StartsWith("SB-", StringComparison.OrdinalIgnoreCase) || key.StartsWith("VT-", StringComparison.OrdinalIgnoreCase);

    public static bool IsReal(string key) => key.StartsWith("Mid-", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Why two keys are not those of one account, or null when they may be. A client key is told to every browser, so a server key in its place would
    /// be published.
    /// </summary>
    public static string? Misfit(string serverKey, string clientKey)
    {
        if (clientKey.Contains("-server-", StringComparison.OrdinalIgnoreCase) || serverKey == clientKey)
            return "The client key is a server key, which nobody else may see. Browsers are given the client key.";
        if (serverKey.Contains("-client-", StringComparison.OrdinalIgnoreCase))
            return "The server key is a client key.";
        return (IsSandbox(serverKey) && IsReal(clientKey)) || (IsReal(serverKey) && IsSandbox(clientKey))
            ? "One of the two keys is of the sandbox and the other one is real."
            : null;
    }
}
