using Dapper;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Reconciliation;

/// <summary>A payment that is to be compared for the report of a day.</summary>
public sealed record ReportCheck(TenantId Tenant, DateOnly Day, Guid PaymentId);

/// <summary>Which comparisons of all tenants wait: <c>reconciliation_checks</c>.</summary>
public sealed class DueCheckStore(Database database)
{
    private static readonly DueRows Tries = new(
        "reconciliation_checks", "day, payment_id", "next_try_at",
        "attempts = attempts + 1, next_try_at = @now + least(5 * power(2, least(attempts, 6)), 240) * interval '1 minute'");

    /// <summary>Takes comparisons that are due and sets their next try, should nothing come of this one: 5, 10, 20 … at most 240 minutes later.</summary>
    public Task<IReadOnlyList<ReportCheck>> TakeAcrossTenantsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Tries.TakeAcrossTenantsAsync<ReportCheck>(database, now, limit, cancellationToken);

    /// <summary>Nobody asks any more about what the provider has not answered for so long; it stays unclear.</summary>
    public async Task GiveUpAcrossTenantsAsync(DateOnly before, CancellationToken cancellationToken)
    {
        await using var connection = database.OpenAcrossTenants();
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from reconciliation_checks where day < @before", new { before }, cancellationToken: cancellationToken));
    }
}
