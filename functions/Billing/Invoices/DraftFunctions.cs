using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing.Invoices;

/// <summary>Invoices that are no subscription's: made as drafts, looked at, and finalised.</summary>
public sealed class DraftFunctions(DraftInvoice draft, FinaliseInvoice finalise, DiscardDraft discard, Caller caller)
{
    private const string Write = "invoices:write";

    [Function("DraftInvoice"), Requires(Write), Idempotent, Accepts<DraftInvoiceRequest>]
    [Summary("Makes a draft of an invoice; it has no number and nobody owes it.")]
    public async Task<Created<InvoiceView>> Draft(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<DraftInvoiceRequest>(request, cancellationToken);
        var actor = caller.Actor;
        var key = await RequestKey.OfAsync(request, actor, cancellationToken);
        var view = await draft.RunAsync(caller.Tenant, body, key, actor, cancellationToken);
        return TypedResults.Created($"/v1/invoices/{view.Id}", view);
    }

    [Function("FinaliseInvoice"), Requires(Write), Idempotent, Summary("Makes a draft an invoice with a number, which its user owes.")]
    public async Task<Ok<InvoiceView>> Finalise(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices/{id:guid}/finalise")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var key = await RequestKey.OfAsync(request, caller.Actor, cancellationToken);
        return TypedResults.Ok(await finalise.RunAsync(caller.Tenant, id, key, cancellationToken));
    }

    [Function("DiscardDraft"), Requires(Write), Summary("Throws a draft away.")]
    public async Task<NoContent> Discard(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = "v1/invoices/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        await discard.RunAsync(caller.Tenant, id, caller.Actor, cancellationToken);
        return TypedResults.NoContent();
    }
}
