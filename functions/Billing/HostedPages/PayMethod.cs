namespace ServerlessBusiness.Billing.HostedPages;

/// <summary>A way to pay that one press on the page chooses. Cards are not among them: they need the provider's script in the page.</summary>
internal sealed record PayMethod(string Method, string? Bank, string Name)
{
    public static readonly IReadOnlyList<PayMethod> All =
    [
        new("bank_transfer", "bca", "BCA"),
        new("bank_transfer", "mandiri", "Mandiri"),
        new("bank_transfer", "bni", "BNI"),
        new("bank_transfer", "bri", "BRI"),
        new("bank_transfer", "permata", "Permata"),
        new("bank_transfer", "cimb", "CIMB Niaga"),
        new("gopay", null, "GoPay"),
        new("shopeepay", null, "ShopeePay"),
        new("dana", null, "DANA"),
        new("indomaret", null, "Indomaret"),
        new("alfamart", null, "Alfamart"),
    ];

    /// <summary>How a form names it.</summary>
    public string Value => Bank is null ? Method : $"{Method}:{Bank}";

    public bool IsShop => Method is "indomaret" or "alfamart";

    /// <summary>In the tenant's order; the banks of a transfer in ours.</summary>
    public static IReadOnlyList<PayMethod> Offered(IReadOnlyCollection<string> enabled) =>
        [.. enabled.SelectMany(method => All.Where(one => one.Method == method))];

    public static PayMethod? Find(string? value) => All.FirstOrDefault(method => method.Value == value);

    public static PayMethod? Find(string method, string? bank) => All.FirstOrDefault(one => one.Method == method && one.Bank == bank);

    public static string NameOf(string method, string? bank) => Find(method, bank)?.Name ?? bank ?? method;
}
