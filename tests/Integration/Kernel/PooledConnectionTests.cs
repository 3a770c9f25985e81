using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>One pooled connection serves all tenants, and carries nothing from one to the next.</summary>
public sealed class PooledConnectionTests(TenantTables tables) : IClassFixture<TenantTables>, IAsyncLifetime
{
    private static readonly TenantId A = TenantId.Parse(TenantTables.A);
    private static readonly TenantId B = TenantId.Parse(TenantTables.B);

    private Database? database;

    private Database Database => database!;

    public ValueTask InitializeAsync()
    {
        var server = new NpgsqlConnectionStringBuilder(tables.Database.OwnerConnectionString);
        var options = new DatabaseOptions
        {
            Host = server.Host!,
            Port = server.Port,
            Database = tables.Database.Name,
            Password = new NpgsqlConnectionStringBuilder(tables.Database.AppConnectionString("billing")).Password!,
            PoolSize = 1,
        };
        database = new Database(Options.Create(options), ServiceIdentity.Billing, new OutboxSignal());
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();

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
