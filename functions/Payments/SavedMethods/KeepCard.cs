using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Payments.SavedMethods;

/// <summary>
/// Keeps the card of a paid charge whose payer asked for it: the provider's token, sealed, in the transaction that notes the payment. Later news of the
/// same charge bring the token again, when its owner may have deleted the card.
/// </summary>
public sealed class KeepCard(SavedMethodStore methods, CardWishStore wishes, PaymentVault vault)
{
    public async Task RunAsync(
        TenantTransaction transaction, Payment payment, ProviderReport report, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (report.SavedToken is not { } token
            || report.State is not (ProviderState.Capture or ProviderState.Settlement or ProviderState.Authorize)
            || !payment.ReadDetails().SaveMethod
            || !await wishes.TakeAsync(transaction, payment.Id, now, cancellationToken))
            return;

        var card = new SavedMethod
        {
            Id = Guid.CreateVersion7(now),
            UserId = payment.UserId,
            Type = SavedMethod.Card,
            Display = token.Display,
            TokenFingerprint = PaymentVault.Fingerprint(transaction.Tenant, payment.UserId, token.Token),
            MerchantAccountId = payment.MerchantAccountId,
            CreatedAt = now,
            ExpiresAt = token.ExpiresAt,
        };
        card = card with { EncryptedData = vault.Seal(token.Token, card.Place(transaction.Tenant)) };
        await methods.InsertAsync(transaction, card, cancellationToken);
    }
}
