using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Payments.Charges;

public sealed class SurplusFunctions(HandleSurplus handle, Caller caller)
{
    [Function("HandleSurplus"), Requires("payments:refund"), Accepts<HandleSurplusRequest>]
    [Summary("Marks what was paid twice as given back by hand. What the provider can send back is refunded instead.")]
    public async Task<Ok<PaymentView>> Handle(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/payments/{id:guid}/surplus-handled")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<HandleSurplusRequest>(request, cancellationToken);
        return TypedResults.Ok(PaymentView.Of(await handle.RunAsync(caller.Tenant, id, body, caller.Actor, cancellationToken)));
    }
}
