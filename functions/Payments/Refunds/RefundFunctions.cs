using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Refunds;

public sealed record RefundList(IReadOnlyList<RefundView> Items);

public sealed class RefundFunctions(RefundPayment refundPayment, RefundStore refunds, PaymentStore payments, Caller caller)
{
    [Function("RefundPayment"), Requires("payments:refund"), Idempotent, Accepts<RefundRequest>]
    [Summary("Sends money back, in part or all that is left. 202: the provider has not answered; the same refundKey never sends it twice.")]
    public async Task<Results<Created<RefundView>, Accepted<RefundView>>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments/{id:guid}/refunds")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<RefundRequest>(request, cancellationToken);
        var actor = caller.Actor;
        if (body.RefundKey is null && await RequestKey.OfAsync(request, actor, cancellationToken) is { } key)
            body = body with { RefundKey = key.Name };
        var (refund, payment) = await refundPayment.RunAsync(caller.Tenant, id, body, actor, cancellationToken);
        var location = $"/v1/payments/{id}/refunds";
        return refund.Status == RefundStatus.Success
            ? TypedResults.Created(location, RefundView.Of(refund, payment))
            : TypedResults.Accepted(location, RefundView.Of(refund, payment));
    }

    [Function("ListRefunds"), Authenticated, Summary("Lists a payment's refunds, of one's own or with payments:read.")]
    public async Task<Ok<RefundList>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/payments/{id:guid}/refunds")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var owner = caller.OwnerFilter("payments:read");
        var payment = await payments.FindAsync(caller.Tenant, id, cancellationToken);
        if (payment is null || (owner is not null && payment.UserId != owner))
            throw ProblemException.NotFound("PAYMENT_NOT_FOUND", "There is no such payment.");
        var rows = await refunds.ListOfPaymentAsync(caller.Tenant, id, cancellationToken);
        return TypedResults.Ok(new RefundList([.. rows.Select(refund => RefundView.Of(refund, payment))]));
    }
}
