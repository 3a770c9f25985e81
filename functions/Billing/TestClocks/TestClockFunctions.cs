using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing.TestClocks;

/// <param name="Now">Null while the tenant lives by the real time.</param>
public sealed record TestClockView(DateTimeOffset? Now);

public sealed class TestClockFunctions(TenantClocks tenants, TestClockStore clocks, AdvanceTestClock advance, Caller caller)
{
    [Function("ReadTestClock"), Requires("invoices:read"), Summary("Says where the tenant's test clock stands. Not in production.")]
    public async Task<Ok<TestClockView>> Read(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/test-clock")] HttpRequest request, CancellationToken cancellationToken)
    {
        tenants.RequireAllowed();
        return TypedResults.Ok(new TestClockView((await clocks.FindAsync(caller.Tenant, cancellationToken))?.Now));
    }

    [Function("AdvanceTestClock"), Requires("invoices:write"), Accepts<AdvanceTestClockRequest>]
    [Summary(
        "Moves the tenant's time in Billing forward and does in order what timers would have done: bills, overdue invoices, reminders, charges of saved "
        + "methods, refunds. It waits for the news of payments that succeed at once; documents, messages to users, and what other services, which keep the real "
        + "time, answer to it follow by themselves. Not in production.")]
    public async Task<Ok<AdvancedClockView>> Advance(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/test-clock")] HttpRequest request, CancellationToken cancellationToken)
    {
        tenants.RequireAllowed();
        var body = await RequestBody.ReadAsync<AdvanceTestClockRequest>(request, cancellationToken);
        return TypedResults.Ok(await advance.RunAsync(caller.Tenant, WholeMicroseconds(body.To!.Value), cancellationToken));
    }

    // As fine as the database keeps it.
    private static DateTimeOffset WholeMicroseconds(DateTimeOffset at) =>
        at.ToUniversalTime().AddTicks(-(at.UtcTicks % TimeSpan.TicksPerMicrosecond));
}
