using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing.Dunning;

public sealed class DunningFunctions(DunningPolicyStore policies, Caller caller, BillingTime time)
{
    [Function("ReadDunningPolicy"), Requires("invoices:read"), Summary("Says what the tenant does about overdue invoices, and when.")]
    public async Task<Ok<DunningPolicy>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/dunning-policy")] HttpRequest request, CancellationToken cancellationToken) =>
        TypedResults.Ok(await policies.FindAsync(caller.Tenant, cancellationToken));

    [Function("PutDunningPolicy"), Requires("invoices:write"), Accepts<DunningPolicy>]
    [Summary("Changes what the tenant does about overdue invoices. Steps that were taken are not taken again.")]
    public async Task<Ok<DunningPolicy>> Put(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/dunning-policy")] HttpRequest request, CancellationToken cancellationToken)
    {
        var policy = (await RequestBody.ReadAsync<DunningPolicy>(request, cancellationToken)).Checked();
        await policies.PutAsync(caller.Tenant, policy, caller.Actor, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(policy);
    }
}
