using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Charges;

public sealed class ChargeFunctions(CreateCharge createCharge, PaymentStore payments, Caller caller)
{
    private const string ReadPermission = "payments:read";

    [Function("CreatePayment"), Requires("payments:create"), Idempotent, Accepts<ChargeRequest>]
    [Summary("Asks for an invoice's money. 202 means that the provider's answer is still open: read the payment again.")]
    public async Task<Results<Created<PaymentView>, Accepted<PaymentView>>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments")] HttpRequest request, CancellationToken cancellationToken)
    {
        // Billing knows what an invoice costs; nobody else may open a charge for one.
        if (caller.Service is null)
            throw ProblemException.Forbidden("SERVICE_REQUIRED", "Charges are opened by billing. Pay an invoice there.");

        var body = await RequestBody.ReadAsync<ChargeRequest>(request, cancellationToken);
        var payment = await createCharge.RunAsync(caller.Tenant, body, cancellationToken);
        var location = $"/v1/payments/{payment.Id}";
        return payment.IsPlaced
            ? TypedResults.Created(location, PaymentView.Of(payment))
            : TypedResults.Accepted(location, PaymentView.Of(payment));
    }

    [Function("ReadPayment"), Authenticated, Summary("Reads one payment.")]
    public async Task<Ok<PaymentView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/payments/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var payment = await payments.FindAsync(caller.Tenant, id, cancellationToken);
        var owner = caller.OwnerFilter(ReadPermission);
        return payment is null || (owner is not null && payment.UserId != owner)
            ? throw ProblemException.NotFound("PAYMENT_NOT_FOUND", "There is no such payment.")
            : TypedResults.Ok(PaymentView.Of(payment));
    }

    [Function("ListPayments"), Authenticated, Summary("Lists one's own payments, or everybody's with payments:read, newest first.")]
    [Query("limit", typeof(int), "How many, 1 to 100; 20 when not given.")]
    [Query("cursor", typeof(string), "The next of the page before.")]
    [Query("invoice", typeof(Guid), "Only the payments of this invoice.")]
    [Query("surplus", typeof(bool), "true: only what was paid twice and is still to go back.")]
    public async Task<Ok<Page<PaymentView>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/payments")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var surplus = string.Equals(request.Query["surplus"], "true", StringComparison.OrdinalIgnoreCase);
        var rows = await payments.ListAsync(caller.Tenant, caller.OwnerFilter(ReadPermission), InvoiceOf(request), surplus, page, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, payment => payment.Id, PaymentView.Of));
    }

    private static Guid? InvoiceOf(HttpRequest request)
    {
        if (!request.Query.TryGetValue("invoice", out var text))
            return null;
        return Guid.TryParse(text, out var invoice)
            ? invoice
            : throw ProblemException.Invalid("invoice", "INVALID_INVOICE", "invoice is the id of an invoice.");
    }
}
