namespace ServerlessBusiness.Simulators.Midtrans;

// An account at the provider: who may charge, and where its dashboard says that notifications go.
public sealed record Merchant(string ServerKey, string MerchantId, string? ClientKey = null, string? NotificationUrl = null);
