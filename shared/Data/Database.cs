using Microsoft.Extensions.Options;
using Npgsql;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Data;

/// <summary>The service's PostgreSQL: connections bound to one tenant, and the jobs role's for work that crosses tenants.</summary>
public sealed class Database : IAsyncDisposable
{
    private readonly NpgsqlDataSource app;
    private readonly NpgsqlDataSource jobs;
    private readonly OutboxSignal outbox;

    public Database(IOptions<DatabaseOptions> options, ServiceIdentity service, OutboxSignal outbox)
    {
        DapperSetup.Ensure();
        this.outbox = outbox;
        app = options.Value.Open(service, jobs: false);
        jobs = options.Value.Open(service, jobs: true);
    }

    /// <summary>A connection on which every statement is its own transaction; it is taken from the pool by the first statement.</summary>
    public TenantConnection Open(TenantId tenant) => new(tenant, app.CreateConnection());

    /// <summary>A transaction of one tenant. Without <see cref="TenantTransaction.CommitAsync"/> it is rolled back.</summary>
    public async Task<TenantTransaction> BeginAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var connection = await app.OpenConnectionAsync(cancellationToken);
        try
        {
            return new TenantTransaction(tenant, connection, await connection.BeginTransactionAsync(cancellationToken), outbox);
        }
        catch
        {
            // The pool gives an idle connection to a caller who has left already, and the transaction refuses him: nobody else gives it back.
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>A connection of the jobs role, which sees every tenant: for timers and relays only.</summary>
    public NpgsqlConnection OpenAcrossTenants() => jobs.CreateConnection();

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await jobs.DisposeAsync();
    }
}
