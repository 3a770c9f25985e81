using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Cycles;

/// <summary>SQL of <c>billing_runs</c> and <c>billing_run_parked</c>.</summary>
public sealed class BillingRunStore(Database database)
{
    private const string Columns = "id, trigger, status, as_of, due, created, existing, parked, started_at, completed_at";

    /// <summary>Starts a run, or lets the one that is running go on up to now.</summary>
    public async Task<BillingRun> StartAsync(TenantTransaction transaction, RunTrigger trigger, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            insert into billing_runs as run (tenant_id, id, trigger, status, as_of, started_at)
            values (@tenant, @id, @trigger, 'running', @now, @now)
            on conflict (tenant_id) where status = 'running' do update set as_of = greatest(run.as_of, excluded.as_of)
            returning {Columns}
            """;
        var run = await transaction.FindAsync<BillingRun>(
            sql,
            new { tenant = transaction.Tenant, id = Guid.CreateVersion7(now), trigger = trigger.ToString().ToLowerInvariant(), now },
            cancellationToken);
        return run!;
    }

    /// <summary>The run, if it still runs.</summary>
    public Task<BillingRun?> FindRunningAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from billing_runs where tenant_id = @tenant and id = @id and status = 'running'";
        return transaction.FindAsync<BillingRun>(sql, new { tenant = transaction.Tenant, id }, cancellationToken);
    }

    /// <summary>Adds what became of a page. The run's row stays locked until the transaction ends.</summary>
    public Task CountAsync(
        TenantTransaction transaction, Guid id, int created, int existing, IReadOnlyList<ParkedBill> parked, CancellationToken cancellationToken)
    {
        const string sql = """
            with counted as (
                update billing_runs
                set due = due + @created + @existing + cardinality(@subscriptions), created = created + @created, existing = existing + @existing,
                    parked = parked + cardinality(@subscriptions)
                where tenant_id = @tenant and id = @id
            )
            insert into billing_run_parked as aside (tenant_id, run_id, subscription_id, period_start, reason)
            select @tenant, @id, subscription_id, period_start, reason
            from unnest(@subscriptions, @starts, @reasons) as parked(subscription_id, period_start, reason)
            on conflict (tenant_id, run_id, subscription_id) do update set period_start = excluded.period_start, reason = excluded.reason
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                id,
                created,
                existing,
                subscriptions = parked.Select(bill => bill.SubscriptionId).ToArray(),
                starts = parked.Select(bill => bill.PeriodStart.ToUniversalTime()).ToArray(),
                reasons = parked.Select(bill => bill.Reason).ToArray(),
            },
            cancellationToken);
    }

    /// <summary>Ends a run that has nothing left; false while a page that others hold is not committed.</summary>
    public async Task<bool> CompleteAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update billing_runs run set status = 'completed', completed_at = @now
            where run.tenant_id = @tenant and run.id = @id and run.status = 'running' and not exists (
                select from billing_agreements a
                where a.tenant_id = @tenant and a.next_billing_at <= run.as_of and a.parked_reason is null)
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, now }, cancellationToken) == 1;
    }

    public async Task<BillingRun?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<BillingRun>(
            $"select {Columns} from billing_runs where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
    }

    public async Task<IReadOnlyList<ParkedBill>> ListParkedAsync(TenantId tenant, Guid run, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select subscription_id, period_start, reason from billing_run_parked
            where tenant_id = @tenant and run_id = @run
            order by subscription_id
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<ParkedBill>(sql, new { tenant, run, limit }, cancellationToken);
    }

    public async Task<IReadOnlyList<BillingRun>> ListAsync(TenantId tenant, Guid? before, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from billing_runs
            where tenant_id = @tenant and (@before::uuid is null or id < @before)
            order by id desc
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<BillingRun>(sql, new { tenant, before, limit }, cancellationToken);
    }
}
