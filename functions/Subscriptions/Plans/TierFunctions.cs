using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Subscriptions.Plans;

public sealed record TierList(IReadOnlyList<TierView> Items);

public sealed class TierFunctions(TierStore tiers, Caller caller)
{
    [Function("ListTiers"), Anonymous, Summary("Lists what can be subscribed to, with its price in each currency.")]
    public async Task<Ok<TierList>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tiers")] HttpRequest request, CancellationToken cancellationToken)
    {
        var active = await tiers.ListActiveAsync(caller.Tenant, cancellationToken);
        return TypedResults.Ok(new TierList([.. active.Select(TierView.Of)]));
    }
}
