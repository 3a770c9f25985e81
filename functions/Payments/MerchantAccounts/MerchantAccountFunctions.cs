using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Vault;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Payments.MerchantAccounts;

public sealed record ClientKeyView(string ClientKey, string ScriptUrl);

/// <summary>The tenant's own account at the provider, for its administrators. A server key goes in and never comes out.</summary>
public sealed class MerchantAccountFunctions(
    MerchantAccountStore accounts, MerchantAccountBook book, PutMerchantAccount put, PaymentVault vault, Database database,
    IOptions<MidtransOptions> midtrans, Caller caller, TimeProvider time)
{
    [Function("PutMerchantAccount"), Requires("payments:configure"), Accepts<MerchantAccountRequest>]
    [Summary("Charges the tenant's payers through its own merchant account from now on.")]
    public async Task<Ok<MerchantAccountView>> Put(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/merchant-account")] HttpRequest request, CancellationToken cancellationToken)
    {
        caller.RequireRecentProof(time.GetUtcNow());
        await put.RunAsync(caller.Tenant, await RequestBody.ReadAsync<MerchantAccountRequest>(request, cancellationToken), cancellationToken);
        return TypedResults.Ok(await ShowAsync(cancellationToken));
    }

    [Function("ReadMerchantAccount"), Requires("payments:configure"), Summary("Shows which merchant account the tenant's payers are charged through.")]
    public async Task<Ok<MerchantAccountView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/merchant-account")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await ShowAsync(cancellationToken));

    [Function("DeleteMerchantAccount"), Requires("payments:configure")]
    [Summary("Goes back to the platform's merchant account; earlier payments stay where they are.")]
    public async Task<NoContent> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/merchant-account")] HttpRequest request, CancellationToken cancellationToken)
    {
        caller.RequireRecentProof(time.GetUtcNow());
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        await accounts.TakeTurnAsync(transaction, cancellationToken);
        await accounts.DeactivateAsync(transaction, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        book.Forget(caller.Tenant);
        return TypedResults.NoContent();
    }

    [Function("ReadClientKey"), Anonymous, Summary("What a browser needs to exchange a card for a token: the client key, and the provider's script.")]
    public async Task<Ok<ClientKeyView>> ClientKey(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/client-key")] HttpRequest request, CancellationToken cancellationToken)
    {
        var account = await book.OfTenantAsync(caller.Tenant, cancellationToken);
        var script = new Uri(midtrans.Value.BaseAddress, "v2/assets/js/midtrans-new-3ds.min.js");
        return TypedResults.Ok(new ClientKeyView(account.ClientKey, script.ToString()));
    }

    private async Task<MerchantAccountView> ShowAsync(CancellationToken cancellationToken)
    {
        var path = $"/v1/webhooks/midtrans/{caller.Tenant}{WebhookGate.QueryOf(midtrans.Value, caller.Tenant)}";
        if ((await accounts.ListAsync(caller.Tenant, cancellationToken)).FirstOrDefault(row => row.Active) is not { } own)
            return new MerchantAccountView("platform", midtrans.Value.ClientKey, "••••", IsOwn: false, path, null);
        return new MerchantAccountView(own.MerchantId, own.ClientKey, $"••••{EndOf(own)}", IsOwn: true, path, own.UpdatedAt);
    }

    private string EndOf(MerchantAccountRow own)
    {
        try
        {
            return vault.Open(own.ServerKey, own.Place(caller.Tenant))[^4..];
        }
        catch (CryptographicException)
        {
            // The book has told the log; whoever looks here may set the key anew.
            return "unreadable";
        }
    }
}
