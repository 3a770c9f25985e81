using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Payments.Charges;

public sealed class ChangeFunctions(ChangePayment change, PaymentStore payments, Caller caller)
{
    private const string CancelPermission = "payments:cancel";

    [Function("CancelPayment"), Authenticated]
    [Summary("Withdraws a payment that is not settled, one's own or with payments:cancel. 202: the provider has not answered yet.")]
    public Task<Results<Ok<PaymentView>, Accepted<PaymentView>>> Cancel(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments/{id:guid}/cancel")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) => RunAsync(id, ChargeChange.Cancel, caller.OwnerFilter(CancelPermission), cancellationToken);

    [Function("ExpirePayment"), Requires(CancelPermission), Summary("Ends the payer's time now.")]
    public Task<Results<Ok<PaymentView>, Accepted<PaymentView>>> Expire(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments/{id:guid}/expire")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) => RunAsync(id, ChargeChange.Expire, null, cancellationToken);

    [Function("CapturePayment"), Requires("payments:capture"), Summary("Takes the money that a card payment holds, all of it.")]
    public Task<Results<Ok<PaymentView>, Accepted<PaymentView>>> Capture(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments/{id:guid}/capture")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) => RunAsync(id, ChargeChange.Capture, null, cancellationToken);

    [Function("ApprovePayment"), Requires("payments:review"), Summary("Accepts a card payment that the fraud review holds.")]
    public Task<Results<Ok<PaymentView>, Accepted<PaymentView>>> Approve(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments/{id:guid}/approve")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) => RunAsync(id, ChargeChange.Approve, null, cancellationToken);

    [Function("DenyPayment"), Requires("payments:review"), Summary("Refuses a card payment that the fraud review holds.")]
    public Task<Results<Ok<PaymentView>, Accepted<PaymentView>>> Deny(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments/{id:guid}/deny")] HttpRequest request, Guid id,
        CancellationToken cancellationToken) => RunAsync(id, ChargeChange.Deny, null, cancellationToken);

    private async Task<Results<Ok<PaymentView>, Accepted<PaymentView>>> RunAsync(
        Guid id, ChargeChange wish, Guid? owner, CancellationToken cancellationToken)
    {
        var payment = await payments.FindAsync(caller.Tenant, id, cancellationToken);
        if (payment is null || (owner is not null && payment.UserId != owner))
            throw ProblemException.NotFound("PAYMENT_NOT_FOUND", "There is no such payment.");
        // Money that was taken is given back by those who may; a payer only withdraws what waits.
        if (owner is not null && payment.Status == PaymentStatus.Success)
            throw ProblemException.Conflict("CHANGE_NOT_POSSIBLE", "This payment is paid already.");
        var (current, isDone) = await change.RunAsync(caller.Tenant, payment, wish, caller.Actor, cancellationToken);
        return isDone
            ? TypedResults.Ok(PaymentView.Of(current))
            : TypedResults.Accepted($"/v1/payments/{id}", PaymentView.Of(current));
    }
}
