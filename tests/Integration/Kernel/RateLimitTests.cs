using System.Diagnostics;
using System.Globalization;
using System.Net;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.Integration.Kernel;

[Collection<KernelCollection>]
public sealed class RateLimitTests(KernelDesk desk)
{
    private const string Path = "v1/invoices";

    [Fact]
    public async Task A_tenant_over_its_limit_is_refused_while_another_is_served()
    {
        using var busy = await desk.NewUserAsync(FunctionApp.Billing, await desk.NewTenantAsync(rateLimits: """{"read":5}"""));
        using var calm = await desk.NewUserAsync(FunctionApp.Billing, await desk.NewTenantAsync(rateLimits: """{"read":5}"""));
        for (var left = 4; left >= 0; left--)
        {
            using var served = await busy.GetAsync(Path);
            Assert.Equal(HttpStatusCode.OK, served.StatusCode);
            Assert.Equal("5", Header(served, "RateLimit-Limit"));
            Assert.Equal(left.ToString(CultureInfo.InvariantCulture), Header(served, "RateLimit-Remaining"));
            Assert.InRange(Number(served, "RateLimit-Reset"), 12 * (5 - left) - 6, 12 * (5 - left));
        }

        var watch = Stopwatch.StartNew();
        using var refused = await busy.GetAsync(Path);
        using var other = await calm.GetAsync(Path);

        await Problem.AssertAsync(refused, HttpStatusCode.TooManyRequests, "RATE_LIMITED");
        Assert.Equal("0", Header(refused, "RateLimit-Remaining"));
        // Five a minute are one every twelve seconds.
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 12);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(1), $"The other tenant was served after {watch.Elapsed}.");
    }

    [Fact]
    public async Task Reads_and_writes_have_a_budget_each()
    {
        using var user = await desk.NewUserAsync(FunctionApp.Billing, await desk.NewTenantAsync(rateLimits: """{"read":1}"""));
        using var first = await user.GetAsync(Path);
        using var second = await user.GetAsync(Path);
        using var write = await user.PostAsync($"v1/invoices/{Guid.CreateVersion7()}/pay", null);

        Assert.Equal(HttpStatusCode.TooManyRequests, second.StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, write.StatusCode);
    }

    [Fact]
    public async Task After_as_long_as_it_is_told_a_tenant_is_served_again()
    {
        using var user = await desk.NewUserAsync(FunctionApp.Billing, await desk.NewTenantAsync(rateLimits: """{"read":20}"""));
        HttpResponseMessage answer;
        do
            answer = await user.GetAsync(Path);
        while (answer.StatusCode == HttpStatusCode.OK);
        await Problem.AssertAsync(answer, HttpStatusCode.TooManyRequests, "RATE_LIMITED");

        // The waiting itself is what is promised here.
        await Task.Delay(answer.Headers.RetryAfter!.Delta!.Value);

        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync(Path)).StatusCode);
    }

    [Fact]
    public async Task Two_processes_share_one_limit_exactly()
    {
        var tenant = await desk.NewTenantAsync(rateLimits: """{"read":6}""");
        var token = await desk.Sessions.SignInAsync(tenant, Guid.CreateVersion7());
        using var one = desk.Apps.Client(FunctionApp.Billing, tenant, token);
        using var other = desk.Others.Client(FunctionApp.Billing, tenant, token);
        var watch = Stopwatch.StartNew();
        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(turn => (turn % 2 == 0 ? one : other).GetAsync(Path)));

        // Every ten seconds one more is allowed.
        var refilled = (int)(watch.Elapsed.TotalSeconds / 10);
        Assert.InRange(answers.Count(answer => answer.StatusCode == HttpStatusCode.OK), 6, 6 + refilled);
        Assert.All(
            answers.Where(answer => answer.StatusCode != HttpStatusCode.OK),
            answer => Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode));
        Assert.Contains(answers.Where((_, turn) => turn % 2 == 0), answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
        Assert.Contains(answers.Where((_, turn) => turn % 2 == 1), answer => answer.StatusCode == HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task A_busy_tenant_gets_all_of_its_limit_and_no_more_though_processes_take_it_by_the_handful()
    {
        const int limit = 1800;
        var tenant = await desk.NewTenantAsync(rateLimits: $$"""{"read":{{limit}}}""");
        var token = await desk.Sessions.SignInAsync(tenant, Guid.CreateVersion7());
        using var one = desk.Apps.Client(FunctionApp.Billing, tenant, token);
        using var other = desk.Others.Client(FunctionApp.Billing, tenant, token);
        var served = 0;
        var watch = Stopwatch.StartNew();
        await Parallel.ForAsync(0, limit + 400, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (turn, _) =>
        {
            using var answer = await (turn % 2 == 0 ? one : other).GetAsync(Path);
            if (answer.StatusCode == HttpStatusCode.OK)
                Interlocked.Increment(ref served);
        });

        // Thirty a second come back; a handful is three here, and one may be forgone in each process whenever a second passes without a request.
        Assert.InRange(served, limit - 6, limit + (int)(watch.Elapsed.TotalSeconds * limit / 60) + 1);
    }

    [Fact]
    public async Task Strangers_use_up_a_budget_of_their_own_not_that_of_a_tenants_people()
    {
        var tenant = await desk.NewTenantAsync(rateLimits: """{"read":2}""");
        using var user = await desk.NewUserAsync(FunctionApp.Subscriptions, tenant);
        using var stranger = desk.Apps.Client(FunctionApp.Subscriptions, tenant);
        for (var call = 0; call < 2; call++)
            Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync("v1/tiers")).StatusCode);
        await Problem.AssertAsync(await stranger.GetAsync("v1/tiers"), HttpStatusCode.TooManyRequests, "RATE_LIMITED");

        Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("v1/subscriptions")).StatusCode);
    }

    [Fact]
    public async Task Our_own_services_are_not_counted()
    {
        var tenant = await desk.NewTenantAsync(rateLimits: """{"read":1}""");
        var token = desk.Sessions.ServiceToken(Shared.Hosting.ServiceIdentity.Payments, Shared.Hosting.ServiceIdentity.Billing);
        using var service = desk.Apps.Client(FunctionApp.Billing, tenant, token);
        for (var call = 0; call < 3; call++)
            Assert.Equal(HttpStatusCode.OK, (await service.GetAsync(Path)).StatusCode);
    }

    private static string Header(HttpResponseMessage answer, string name) => answer.Headers.GetValues(name).Single();

    private static int Number(HttpResponseMessage answer, string name) => int.Parse(Header(answer, name), CultureInfo.InvariantCulture);
}
