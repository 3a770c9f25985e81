using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.CreditNotes;

public sealed class CreditNoteFunctions(IssueCreditNote issue, CreditNoteStore notes, RefundStore refunds, Caller caller)
{
    private const string ReadAny = "invoices:read";

    [Function("IssueCreditNote"), Requires("invoices:credit"), Idempotent, Accepts<CreditNoteRequest>]
    [Summary("Takes back some lines of an invoice, or all that is left of it.")]
    public async Task<Created<CreditNoteView>> Issue(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices/{id:guid}/credit-notes")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<CreditNoteRequest>(request, cancellationToken);
        var actor = caller.Actor;
        var key = await RequestKey.OfAsync(request, actor, cancellationToken);
        var note = await issue.RunAsync(caller.Tenant, id, body, key, actor, cancellationToken);
        // The note stands, whether its caller is still there or not. The timer asks for its refunds.
        return TypedResults.Created($"/v1/credit-notes/{note.Id}", await ViewAsync(note.Id, null, CancellationToken.None));
    }

    [Function("ReadCreditNote"), Authenticated, Summary("Reads a credit note with its lines and refunds, one's own or with invoices:read.")]
    public async Task<Ok<CreditNoteView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/credit-notes/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) => TypedResults.Ok(await ViewAsync(id, caller.OwnerFilter(ReadAny), cancellationToken));

    [Function("ListCreditNotes"), Authenticated, Summary("Lists credit notes, newest first: one's own, or all with invoices:read.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public Task<Ok<Page<CreditNoteView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/credit-notes")] HttpRequest request, CancellationToken cancellationToken) =>
        ListAsync(request, null, cancellationToken);

    [Function("ListCreditNotesOfInvoice"), Authenticated, Summary("Lists an invoice's credit notes, newest first.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public Task<Ok<Page<CreditNoteView>>> ListOfInvoice(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invoices/{id:guid}/credit-notes")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) => ListAsync(request, id, cancellationToken);

    private async Task<Ok<Page<CreditNoteView>>> ListAsync(HttpRequest request, Guid? invoice, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await notes.ListAsync(caller.Tenant, caller.OwnerFilter(ReadAny), invoice, page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, row => CreditNoteView.Of(row)));
    }

    private async Task<CreditNoteView> ViewAsync(Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        var note = await notes.FindAsync(caller.Tenant, id, owner, cancellationToken)
            ?? throw ProblemException.NotFound("CREDIT_NOTE_NOT_FOUND", "There is no such credit note.");
        return CreditNoteView.Of(
            note, await notes.ListLinesAsync(caller.Tenant, id, cancellationToken), await refunds.ListOfNoteAsync(caller.Tenant, id, cancellationToken));
    }
}
