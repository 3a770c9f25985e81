using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Billing.Agreements;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing.Cycles;

public sealed record StartBillingRunRequest
{
    /// <summary>Show what would be billed and bill nothing.</summary>
    public bool DryRun { get; init; }
}

/// <param name="Run">Null for a dry run.</param>
/// <param name="WouldBill">For a dry run: the oldest due bill of each subscription, up to a thousand.</param>
public sealed record BillingRunAnswer(BillingRun? Run, IReadOnlyList<PreviewedBill>? WouldBill);

/// <param name="ParkedBills">Up to a thousand.</param>
public sealed record BillingRunView(BillingRun Run, IReadOnlyList<ParkedBill> ParkedBills);

public sealed class BillingRunFunctions(
    StartBillingRun start, PreviewBillingRun preview, ReleaseParked release, BillingRunStore runs, AgreementStore agreements, Caller caller)
{
    private const int MostParked = 1000;

    [Function("StartBillingRun"), Requires("invoices:write"), Accepts<StartBillingRunRequest>]
    [Summary("Bills what is due now, or goes on with the run that is at it; a dry run shows what would be billed.")]
    public async Task<Ok<BillingRunAnswer>> Start(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/billing-runs")] HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await RequestBody.ReadAsync<StartBillingRunRequest>(request, cancellationToken);
        return TypedResults.Ok(body.DryRun
            ? new BillingRunAnswer(Run: null, await preview.RunAsync(caller.Tenant, cancellationToken))
            : new BillingRunAnswer(await start.RunAsync(caller.Tenant, RunTrigger.Request, cancellationToken), WouldBill: null));
    }

    [Function("ListBillingRuns"), Requires("invoices:read"), Summary("Lists billing runs, newest first.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public async Task<Ok<Page<BillingRun>>> List(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/billing-runs")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await runs.ListAsync(caller.Tenant, page.Before, page.Fetch, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.Id, row => row));
    }

    [Function("ReadBillingRun"), Requires("invoices:read"), Summary("Reads one billing run: what was due, what became of it, and what it set aside why.")]
    public async Task<Ok<BillingRunView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/billing-runs/{id:guid}")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        var run = await runs.FindAsync(caller.Tenant, id, cancellationToken)
            ?? throw ProblemException.NotFound("BILLING_RUN_NOT_FOUND", "There is no such billing run.");
        return TypedResults.Ok(new BillingRunView(run, await runs.ListParkedAsync(caller.Tenant, id, MostParked, cancellationToken)));
    }

    [Function("ListParkedSubscriptions"), Requires("invoices:read"), Summary("Lists the subscriptions that billing runs leave out, with the reason.")]
    [Query("cursor", typeof(string), "Where the page begins: `next` of the one before.")]
    [Query("limit", typeof(int), "How many to show, 1 to 100.")]
    public async Task<Ok<Page<ParkedAgreement>>> ListParked(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/parked-subscriptions")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = PageRequest.From(request);
        var rows = await agreements.ListParkedAsync(caller.Tenant, page.Before, page.Fetch, cancellationToken);
        return TypedResults.Ok(page.Cut(rows, row => row.SubscriptionId, row => row));
    }

    [Function("ReleaseParkedSubscription"), Requires("invoices:write"), Summary("Lets billing runs bill a subscription again.")]
    public async Task<NoContent> Release(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/parked-subscriptions/{id:guid}/release")] HttpRequest request, Guid id,
        CancellationToken cancellationToken)
    {
        await release.RunAsync(caller.Tenant, id, caller.Actor, cancellationToken);
        return TypedResults.NoContent();
    }
}
