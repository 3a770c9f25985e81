using Dapper;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>Rows that a timer works on when their time has come.</summary>
/// <param name="Key">The columns that name a row within its tenant.</param>
/// <param name="DueAt">The column with the time.</param>
/// <param name="Taken">What taking a row sets, its next time among it: should nothing come of this try, it is tried again then.</param>
/// <param name="Condition">Which rows, ending in <c>and</c>; empty for all.</param>
internal sealed record DueRows(string Table, string Key, string DueAt, string Taken, string Condition = "")
{
    /// <summary>Takes rows of any tenant, those that wait longest first; another instance at the same work passes them by.</summary>
    public async Task<IReadOnlyList<T>> TakeAcrossTenantsAsync<T>(Database database, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            update {Table} set {Taken}
            where (tenant_id, {Key}) in (
                select tenant_id, {Key} from {Table}
                where {Condition} {DueAt} <= @now
                order by {DueAt}
                limit @limit
                for update skip locked)
            returning tenant_id as tenant, {Key}
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<T>(new CommandDefinition(sql, new { now, limit }, cancellationToken: cancellationToken))).AsList();
    }
}
