using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using ServerlessBusiness.Billing;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Unit.Billing.TestClocks;

public sealed class TenantClocksTests : IAsyncDisposable
{
    private static readonly TenantId Tenant = TenantId.Parse("t");

    // Nobody listens there: whoever asks the database fails.
    private readonly Database nowhere = new(
        Options.Create(new DatabaseOptions { Host = "127.0.0.1", Port = 1, Password = "none" }), ServiceIdentity.Billing, new OutboxSignal());

    private readonly FakeTimeProvider real = new(new DateTimeOffset(2027, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task In_production_nobody_is_asked_for_clocks_and_everything_is_done_by_the_real_time()
    {
        var billing = new BillingTime(real);
        var clocks = In(Environments.Production, billing);
        DateTimeOffset? seen = null;
        await clocks.RunAsync(
            Tenant,
            () =>
            {
                seen = billing.GetUtcNow();
                return Task.CompletedTask;
            },
            CancellationToken.None);

        Assert.Equal(real.GetUtcNow(), seen);
        Assert.Empty(await clocks.ListAsync(CancellationToken.None));
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => In(Environments.Staging, billing).ListAsync(CancellationToken.None));
    }

    [Fact]
    public async Task In_production_there_is_no_clock_to_read_or_to_move()
    {
        var functions = new TestClockFunctions(
            In(Environments.Production, new BillingTime(real)), new TestClockStore(nowhere), advance: null!, new Caller());
        var problems = new[]
        {
            await Assert.ThrowsAsync<ProblemException>(() => functions.Read(request: null!, CancellationToken.None)),
            await Assert.ThrowsAsync<ProblemException>(() => functions.Advance(request: null!, CancellationToken.None)),
        };

        Assert.All(problems, problem => Assert.Equal((404, "NO_TEST_CLOCKS"), (problem.Status, problem.Code)));
    }

    public ValueTask DisposeAsync() => nowhere.DisposeAsync();

    private TenantClocks In(string environment, BillingTime billing) =>
        new(new TestClockStore(nowhere), billing, real, new HostingEnvironment { EnvironmentName = environment });
}
