using System.Text.Json;
using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>What one day's comparison has found so far.</summary>
/// <param name="Unclear">About so many the provider has not been asked yet, or has not answered: they are asked about again for a week.</param>
public sealed record ReconciliationReport(
    DateOnly Day, int Checked, int Agreed, int Unclear, IReadOnlyList<Difference> Differences, DateTimeOffset CreatedAt);

/// <summary>A day whose payments are to be compared.</summary>
/// <param name="RecentFrom">Of what was settled since then a part is compared as well; null: only what changed on that day.</param>
public sealed record ReportedDay(DateOnly Day, DateTimeOffset From, DateTimeOffset Until, DateTimeOffset? RecentFrom);

/// <summary>SQL of <c>reconciliation_reports</c> and of <c>reconciliation_checks</c> but for what is due.</summary>
public sealed class ReportStore(Database database)
{
    /// <summary>Tenants with something to compare whose report of that day is not begun yet.</summary>
    public async Task<IReadOnlyList<TenantId>> ListOwingAcrossTenantsAsync(ReportedDay day, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct tenant_id from payment_transactions as payment
            where (updated_at >= @From and updated_at < @Until or status = 'success' and settled_at >= @RecentFrom::timestamptz)
              and not exists (
                  select from reconciliation_reports as report where report.tenant_id = payment.tenant_id and report.day = @Day)
            """;
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition(sql, new { day.Day, day.From, day.Until, day.RecentFrom }, cancellationToken: cancellationToken);
        return [.. (await connection.QueryAsync<string>(command)).Select(TenantId.Parse)];
    }

    /// <summary>
    /// Begins a report, once: what changed on that day is to be compared, and of what was settled lately the part that was compared longest ago, so
    /// that each has its turn within thirty days.
    /// </summary>
    public async Task BeginAsync(TenantId tenant, ReportedDay day, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with recent as (
                select id, compared_at from payment_transactions
                where tenant_id = @tenant and status = 'success' and settled_at >= @RecentFrom::timestamptz
            ), chosen as (
                select id from payment_transactions where tenant_id = @tenant and updated_at >= @From and updated_at < @Until
                union
                (select id from recent order by compared_at nulls first, id limit (select greatest(100, count(*) / 30) from recent))
            ), begun as (
                insert into reconciliation_reports (tenant_id, day, checked, agreed, unclear, differences, created_at)
                select @tenant, @Day, count(*), 0, count(*), '[]'::jsonb, @now from chosen
                on conflict do nothing
                returning day
            )
            insert into reconciliation_checks (tenant_id, day, payment_id, next_try_at)
            select @tenant, begun.day, chosen.id, @now from chosen, begun
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, day.Day, day.From, day.Until, day.RecentFrom, now }, cancellationToken);
    }

    /// <summary>Notes what came of a payment's comparison, once, in the report and in the payment.</summary>
    public async Task FinishAsync(
        TenantId tenant, ReportCheck check, IReadOnlyList<Difference> differences, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with done as (
                delete from reconciliation_checks where tenant_id = @tenant and day = @Day and payment_id = @PaymentId
                returning payment_id
            ), compared as (
                update payment_transactions set compared_at = @now where tenant_id = @tenant and id = (select payment_id from done)
            )
            update reconciliation_reports
            set agreed = agreed + @agreed, unclear = unclear - 1, differences = differences || @differences::jsonb
            where tenant_id = @tenant and day = @Day and exists (select from done)
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql,
            new
            {
                tenant,
                check.Day,
                check.PaymentId,
                agreed = differences.Count == 0 ? 1 : 0,
                differences = JsonSerializer.Serialize(differences, ApiJson.Options),
                now,
            },
            cancellationToken);
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<ReconciliationReport>> ListAsync(TenantId tenant, DateOnly? day, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            select day, checked, agreed, unclear, differences::text, created_at from reconciliation_reports
            where tenant_id = @tenant
            {(day is null ? "" : "and day = @day")}
            order by day desc
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        var rows = await connection.QueryAsync<Row>(sql, new { tenant, day, limit }, cancellationToken);
        return [.. rows.Select(row => row.ToReport())];
    }

    private sealed record Row(DateOnly Day, int Checked, int Agreed, int Unclear, string Differences, DateTimeOffset CreatedAt)
    {
        public ReconciliationReport ToReport() => new(
            Day, Checked, Agreed, Unclear, JsonSerializer.Deserialize<IReadOnlyList<Difference>>(Differences, ApiJson.Options)!, CreatedAt);
    }
}
