using System.Data.Common;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Analytics;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Analytics;

/// <summary>What a person used by day, feature and subscription, for his export: single uses may be millions.</summary>
public sealed record PersonalUsageRow(
    string Day, string Feature, string SubscriptionId, long Events, long Quantity, long Errors, string[] ErrorCodes, long DurationMs, long ResponseBytes);

/// <summary>
/// Reads <c>usage_analytics</c> of one person. Without ClickHouse there is a row instead that says so: the rest of his export is given all the same.
/// </summary>
public sealed partial class PersonalUsage(ClickHouseDatabase clickHouse, ILogger<PersonalUsage> logger)
{
    public const string Name = "usageAnalytics";
    private const int PageSize = 500;

    // Less than Users waits for the whole of our part.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly JsonElement Missing = JsonSerializer.SerializeToElement(
        new { missing = "The analytics database did not answer. What it holds is not lost; ask for the export again later." });

    public async Task<Page<JsonElement>> ReadAsync(TenantId tenant, Guid user, string? after, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            var rows = await SumAsync(tenant, user, after ?? "", patience.Token);
            var next = rows.Count == PageSize ? KeyOf(rows[^1]) : null;
            return new Page<JsonElement>([.. rows.Select(row => JsonSerializer.SerializeToElement(row, ApiJson.Options))], next);
        }
        catch (Exception exception) when (exception is ProblemException { Status: 503 }
            || (patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested))
        {
            LogMissing(exception);
            return new Page<JsonElement>([Missing], null);
        }
    }

    private Task<IReadOnlyList<PersonalUsageRow>> SumAsync(TenantId tenant, Guid user, string after, CancellationToken cancellationToken)
    {
        // What was consumed at the gate and how it went are two rows, the second with the quantity 0. Ten codes a day keep a page small.
        const string sql = """
            select concat(toString(toDate(timestamp, 'UTC')), '.', feature_name, '.', subscription_id) as key,
                toInt64(countIf(usage_count > 0)), toInt64(sum(usage_count)), toInt64(countIf(not success)),
                arrayStringConcat(arraySort(groupUniqArrayIf(10)(error_code, error_code != '')), ' '),
                toInt64(sum(request_duration_ms)), toInt64(sum(response_size_bytes))
            from usage_analytics
            where tenant_id = {tenant:String} and user_id = {user:String} and key > {after:String}
            group by key order by key limit {limit:UInt32}
            """;
        var parameters = new Dictionary<string, object>
        {
            ["tenant"] = tenant.Value,
            ["user"] = user.ToString(),
            ["after"] = after,
            ["limit"] = (uint)PageSize,
        };
        return clickHouse.QueryAsync(sql, parameters, Row, cancellationToken);
    }

    private static PersonalUsageRow Row(DbDataReader reader)
    {
        var key = reader.GetString(0).Split('.', 3);
        return new PersonalUsageRow(
            key[0], key[1], key[2], reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3),
            reader.GetString(4).Split(' ', StringSplitOptions.RemoveEmptyEntries), reader.GetInt64(5), reader.GetInt64(6));
    }

    private static string KeyOf(PersonalUsageRow row) => $"{row.Day}.{row.Feature}.{row.SubscriptionId}";

    [LoggerMessage(LogLevel.Warning, "An export goes without usage: ClickHouse does not answer.")]
    private partial void LogMissing(Exception exception);
}
