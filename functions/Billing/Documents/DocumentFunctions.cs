using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;
using ServerlessBusiness.Billing.CreditNotes;
using ServerlessBusiness.Billing.HostedPages;
using ServerlessBusiness.Billing.Invoices;
using ServerlessBusiness.Billing.Profiles;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Documents;

public sealed class DocumentFunctions(
    LinkDocument link, ComposeDocument compose, InvoiceStore invoices, CreditNoteStore notes, BillingProfileStore profiles,
    Caller caller)
{
    [Function("LinkInvoicePdf"), Authenticated]
    [Summary("Gives a link to the invoice's PDF that is good for ten minutes, for anybody who has it. 503: it is being made.")]
    public async Task<Ok<DocumentLink>> Link(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invoices/{id:guid}/pdf")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var invoice = await FindAsync(id, cancellationToken);
        return TypedResults.Ok(await link.RunAsync(
            caller.Tenant, StoredDocument.InvoiceKind, id, StoredDocument.VersionOf(invoice), cancellationToken));
    }

    [Function("LinkCreditNotePdf"), Authenticated]
    [Summary("Gives a link to the credit note's PDF that is good for ten minutes, for anybody who has it. 503: it is being made.")]
    public async Task<Ok<DocumentLink>> LinkNote(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/credit-notes/{id:guid}/pdf")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var note = await FindNoteAsync(id, cancellationToken);
        return TypedResults.Ok(await link.RunAsync(
            caller.Tenant, StoredDocument.CreditNoteKind, note.Id, StoredDocument.NoteVersion, cancellationToken));
    }

    [Function("ShowCreditNote"), Authenticated, Answers("text/html"), Summary("Shows the credit note as a page.")]
    public async Task<PageResult> ShowNote(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/credit-notes/{id:guid}/html")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) =>
        await PageAsync(
            await compose.RunAsync(caller.Tenant, await FindNoteAsync(id, cancellationToken), cancellationToken), cancellationToken);

    [Function("ShowInvoice"), Authenticated, Answers("text/html"), Summary("Shows the invoice as a page.")]
    public async Task<PageResult> Show(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invoices/{id:guid}/html")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) =>
        await PageAsync(await compose.RunAsync(caller.Tenant, await FindAsync(id, cancellationToken), cancellationToken), cancellationToken);

    [Function("ReadDocument"), Anonymous(NeedsTenant = false), Answers("application/pdf"), Summary("The file that a link leads to.")]
    public async Task<FileContentHttpResult> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/documents/{token}")] HttpRequest request, string token,
        CancellationToken cancellationToken)
    {
        var (document, file) = await link.OpenAsync(token, cancellationToken);
        var headers = request.HttpContext.Response.Headers;
        headers.ContentDisposition = $"inline; filename=\"{document.Number}.pdf\"";
        headers.CacheControl = "private, max-age=600";
        headers.XContentTypeOptions = "nosniff";
        return TypedResults.File(
            file, "application/pdf", lastModified: document.CreatedAt,
            entityTag: new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(document.Sha256)}\""));
    }

    private async Task<PageResult> PageAsync(InvoiceDocument document, CancellationToken cancellationToken)
    {
        var logo = document.LogoId is { } picture ? await profiles.FindLogoAsync(caller.Tenant, picture, cancellationToken) : null;
        return new PageResult(InvoiceHtml.Page(document, logo));
    }

    private async Task<Invoice> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        var invoice = await invoices.FindAsync(caller.Tenant, id, caller.OwnerFilter("invoices:read"), cancellationToken)
            ?? throw ProblemException.NotFound("INVOICE_NOT_FOUND", "There is no such invoice.");
        return invoice.IsDraft
            ? throw ProblemException.Conflict("INVOICE_IS_DRAFT", "A draft has no document. Finalise it first.")
            : invoice;
    }

    private async Task<CreditNote> FindNoteAsync(Guid id, CancellationToken cancellationToken) =>
        await notes.FindAsync(caller.Tenant, id, caller.OwnerFilter("invoices:read"), cancellationToken)
        ?? throw ProblemException.NotFound("CREDIT_NOTE_NOT_FOUND", "There is no such credit note.");
}
