using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Invoices;

public sealed class InvoiceFunctions(
    PayInvoice payInvoice, CancelInvoice cancelInvoice, PreviewInvoice previewInvoice, InvoiceStore invoices, Caller caller)
{
    private const string ReadAny = "invoices:read";

    [Function("ReadInvoice"), Authenticated, Summary("Reads one invoice with its lines.")]
    public async Task<Ok<InvoiceView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invoices/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var invoice = await invoices.FindAsync(caller.Tenant, id, caller.OwnerFilter(ReadAny), cancellationToken)
            ?? throw ProblemException.NotFound("INVOICE_NOT_FOUND", "There is no such invoice.");
        return TypedResults.Ok(InvoiceView.Of(invoice, await invoices.ListLinesAsync(caller.Tenant, id, cancellationToken)));
    }

    [Function("ListInvoices"), Authenticated, Summary("Lists invoices, newest first: one's own, or all with invoices:read.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public async Task<Ok<Page<InvoiceView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/invoices")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await invoices.ListAsync(caller.Tenant, caller.OwnerFilter(ReadAny), page.Before, page.Fetch, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, row => InvoiceView.Of(row)));
    }

    [Function("PayInvoice"), Authenticated, Idempotent, Accepts<PayInvoiceRequest>]
    [Summary("Starts the payment of an open invoice and says how to pay.")]
    public async Task<Ok<InvoicePaymentView>> Pay(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices/{id:guid}/pay")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<PayInvoiceRequest>(request, cancellationToken);
        return TypedResults.Ok(await payInvoice.RunAsync(caller.Tenant, id, caller.OwnerFilter("invoices:pay"), body, cancellationToken));
    }

    [Function("PreviewInvoice"), Requires("invoices:read"), Accepts<PreviewInvoiceRequest>]
    [Summary("Says what an invoice over such lines would come to for a user, with his credit and tax.")]
    public async Task<Ok<BillPreview>> Preview(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices/preview")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<PreviewInvoiceRequest>(request, cancellationToken);
        return TypedResults.Ok(await previewInvoice.RunAsync(caller.Tenant, body, cancellationToken));
    }

    [Function("CancelInvoice"), Requires("invoices:write"), Accepts<CancelInvoiceRequest>, Summary("Withdraws an open invoice.")]
    public async Task<Ok<InvoiceView>> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/invoices/{id:guid}/cancel")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<CancelInvoiceRequest>(request, cancellationToken);
        return TypedResults.Ok(await cancelInvoice.RunAsync(caller.Tenant, id, body, cancellationToken));
    }
}
