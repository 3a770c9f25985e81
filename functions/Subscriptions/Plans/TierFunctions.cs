using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Subscriptions.Plans;

public sealed record TierList(IReadOnlyList<TierView> Items);

public sealed record TierVersion(string Tier, BillingCycle Cycle, int Version);

public sealed class TierFunctions(TierStore tiers, DraftTier draft, Caller caller, TimeProvider time)
{
    [Function("ListTiers"), Anonymous, Summary("Lists what can be subscribed to, with its price in each currency.")]
    public async Task<Ok<TierList>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/tiers")] HttpRequest request, CancellationToken cancellationToken)
    {
        var onSale = await tiers.ListOnSaleAsync(caller.Tenant, time.GetUtcNow(), cancellationToken);
        return TypedResults.Ok(new TierList([.. onSale.Select(TierView.Of)]));
    }

    [Function("CreateTier"), Requires("tiers:write"), Accepts<TierRequest>]
    [Summary("Adds a tier of the tenant's own. One with the code of a platform's tier takes its place.")]
    public async Task<Created<TierVersion>> Create(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tiers/{code}/{cycle:alpha}")] HttpRequest request, string code, string cycle,
        CancellationToken cancellationToken) =>
        TypedResults.Created("/v1/tiers", await DraftAsync(request, code, cycle, isNew: true, cancellationToken));

    [Function("ReviseTier"), Requires("tiers:write"), Accepts<TierRequest>]
    [Summary("Adds a version to a tier of the tenant's own; running periods keep the version they have.")]
    public async Task<Ok<TierVersion>> Revise(
        [HttpTrigger(AuthorizationLevel.Anonymous, "put", Route = "v1/tiers/{code}/{cycle:alpha}")] HttpRequest request, string code, string cycle,
        CancellationToken cancellationToken) =>
        TypedResults.Ok(await DraftAsync(request, code, cycle, isNew: false, cancellationToken));

    [Function("RetireTier"), Requires("tiers:write"), Summary("Takes a tier of the tenant's own off sale; who has it keeps it.")]
    public Task<NoContent> Retire(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tiers/{code}/{cycle:alpha}/retire")] HttpRequest request, string code,
        string cycle, CancellationToken cancellationToken) => SetActiveAsync(code, cycle, active: false, cancellationToken);

    [Function("OfferTier"), Requires("tiers:write"), Summary("Puts a retired tier of the tenant's own on sale again.")]
    public Task<NoContent> Offer(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/tiers/{code}/{cycle:alpha}/offer")] HttpRequest request, string code,
        string cycle, CancellationToken cancellationToken) => SetActiveAsync(code, cycle, active: true, cancellationToken);

    private async Task<TierVersion> DraftAsync(HttpRequest request, string code, string cycle, bool isNew, CancellationToken cancellationToken)
    {
        var parsed = CycleOf(cycle);
        var body = await RequestBody.ReadAsync<TierRequest>(request, cancellationToken);
        return new TierVersion(code, parsed, await draft.RunAsync(caller.Tenant, code, parsed, body, isNew, cancellationToken));
    }

    private async Task<NoContent> SetActiveAsync(string code, string cycle, bool active, CancellationToken cancellationToken) =>
        await tiers.SetActiveAsync(caller.Tenant, code, CycleOf(cycle), active, cancellationToken)
            ? TypedResults.NoContent()
            : throw ProblemException.NotFound("TIER_NOT_FOUND", "This tenant has no tier of that code and cycle of its own.");

    private static BillingCycle CycleOf(string text) => text.ToLowerInvariant() switch
    {
        "monthly" => BillingCycle.Monthly,
        "yearly" => BillingCycle.Yearly,
        _ => throw ProblemException.NotFound("TIER_NOT_FOUND", "A tier is billed monthly or yearly."),
    };
}
