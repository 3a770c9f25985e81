using ServerlessBusiness.Payments.Charges;

namespace ServerlessBusiness.Payments.Providers;

/// <summary>What is done to a charge that is there already.</summary>
public enum ChargeChange
{
    Cancel,
    Expire,
    Capture,
    Approve,
    Deny,
}

/// <summary>A provider of payments. The way to a second one: another adapter, and <c>payment_transactions.provider</c> names it.</summary>
public interface IPaymentProvider
{
    /// <summary>Asks for money. A second charge of the same order must be refused as a duplicate.</summary>
    Task<ProviderOutcome> ChargeAsync(MerchantAccount account, ChargeOrder order, CancellationToken cancellationToken);

    /// <summary>How a charge stands; declined as not found when it never arrived.</summary>
    Task<ProviderOutcome> FindAsync(MerchantAccount account, Payment payment, CancellationToken cancellationToken);

    Task<ProviderOutcome> ChangeAsync(MerchantAccount account, Payment payment, ChargeChange change, CancellationToken cancellationToken);

    /// <summary>Gives money back, once per key.</summary>
    Task<ProviderOutcome> RefundAsync(MerchantAccount account, Payment payment, RefundOrder refund, CancellationToken cancellationToken);
}

/// <summary>A charge to be made: the committed row, and what is not kept.</summary>
/// <param name="Token">Of a card, for one charge or a saved one.</param>
/// <param name="Wallet">A wallet that its owner has linked.</param>
public sealed record ChargeOrder(Payment Payment, ChargeCustomer? Customer, string? Token, LinkedWallet? Wallet)
{
    public override string ToString() => $"order {Payment.OrderId}";
}

public sealed record LinkedWallet(string AccountId, string OptionToken)
{
    public override string ToString() => "wallet";
}

public sealed record RefundOrder(string Key, decimal Amount, string Reason, bool Direct);
