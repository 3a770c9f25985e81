using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>A card or wallet that a user keeps for later charges: the provider's token, sealed, and what he knows it by.</summary>
public sealed record SavedMethod
{
    public const string Card = "credit_card";
    public const string Wallet = "e_wallet";

    public Guid Id { get; init; }
    public Guid UserId { get; init; }

    /// <summary>credit_card, bank_account or e_wallet.</summary>
    public string Type { get; init; } = "";
    public string Provider { get; init; } = "midtrans";
    public string EncryptedData { get; init; } = "";
    public string Display { get; init; } = "";
    public byte[]? TokenFingerprint { get; init; }
    public string State { get; init; } = "enabled";
    public Guid? MerchantAccountId { get; init; }
    public bool IsDefault { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>The way to pay that charges it.</summary>
    public string Method => Type == Card ? PaymentMethods.CreditCard : PaymentMethods.Gopay;

    /// <summary>A wallet whose owner has not consented yet, as far as we know.</summary>
    public bool IsWaiting => Type == Wallet && State == "pending";

    public bool IsUsable(DateTimeOffset now) => State == "enabled" && !(ExpiresAt <= now);

    /// <summary>The one of a user's methods that is charged when none is named: his default, or the newest other one when that cannot be charged.</summary>
    public static SavedMethod? Choose(IEnumerable<SavedMethod> own, Guid? merchantAccount, DateTimeOffset now) => own
        .Where(method => method.IsUsable(now) && method.MerchantAccountId == merchantAccount)
        .OrderByDescending(method => method.IsDefault).ThenByDescending(method => method.CreatedAt)
        .FirstOrDefault();

    public SealedFor Place(TenantId tenant) => new(tenant, UserId, Id, Type);
}

/// <param name="ActivationUrl">Where the owner of a wallet consents; only in the answer to linking it.</param>
public sealed record SavedMethodView(
    Guid Id, string Type, string Method, string Display, string State, bool IsDefault, DateTimeOffset? ExpiresAt, DateTimeOffset CreatedAt,
    string? ActivationUrl = null)
{
    public static SavedMethodView Of(SavedMethod method) => new(
        method.Id, method.Type, method.Method, method.Display, method.State, method.IsDefault, method.ExpiresAt, method.CreatedAt);
}
