using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.MerchantAccounts;

public sealed record MerchantAccountRequest
{
    [Required, StringLength(50, MinimumLength = 1)]
    public string MerchantId { get; init; } = "";

    [Required, StringLength(200, MinimumLength = 8)]
    public string ServerKey { get; init; } = "";

    [Required, StringLength(200, MinimumLength = 8)]
    public string ClientKey { get; init; } = "";
}

/// <summary>
/// Charges of the tenant go through its own merchant account from here on. The same merchant id gives the account new keys; another one is a new
/// account, and the earlier one stays for the payments it holds.
/// </summary>
public sealed class PutMerchantAccount(
    Database database, MerchantAccountStore accounts, MerchantAccountBook book, PaymentVault vault, IOptions<MidtransOptions> midtrans, TimeProvider time)
{
    public async Task RunAsync(TenantId tenant, MerchantAccountRequest request, CancellationToken cancellationToken)
    {
        if ((midtrans.Value.Misfit(request.ServerKey) ?? midtrans.Value.Misfit(request.ClientKey)) is { } misfit)
            throw ProblemException.Unprocessable("WRONG_ENVIRONMENT", misfit);
        if (MidtransKeys.Misfit(request.ServerKey, request.ClientKey) is { } mixedUp)
            throw ProblemException.Unprocessable("WRONG_KEYS", mixedUp);

        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await accounts.TakeTurnAsync(transaction, cancellationToken);
        var id = await accounts.FindIdAsync(transaction, request.MerchantId, cancellationToken) ?? Guid.CreateVersion7(now);
        await accounts.DeactivateAsync(transaction, now, cancellationToken);
        var serverKey = vault.Seal(request.ServerKey, MerchantAccountRow.PlaceOf(tenant, id));
        await accounts.PutAsync(
            transaction, new MerchantAccountRow(id, request.MerchantId, serverKey, request.ClientKey, true, now, now), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        book.Forget(tenant);
    }
}
