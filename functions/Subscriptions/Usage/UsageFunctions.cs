using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Subscriptions.Quotas;

namespace ServerlessBusiness.Subscriptions.Usage;

public sealed class UsageFunctions(RecordUsage record, CheckQuota check, ConsumeQuota consume, Caller caller)
{
    private const string RateLimit = "usage";

    [Function("RecordUsage"), Requires("usage:write"), RateLimitClass(RateLimit), Accepts<RecordUsageRequest>]
    [Summary("Counts 1 to 1,000 uses of features, each id once, and says of each what became of it.")]
    public async Task<Ok<RecordUsageView>> Record(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/usage")] HttpRequest request, CancellationToken cancellationToken)
    {
        var items = await UsageBatch.ReadAsync(request, cancellationToken);
        return TypedResults.Ok(await record.RunAsync(caller.Tenant, items, cancellationToken));
    }

    [Function("CheckUsage"), Authenticated, RateLimitClass(RateLimit), Accepts<QuotaRequest>]
    [Summary("Says whether so much of a feature may be used now.")]
    public async Task<Ok<QuotaView>> Check(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/usage/check")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<QuotaRequest>(request, cancellationToken);
        return TypedResults.Ok(await check.RunAsync(caller.Tenant, body.SubjectFor(caller), body, cancellationToken));
    }

    [Function("ConsumeUsage"), Authenticated, RateLimitClass(RateLimit), Accepts<QuotaRequest>]
    [Summary("Uses so much of a feature if it may be used: checked and counted in one.")]
    public async Task<Ok<QuotaView>> Consume(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/usage/consume")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<QuotaRequest>(request, cancellationToken);
        return TypedResults.Ok(await consume.RunAsync(caller.Tenant, body.SubjectFor(caller), body, cancellationToken));
    }
}
