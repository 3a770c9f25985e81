using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.TestClocks;

/// <summary>SQL of <c>test_clocks</c>.</summary>
public sealed class TestClockStore(Database database)
{
    public async Task<TestClock?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await FindAsync(connection, cancellationToken);
    }

    public Task<TestClock?> FindAsync(TenantConnection connection, CancellationToken cancellationToken)
    {
        const string sql = "select now, updated_at as moved_at from test_clocks where tenant_id = @tenant";
        return connection.FindAsync<TestClock>(sql, new { tenant = connection.Tenant }, cancellationToken);
    }

    public async Task<IReadOnlyList<TenantId>> ListAcrossTenantsAsync(CancellationToken cancellationToken)
    {
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition("select tenant_id from test_clocks", cancellationToken: cancellationToken);
        return (await connection.QueryAsync<TenantId>(command)).AsList();
    }

    /// <summary>Lets nobody else move the tenant's clock until the transaction ends, or its process; false when somebody does already.</summary>
    public Task<bool> TryHoldAsync(TenantTransaction transaction, CancellationToken cancellationToken)
    {
        const string sql = "select pg_try_advisory_xact_lock(hashtextextended('test clock of ' || @tenant, 0))";
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant }, cancellationToken);
    }

    /// <summary>Puts the clock there, and makes it when there is none; false when it stands further on.</summary>
    public async Task<bool> MoveAsync(TenantId tenant, DateTimeOffset to, DateTimeOffset real, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into test_clocks as clock (tenant_id, now, updated_at) values (@tenant, @to, @real)
            on conflict (tenant_id) do update
            set now = excluded.now, updated_at = case when clock.now < excluded.now then excluded.updated_at else clock.updated_at end
            where clock.now <= excluded.now
            """;
        await using var connection = database.Open(tenant);
        return await connection.ExecuteAsync(sql, new { tenant, to, real }, cancellationToken) == 1;
    }

    /// <summary>What is there for timers to do at that moment. It may say more than they find in the end, never less.</summary>
    public async Task<DueWork> FindDueAsync(TenantTransaction transaction, DateTimeOffset at, CancellationToken cancellationToken)
    {
        const string sql = """
            select
                exists (
                    select from billing_agreements where tenant_id = @tenant and next_billing_at <= @at and parked_reason is null)
                or exists (select from billing_runs where tenant_id = @tenant and status = 'running') as bills,
                exists (
                    select from invoices
                    where tenant_id = @tenant and status in ('pending', 'overdue') and written_off_at is null and not is_draft) as unpaid,
                exists (
                    select from invoices where tenant_id = @tenant and collect_at <= @at and status in ('pending', 'overdue'))
                or exists (select from credit_note_refunds where tenant_id = @tenant and ask_at <= @at) as money
            """;
        return (await transaction.FindAsync<DueWork>(sql, new { tenant = transaction.Tenant, at }, cancellationToken))!;
    }

    /// <summary>Whether any of these invoices is still to be paid.</summary>
    public Task<bool> IsAnyOpenAsync(TenantTransaction transaction, IReadOnlyList<Guid> invoices, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from invoices where tenant_id = @tenant and id = any(@invoices) and status in ('pending', 'overdue'))
            """;
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, invoices = invoices.ToArray() }, cancellationToken);
    }
}
