using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>A sweep over more than it takes at once, and a claim, with nobody else at work.</summary>
public sealed class SweepOrderTests(StackFixture stack) : IAsyncLifetime
{
    // How many notifications a message asks for.
    private const string Ids = "1 + coalesce(jsonb_array_length(nullif(body::jsonb -> 'data' -> 'others', 'null')), 0)";

    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    private TestDatabase? database;
    private NpgsqlDataSource? tables;
    private Database? notifications;

    public async ValueTask InitializeAsync()
    {
        database = await stack.CreateDatabaseAsync();
        tables = NpgsqlDataSource.Create(database.OwnerConnectionString);
        var role = new NpgsqlConnectionStringBuilder(database.AppConnectionString("notifications"));
        var options = new DatabaseOptions { Host = role.Host!, Port = role.Port, Database = role.Database!, Password = role.Password! };
        notifications = new Database(Options.Create(options), ServiceIdentity.Notifications, new OutboxSignal());
    }

    public async ValueTask DisposeAsync()
    {
        await (notifications?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (tables?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task One_sweep_puts_all_that_is_overdue_back_the_most_urgent_first_and_each_once()
    {
        var store = new SweepStore(notifications!);
        for (var number = 0; number < 5; number++)
            await InsertAsync("low", availableAt: Now.AddMinutes(-9 + number), claimedUntil: null);
        var critical = await InsertAsync("critical", availableAt: Now.AddMinutes(-1), claimedUntil: Now.AddSeconds(-1));
        await InsertAsync("low", availableAt: Now.AddMinutes(-1), claimedUntil: null);
        Assert.Equal(critical, Assert.Single(await store.ListOverdueAcrossTenantsAsync(Now.AddMinutes(-2), Now, 1, CancellationToken.None)).Id);

        var sweep = new SweepDeliveries(notifications!, store, new FixedClock(), NullLogger<SweepDeliveries>.Instance) { BatchSize = 2 };
        await sweep.RunAsync(CancellationToken.None);

        Assert.Equal(
            ["notifications-critical 1", "notifications-low 5"],
            await QueryAsync<string>($"select destination || ' ' || sum({Ids}) from notification_management.outbox group by destination order by destination"));
    }

    [Fact]
    public async Task A_message_carries_up_to_sixteen()
    {
        for (var number = 0; number < 18; number++)
            await InsertAsync("low", availableAt: Now.AddMinutes(-9), claimedUntil: null);
        await new SweepDeliveries(notifications!, new SweepStore(notifications!), new FixedClock(), NullLogger<SweepDeliveries>.Instance)
            .RunAsync(CancellationToken.None);

        Assert.Equal([2, 16], await QueryAsync<int>($"select {Ids} from notification_management.outbox order by 1"));
    }

    [Fact]
    public async Task A_last_call_that_broke_off_stands_among_the_calls()
    {
        var id = await InsertAsync("critical", availableAt: Now.AddMinutes(-5), claimedUntil: Now.AddSeconds(-1), attempts: 3);
        var sweep = new SweepDeliveries(notifications!, new SweepStore(notifications!), new FixedClock(), NullLogger<SweepDeliveries>.Instance);
        await sweep.RunAsync(CancellationToken.None);

        Assert.Equal(
            [$"{id} failed broken_off 1 BrokenOff"],
            await QueryAsync<string>(
                """
                select h.id || ' ' || status || ' ' || reason_code || ' ' || unknown_calls || ' ' || outcome
                from notification_management.notification_history h
                join notification_management.notification_attempts a on a.tenant_id = h.tenant_id and a.notification_id = h.id
                """));
    }

    [Fact]
    public async Task A_claim_whose_answer_was_lost_is_undone_but_for_what_a_dead_sender_had_left()
    {
        DapperSetup.MapEnum<DigestRhythm>();
        var store = new ClaimStore(notifications!);
        var due = await InsertAsync("low", availableAt: Now.AddMinutes(-1), claimedUntil: null);
        var left = await InsertAsync("low", availableAt: Now.AddMinutes(-1), claimedUntil: Now.AddSeconds(-1), attempts: 1);
        var (lost, none) = (Guid.CreateVersion7(), CancellationToken.None);
        Assert.Equal(2, (await store.ClaimAsync(TenantId.Default, [due, left], lost, Now, none)).Count);
        await store.UnclaimAsync(TenantId.Default, [due, left], claim: Guid.CreateVersion7(), Now, none);
        Assert.Empty(await store.ClaimAsync(TenantId.Default, [due, left], Guid.CreateVersion7(), Now, none));
        await store.UnclaimAsync(TenantId.Default, [due, left], lost, Now, none);

        var again = Assert.Single(await store.ClaimAsync(TenantId.Default, [due, left], Guid.CreateVersion7(), Now, none));
        Assert.Equal((due, 1, 0, false), (again.Id, again.Attempts, again.UnknownCalls, again.WasBrokenOff));
    }

    private async Task<Guid> InsertAsync(string priority, DateTimeOffset availableAt, DateTimeOffset? claimedUntil, int attempts = 0)
    {
        const string sql = """
            insert into notification_management.notification_history
                (tenant_id, id, user_id, notification_type, dedup_key, title, message, priority, attempts, calling, claimed_until, created_at,
                 available_at, expires_at)
            values ('default', @id, @id, 'welcome', @id::text, '', '', @level, @attempts, @claimedUntil::timestamptz is not null, @claimedUntil,
                    @availableAt, @availableAt, @expires)
            """;
        var id = Guid.CreateVersion7();
        await using var connection = await tables!.OpenConnectionAsync();
        await connection.ExecuteAsync(
            sql, new { id, level = priority == "critical" ? 1 : 4, attempts, claimedUntil, availableAt, expires = Now.AddDays(1) });
        return id;
    }

    private async Task<IReadOnlyList<T>> QueryAsync<T>(string sql)
    {
        await using var connection = await tables!.OpenConnectionAsync();
        return (await connection.QueryAsync<T>(sql)).AsList();
    }

    private sealed class FixedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Now;
    }
}
