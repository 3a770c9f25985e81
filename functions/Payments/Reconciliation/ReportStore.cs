using System.Text.Json;
using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>What one day's comparison found.</summary>
/// <param name="Unclear">The provider could not be asked about so many.</param>
public sealed record ReconciliationReport(
    DateOnly Day, int Checked, int Agreed, int Unclear, IReadOnlyList<Difference> Differences, DateTimeOffset CreatedAt);

/// <summary>SQL of <c>reconciliation_reports</c>.</summary>
public sealed class ReportStore(Database database)
{
    /// <summary>Tenants whose payments changed on that day and whose report is not there yet.</summary>
    public async Task<IReadOnlyList<TenantId>> ListOwingAcrossTenantsAsync(
        DateOnly day, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct tenant_id from payment_transactions as payment
            where updated_at >= @from and updated_at < @until
              and not exists (
                  select from reconciliation_reports as report where report.tenant_id = payment.tenant_id and report.day = @day)
            """;
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition(sql, new { day, from, until }, cancellationToken: cancellationToken);
        return [.. (await connection.QueryAsync<string>(command)).Select(TenantId.Parse)];
    }

    /// <summary>The tenant's payments that changed in that time, by id.</summary>
    public async Task<IReadOnlyList<Guid>> ListTouchedAsync(TenantId tenant, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        const string sql = """
            select id from payment_transactions where tenant_id = @tenant and updated_at >= @from and updated_at < @until order by id
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Guid>(sql, new { tenant, from, until }, cancellationToken);
    }

    public async Task InsertAsync(TenantId tenant, ReconciliationReport report, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into reconciliation_reports (tenant_id, day, checked, agreed, unclear, differences, created_at)
            values (@tenant, @Day, @Checked, @Agreed, @Unclear, @differences::jsonb, @CreatedAt)
            on conflict do nothing
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql,
            new
            {
                tenant,
                report.Day,
                report.Checked,
                report.Agreed,
                report.Unclear,
                differences = JsonSerializer.Serialize(report.Differences, ApiJson.Options),
                report.CreatedAt,
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
