using System.Net.Http.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Tests.Integration.Kernel;

[Collection<KernelCollection>]
public sealed class HousekeepingTests(KernelDesk desk)
{
    [Fact]
    public async Task Ids_and_answers_go_when_they_have_served_however_many_there_are()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.ExecuteAsync(
            """
            insert into subscription_management.inbox (tenant_id, message_id, subject, handled_at)
            select @tenant, gen_random_uuid(), 'Test', timestamptz '2020-01-01' from generate_series(1, 25000)
            union all select @tenant, gen_random_uuid(), 'Test', timestamptz '2100-01-01';
            insert into subscription_management.idempotency_keys (tenant_id, key, request_hash, created_at, locked_until)
            select @tenant, number::text, ''::bytea, timestamptz '2020-01-01', timestamptz '2020-01-01' from generate_series(1, 10001) number
            union all select @tenant, 'new', '', timestamptz '2100-01-01', timestamptz '2100-01-01'
            """,
            new { tenant });
        using var host = desk.Apps.Client(FunctionApp.Subscriptions, tenant: null);

        (await host.PostAsJsonAsync("admin/functions/Housekeeping", new { input = "" })).EnsureSuccessStatusCode();

        await Eventually.HoldsAsync(async () => await CountAsync("inbox", tenant) == 1, "Ids of handled messages stay.");
        await Eventually.HoldsAsync(async () => await CountAsync("idempotency_keys", tenant) == 1, "Kept answers stay.");
    }

    [Fact]
    public async Task What_a_service_registers_goes_after_its_time()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.ExecuteAsync(
            """
            insert into billing_management.answered_requests (tenant_id, request_key, request_hash, subject_id, created_at)
            values (@tenant, 'old', '', gen_random_uuid(), '2020-01-01'), (@tenant, 'new', '', gen_random_uuid(), '2100-01-01')
            """,
            new { tenant });
        using var host = desk.Apps.Client(FunctionApp.Billing, tenant: null);

        (await host.PostAsJsonAsync("admin/functions/Housekeeping", new { input = "" })).EnsureSuccessStatusCode();

        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<string>(
                "select string_agg(request_key, ',') from billing_management.answered_requests where tenant_id = @tenant", new { tenant }) == "new",
            "What was answered long ago stays.");
    }

    // In Payments, which does not run here: nobody else keeps its tables.
    [Fact]
    public async Task A_table_with_more_than_there_is_time_for_keeps_none_from_its_own_and_is_named()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.ExecuteAsync(
            """
            insert into payment_management.inbox (tenant_id, message_id, subject, handled_at)
            select @tenant, gen_random_uuid(), 'Test', timestamptz '2020-01-01' from generate_series(1, 10001);
            insert into payment_management.idempotency_keys (tenant_id, key, request_hash, created_at, locked_until)
            select @tenant, number::text, ''::bytea, timestamptz '2020-01-01', timestamptz '2020-01-01' from generate_series(1, 10001) number
            """,
            new { tenant });
        // Two statements take all the time that there is.
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60)) { AutoAdvanceAmount = TimeSpan.FromMinutes(2) };
        var log = new LogLines();
        await using var database = desk.Open(ServiceIdentity.Payments);

        await new HousekeepingTimer(database, [], time, log).Run(new TimerInfo(), CancellationToken.None);

        Assert.Equal((1L, 1L), await desk.ReadAsync<(long, long)>(
            """
            select (select count(*) from payment_management.inbox where tenant_id = @tenant),
                (select count(*) from payment_management.idempotency_keys where tenant_id = @tenant)
            """,
            new { tenant }));
        Assert.Contains("idempotency_keys, inbox", Assert.Single(log.Lines));
    }

    [Fact]
    public async Task A_table_that_fails_keeps_none_from_its_own_and_is_named()
    {
        var tenant = await desk.NewTenantAsync();
        await desk.ExecuteAsync(
            """
            insert into payment_management.inbox (tenant_id, message_id, subject, handled_at)
            values (@tenant, gen_random_uuid(), 'Test', timestamptz '2029-12-15')
            """,
            new { tenant });
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        await using var database = desk.Open(ServiceIdentity.Payments);
        Housekept[] own = [new("no_such_table", "created_at", TimeSpan.Zero), new("inbox", "handled_at", TimeSpan.FromDays(10))];

        var failure = await Assert.ThrowsAsync<AggregateException>(
            () => new HousekeepingTimer(database, own, time, new LogLines()).Run(new TimerInfo(), CancellationToken.None));

        Assert.Contains("no_such_table", Assert.Single(failure.InnerExceptions).Message);
        Assert.Equal(0, await desk.ReadAsync<long>("select count(*) from payment_management.inbox where tenant_id = @tenant", new { tenant }));
    }

    private Task<long> CountAsync(string table, string tenant) =>
        desk.ReadAsync<long>($"select count(*) from subscription_management.{table} where tenant_id = @tenant", new { tenant });

    private sealed class LogLines : ILogger<HousekeepingTimer>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
