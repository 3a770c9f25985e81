using System.Data.Common;
using System.Globalization;
using System.Text;
using ClickHouse.Driver;
using ClickHouse.Driver.ADO.Parameters;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Shared.Analytics;

/// <summary>The analytics database: batches in, aggregates out. Never on the path of a request; while it is down its callers keep and retry.</summary>
public sealed class ClickHouseDatabase(IOptions<ClickHouseOptions> options) : IDisposable
{
    private static readonly TimeSpan LongestQuery = TimeSpan.FromSeconds(30);

    /// <summary>How long whoever asks waits. It ends a query that takes too long itself, unless it hangs.</summary>
    internal TimeSpan Patience { get; init; } = LongestQuery + TimeSpan.FromSeconds(2);

    /// <summary>After how long to ask again when it does not answer.</summary>
    internal static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ClickHouseClient client = new(options.Value.ConnectionString);

    /// <summary>Inserts all rows in one block, values in the order of the columns.
    /// A batch that may be sent again carries a token: the tables drop a block whose token they have seen.</summary>
    public async Task InsertAsync(
        string table, IReadOnlyList<string> columns, IReadOnlyList<object[]> rows, string? deduplicationToken, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
            return;

        // One block, whatever its size: split in two, the second half would be dropped for having the first one's token.
        var insert = new InsertOptions
        {
            BatchSize = rows.Count,
            MaxDegreeOfParallelism = 1,
            CustomSettings = deduplicationToken is null ? null : new Dictionary<string, object> { ["insert_deduplication_token"] = deduplicationToken },
        };
        await client.InsertBinaryAsync(table, columns, rows, insert, cancellationToken);
    }

    /// <summary>Inserts lines, each a JSON array of the target's columns, in one block; with a token it is dropped when it has been seen.</summary>
    public async Task InsertLinesAsync(
        AnalyticsTarget target, string lines, string? deduplicationToken, CancellationToken cancellationToken)
    {
        if (lines.Length == 0)
            return;

        // Parsed in parallel it would become several blocks with one token. Ten years of figures are more months than a block may have by default.
        var settings = new Dictionary<string, object> { ["input_format_parallel_parsing"] = 0, ["max_partitions_per_insert_block"] = 0 };
        if (deduplicationToken is not null)
            settings["insert_deduplication_token"] = deduplicationToken;
        using var body = new MemoryStream(Encoding.UTF8.GetBytes(lines));
        using var answer = await client.InsertRawStreamAsync(
            target.Table, body, "JSONCompactEachRow", target.Columns, useCompression: true,
            new QueryOptions { CustomSettings = settings }, cancellationToken);
    }

    /// <summary>Deletes the tenant's rows from that day to that day; when it returns nobody reads them any more.</summary>
    public Task DeleteDaysAsync(AnalyticsTarget target, string tenant, DateOnly from, DateOnly to, CancellationToken cancellationToken)
    {
        var parameters = new ClickHouseParameterCollection
        {
            new ClickHouseDbParameter { ParameterName = "tenant", Value = tenant },
            new ClickHouseDbParameter { ParameterName = "from", Value = from.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
            new ClickHouseDbParameter { ParameterName = "to", Value = to.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) },
        };
        return client.ExecuteNonQueryAsync(
            $"delete from {target.Table} where tenant_id = {{tenant:String}} and {target.DateColumn} between toDate({{from:String}}) and toDate({{to:String}})",
            parameters, cancellationToken: cancellationToken);
    }

    /// <summary>Reads rows; parameters are written <c>{name:Type}</c> in the query.</summary>
    /// <exception cref="ProblemException">503 when the database does not answer, or not in time.</exception>
    public async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql, IReadOnlyDictionary<string, object> parameters, Func<DbDataReader, T> read, CancellationToken cancellationToken)
    {
        var values = new ClickHouseParameterCollection();
        foreach (var (name, value) in parameters)
            values.Add(new ClickHouseDbParameter { ParameterName = name, Value = value });

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            using var reader = await client.ExecuteReaderAsync(sql, values, new QueryOptions { MaxExecutionTime = LongestQuery }, patience.Token);
            var rows = new List<T>();
            while (await reader.ReadAsync(patience.Token))
                rows.Add(read(reader));
            return rows;
        }
        catch (Exception failure) when (IsAway(failure) && !cancellationToken.IsCancellationRequested)
        {
            throw ProblemException.Unavailable(
                "ANALYTICS_UNAVAILABLE", "The analytics database does not answer. Nothing is lost meanwhile; ask for the report again shortly.", Pause);
        }
    }

    // Or it has no time, no place or no memory for one more: TIMEOUT_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, MEMORY_LIMIT_EXCEEDED.
    private static bool IsAway(Exception failure) =>
        failure is HttpRequestException or IOException or OperationCanceledException or ClickHouseServerException { ErrorCode: 159 or 202 or 241 }
        || failure.InnerException is { } inner && IsAway(inner);

    /// <summary>Throws when the database does not answer.</summary>
    public Task PingAsync(CancellationToken cancellationToken) =>
        client.ExecuteScalarAsync("select 1", null, null, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();
}
