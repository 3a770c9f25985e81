using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Dunning;

/// <summary>SQL of <c>dunning_policies</c>.</summary>
public sealed class DunningPolicyStore(Database database)
{
    public async Task<DunningPolicy> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        const string sql = "select retry_days, suspend_after_days, write_off_after_days from dunning_policies where tenant_id = @tenant";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<DunningPolicy>(sql, new { tenant }, cancellationToken) ?? DunningPolicy.Default;
    }

    public async Task PutAsync(TenantId tenant, DunningPolicy policy, string actor, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into dunning_policies (tenant_id, retry_days, suspend_after_days, write_off_after_days, updated_at, updated_by)
            values (@tenant, @RetryDays, @SuspendAfterDays, @WriteOffAfterDays, @now, @actor)
            on conflict (tenant_id) do update
            set retry_days = excluded.retry_days, suspend_after_days = excluded.suspend_after_days,
                write_off_after_days = excluded.write_off_after_days, updated_at = @now, updated_by = @actor
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql, new { tenant, policy.RetryDays, policy.SuspendAfterDays, policy.WriteOffAfterDays, now, actor }, cancellationToken);
    }
}
