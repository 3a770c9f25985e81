using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.SavedMethods;

public sealed record SavedMethodList(IReadOnlyList<SavedMethodView> Items);

/// <summary>A user's own cards and wallets. Nobody else sees them, and nobody sees what they are charged with.</summary>
public sealed class SavedMethodFunctions(
    SavedMethodStore methods, LinkWallet link, RefreshWallet refresh, DeleteSavedMethod delete, Database database, Caller caller, TimeProvider time)
{
    [Function("ListPaymentMethods"), Authenticated, Summary("Lists one's own saved cards and wallets, the default first.")]
    public async Task<Ok<SavedMethodList>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/payment-methods")] HttpRequest request, CancellationToken cancellationToken)
    {
        var own = await methods.ListAsync(caller.Tenant, caller.RequireUser(), cancellationToken);
        return TypedResults.Ok(new SavedMethodList([.. own.Select(SavedMethodView.Of)]));
    }

    [Function("LinkPaymentMethod"), Authenticated, Idempotent, Accepts<LinkWalletRequest>]
    [Summary("Links a GoPay wallet; its owner consents at activationUrl. Cards are saved by paying with saveMethod.")]
    public async Task<Created<SavedMethodView>> Link(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payment-methods")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<LinkWalletRequest>(request, cancellationToken);
        var linked = await link.RunAsync(caller.Tenant, caller.RequireSelf(), body, cancellationToken);
        return TypedResults.Created($"/v1/payment-methods/{linked.Id}", linked);
    }

    [Function("ReadPaymentMethod"), Authenticated, Summary("Reads a saved method; a wallet that waits for consent is looked up.")]
    public async Task<Ok<SavedMethodView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/payment-methods/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var method = await FindAsync(id, cancellationToken);
        return TypedResults.Ok(SavedMethodView.Of(await refresh.RunAsync(caller.Tenant, method, cancellationToken) ?? throw NotFound()));
    }

    [Function("MakePaymentMethodDefault"), Authenticated, Summary("Makes a saved method the one that is charged when none is named.")]
    public async Task<Ok<SavedMethodView>> MakeDefault(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/payment-methods/{id:guid}/default")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        await using (var transaction = await database.BeginAsync(caller.Tenant, cancellationToken))
        {
            if (!await methods.MakeDefaultAsync(transaction, caller.RequireUser(), id, time.GetUtcNow(), cancellationToken))
                throw NotFound();
            await transaction.CommitAsync(cancellationToken);
        }

        return TypedResults.Ok(SavedMethodView.Of(await FindAsync(id, cancellationToken)));
    }

    [Function("DeletePaymentMethod"), Authenticated, Summary("Forgets a saved method; a wallet is unlinked at the provider as well.")]
    public async Task<NoContent> Delete(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/payment-methods/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) =>
        await delete.RunAsync(caller.Tenant, caller.RequireUser(), id, cancellationToken) ? TypedResults.NoContent() : throw NotFound();

    private async Task<SavedMethod> FindAsync(Guid id, CancellationToken cancellationToken) =>
        await methods.FindAsync(caller.Tenant, caller.RequireUser(), id, cancellationToken) ?? throw NotFound();

    private static ProblemException NotFound() => ProblemException.NotFound("PAYMENT_METHOD_NOT_FOUND", "You have no such saved method.");
}
