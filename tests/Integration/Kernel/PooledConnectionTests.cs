using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>One pooled connection serves all tenants, and carries nothing from one to the next. Who holds it needs no other.</summary>
public sealed class PooledConnectionTests(TenantTables tables) : IClassFixture<TenantTables>, IAsyncLifetime
{
    private static readonly TenantId A = TenantId.Parse(TenantTables.A);
    private static readonly TenantId B = TenantId.Parse(TenantTables.B);

    private Database? database;

    private Database Database => database!;

    public ValueTask InitializeAsync()
    {
        database = Open(ServiceIdentity.Billing);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

    // One connection for tenants' work, and four for what crosses them.
    private Database Open(ServiceIdentity service)
    {
        var server = new NpgsqlConnectionStringBuilder(tables.Database.OwnerConnectionString);
        var options = new DatabaseOptions
        {
            Host = server.Host!,
            Port = server.Port,
            Database = tables.Database.Name,
            Password = new NpgsqlConnectionStringBuilder(tables.Database.AppConnectionString(service.Key)).Password!,
            PoolSize = 1,
        };
        return new Database(Options.Create(options), service, new OutboxSignal());
    }

    [Fact]
    public async Task The_next_tenant_on_the_same_connection_sees_its_own_rows_only()
    {
        // Often enough for the statement to be prepared, and its plan to be kept, under the other tenant.
        for (var round = 0; round < 8; round++)
        {
            var first = await ReadAsync(A);
            var second = await ReadAsync(B);

            Assert.Equal([TenantTables.A], first.Owners);
            Assert.Equal([TenantTables.B], second.Owners);
            Assert.Equal(first.Backend, second.Backend);
        }
    }

    [Fact]
    public async Task After_a_rollback_the_next_tenant_sees_its_own_rows_only()
    {
        await using (var transaction = await Database.BeginAsync(A, CancellationToken.None))
            await transaction.ExecuteAsync("delete from invoices", null, CancellationToken.None);

        Assert.Equal([TenantTables.B], (await ReadAsync(B)).Owners);
        Assert.Equal([TenantTables.A], (await ReadAsync(A)).Owners);
    }

    [Fact]
    public async Task After_an_error_the_next_tenant_sees_its_own_rows_only()
    {
        await using (var transaction = await Database.BeginAsync(A, CancellationToken.None))
        {
            await Assert.ThrowsAsync<PostgresException>(
                () => transaction.ExecuteAsync("insert into invoices select 1 / 0", null, CancellationToken.None));
        }

        Assert.Equal([TenantTables.B], (await ReadAsync(B)).Owners);
    }

    [Fact]
    public async Task A_caller_who_left_before_his_transaction_began_takes_no_connection_with_him()
    {
        await ReadAsync(A);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Database.BeginAsync(A, new CancellationToken(canceled: true)));

        Assert.Equal([TenantTables.B], (await ReadAsync(B)).Owners);
    }

    [Fact]
    public async Task After_a_commit_the_connection_serves_others_and_is_not_given_back_again()
    {
        await using var first = await Database.BeginAsync(A, CancellationToken.None);
        await first.ExecuteAsync("select 1", null, CancellationToken.None);
        await first.CommitAsync(CancellationToken.None);
        await using var second = await Database.BeginAsync(B, CancellationToken.None);
        await second.ExecuteAsync("select 1", null, CancellationToken.None);
        await first.DisposeAsync();

        Assert.Equal([TenantTables.B], await second.QueryAsync<string>("select distinct tenant_id from invoices", null, CancellationToken.None));
        await second.CommitAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Who_holds_a_connection_finds_his_tenant_with_it()
    {
        using var tenants = new TenantDirectory(Database);
        await using var transaction = await Database.BeginAsync(A, CancellationToken.None);

        Assert.Equal(A, (await tenants.FindAsync(transaction, CancellationToken.None))!.Id);
    }

    [Fact]
    public async Task However_many_replacements_wait_for_the_feed_others_get_connections()
    {
        await using var subscriptions = Open(ServiceIdentity.Subscriptions);
        using var clickHouse = new ClickHouseDatabase(Options.Create(new ClickHouseOptions { Host = "127.0.0.1", Port = 1 }));
        using var buffer = new EventBuffer(subscriptions, clickHouse, TimeProvider.System, NullLogger<EventBuffer>.Instance);
        await using var feed = subscriptions.OpenAcrossTenants();
        await feed.OpenAsync();
        await using var sending = await feed.BeginTransactionAsync();
        await feed.ExecuteAsync($"select pg_advisory_xact_lock({EventBuffer.Lock})");
        var waiting = Enumerable.Range(0, 6).Select(_ => buffer.ApplyReplacementsAsync(CancellationToken.None)).ToList();

        await using (var other = subscriptions.OpenAcrossTenants())
            Assert.Equal(1, await other.ExecuteScalarAsync<int>("select 1"));
        await sending.CommitAsync();
        await Task.WhenAll(waiting);
    }

    [Fact]
    public async Task A_batch_is_put_together_with_the_connection_that_holds_the_feed()
    {
        await using var owner = new NpgsqlConnection(tables.Database.OwnerConnectionString);
        await owner.ExecuteAsync(
            """
            delete from subscription_management.analytics_buffer;
            insert into subscription_management.analytics_buffer (tenant_id, target, lines, line_count, created_at)
            values ('tenant-a', 'usage_analytics', array['[]'], 1, now());
            """);
        await using var subscriptions = Open(ServiceIdentity.Subscriptions);
        using var clickHouse = new ClickHouseDatabase(Options.Create(new ClickHouseOptions { Host = "127.0.0.1", Port = 1 }));
        using var buffer = new EventBuffer(subscriptions, clickHouse, TimeProvider.System, NullLogger<EventBuffer>.Instance);
        await using var one = subscriptions.OpenAcrossTenants();
        await using var two = subscriptions.OpenAcrossTenants();
        await using var three = subscriptions.OpenAcrossTenants();
        foreach (var held in new[] { one, two, three })
            await held.OpenAsync();

        // ClickHouse is not there to take it.
        await Assert.ThrowsAnyAsync<Exception>(() => buffer.DrainAsync(CancellationToken.None));
        Assert.Equal(1, await owner.ExecuteScalarAsync<long>(
            "select count(*) from subscription_management.analytics_buffer where batch_id is not null"));
    }

    // Refused while the server binds the values: for the statement's own sake, and for a constant that is folded before it runs.
    [Theory]
    [InlineData("select id from invoices where currency = @text", "a\0b", PostgresErrorCodes.CharacterNotInRepertoire)]
    [InlineData("select id from invoices where @text::jsonb is not null", "\"\\u0000\"", PostgresErrorCodes.UntranslatableCharacter)]
    public async Task A_value_that_is_refused_spoils_the_statement_for_nobody_after(string sql, string refused, string state)
    {
        // The statement is prepared by its second execution, which may be any of these.
        for (var before = 0; before < 4; before++)
        {
            var statement = $"{sql} -- {before}";
            for (var round = 0; round < before; round++)
                Assert.Single(await RunAsync(statement));

            var refusal = await Assert.ThrowsAsync<PostgresException>(() => RunAsync(statement, refused));

            Assert.Equal(state, refusal.SqlState);
            for (var round = 0; round < 3; round++)
                Assert.Single(await RunAsync(statement));
        }

        async Task<IReadOnlyList<Guid>> RunAsync(string statement, string? text = null)
        {
            await using var connection = Database.Open(A);
            text ??= sql.Contains("jsonb", StringComparison.Ordinal)
                ? "{}"
                : await connection.FindAsync<string>("select max(currency) from invoices", null, CancellationToken.None);
            return await connection.QueryAsync<Guid>(statement + "\nlimit 1", new { text }, CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_statement_refused_inside_a_transaction_works_in_the_next_one()
    {
        const string sql = "select count(*) from invoices where invoice_number = @text";
        for (var round = 0; round < 4; round++)
        {
            Assert.Equal(0, await CountAsync("no such number"));
            await Assert.ThrowsAsync<PostgresException>(() => CountAsync("a\0b"));
        }

        async Task<long> CountAsync(string text)
        {
            await using var transaction = await Database.BeginAsync(A, CancellationToken.None);
            await transaction.ExecuteAsync("select 1", null, CancellationToken.None);
            return await transaction.FindAsync<long>(sql, new { text }, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Raw_sql_on_a_connection_that_a_tenant_just_used_sees_nothing()
    {
        var settings = new NpgsqlConnectionStringBuilder(tables.Database.AppConnectionString("billing"))
        {
            MaxPoolSize = 1,
            NoResetOnClose = true,
        };
        await using var pool = NpgsqlDataSource.Create(settings);
        int backend;
        await using (var connection = new TenantConnection(A, pool.CreateConnection()))
        {
            backend = await connection.FindAsync<int>("select pg_backend_pid()", null, CancellationToken.None);
            var owners = await connection.QueryAsync<string>(
                "select distinct tenant_id from billing_management.invoices", null, CancellationToken.None);
            Assert.Equal([TenantTables.A], owners);
        }

        await using var raw = await pool.OpenConnectionAsync();
        Assert.Equal(backend, await raw.ExecuteScalarAsync<int>("select pg_backend_pid()"));
        Assert.Equal(0, await raw.ExecuteScalarAsync<int>("select count(*) from billing_management.invoices"));
    }

    private async Task<(int Backend, IReadOnlyList<string> Owners)> ReadAsync(TenantId tenant)
    {
        await using var connection = Database.Open(tenant);
        var owners = await connection.QueryAsync<string>("select distinct tenant_id from invoices", null, CancellationToken.None);
        var backend = await connection.FindAsync<int>("select pg_backend_pid()", null, CancellationToken.None);
        return (backend, owners);
    }
}
