using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>A payment that is to be compared for the report of a day.</summary>
public sealed record ReportCheck(TenantId Tenant, DateOnly Day, Guid PaymentId);

/// <summary>Which comparisons of all tenants wait: <c>reconciliation_checks</c>.</summary>
public sealed class DueCheckStore(Database database)
{
    /// <summary>Takes comparisons that are due and sets their next try, should nothing come of this one: 5, 10, 20 … at most 240 minutes later.</summary>
    public async Task<IReadOnlyList<ReportCheck>> TakeAcrossTenantsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            update reconciliation_checks
            set attempts = attempts + 1, next_try_at = @now + least(5 * power(2, least(attempts, 6)), 240) * interval '1 minute'
            where (tenant_id, day, payment_id) in (
                select tenant_id, day, payment_id from reconciliation_checks
                where next_try_at <= @now
                order by next_try_at, tenant_id, payment_id
                limit @limit
                for update skip locked)
            returning tenant_id as tenant, day, payment_id
            """;
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition(sql, new { now, limit }, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<ReportCheck>(command)).AsList();
    }

    /// <summary>Nobody asks any more about what the provider has not answered for so long; it stays unclear.</summary>
    public async Task GiveUpAcrossTenantsAsync(DateOnly before, CancellationToken cancellationToken)
    {
        await using var connection = database.OpenAcrossTenants();
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from reconciliation_checks where day < @before", new { before }, cancellationToken: cancellationToken));
    }
}
