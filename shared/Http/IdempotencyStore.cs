using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Http;

/// <summary>An answer kept for whoever repeats the request.</summary>
public sealed record KeptAnswer(short Status, string? ContentType, string? Location, byte[] Body);

/// <summary>What stands under a key; without an answer its first request is still running.</summary>
public sealed record KnownRequest(byte[] RequestHash, KeptAnswer? Answer);

/// <summary>SQL of <c>idempotency_keys</c>, which every service's schema has.</summary>
public sealed class IdempotencyStore(Database database)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    // Longer than any function may run (functionTimeout in host.json); after it the process that held the key is taken for dead.
    public static readonly TimeSpan Running = TimeSpan.FromMinutes(6);

    /// <summary>
    /// Takes the key for this request when it is new, too old to count, or left behind by a crash. The end of the claim names its holder:
    /// one who comes back after somebody else took the key changes nothing. Null when somebody has it.
    /// </summary>
    public async Task<DateTimeOffset?> ClaimAsync(TenantId tenant, string key, byte[] hash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into idempotency_keys as known (tenant_id, key, request_hash, created_at, locked_until)
            values (@tenant, @key, @hash, @now, @lockedUntil)
            on conflict (tenant_id, key) do update
            set request_hash = excluded.request_hash, created_at = excluded.created_at, locked_until = excluded.locked_until,
                status = null, content_type = null, location = null, body = null
            where known.created_at < @forgotten
               or (known.status is null and known.locked_until < @now and known.request_hash = excluded.request_hash)
            returning locked_until
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<DateTimeOffset?>(
            sql, new { tenant, key, hash, now, lockedUntil = now + Running, forgotten = now - Kept }, cancellationToken);
    }

    public async Task<KnownRequest?> FindAsync(TenantId tenant, string key, CancellationToken cancellationToken)
    {
        const string sql = "select request_hash, status, content_type, location, body from idempotency_keys where tenant_id = @tenant and key = @key";
        await using var connection = database.Open(tenant);
        var row = await connection.FindAsync<Row>(sql, new { tenant, key }, cancellationToken);
        return row is null ? null : new KnownRequest(
            row.RequestHash, row.Status is { } status ? new KeptAnswer(status, row.ContentType, row.Location, row.Body ?? []) : null);
    }

    public async Task KeepAsync(TenantId tenant, string key, DateTimeOffset claim, KeptAnswer answer, CancellationToken cancellationToken)
    {
        const string sql = """
            update idempotency_keys set status = @Status, content_type = @ContentType, location = @Location, body = @Body
            where tenant_id = @tenant and key = @key and locked_until = @claim and status is null
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(
            sql, new { tenant, key, claim, answer.Status, answer.ContentType, answer.Location, answer.Body }, cancellationToken);
    }

    /// <summary>Gives the key back after a refusal: nothing was done, so the caller may try again with it.</summary>
    public async Task ReleaseAsync(TenantId tenant, string key, DateTimeOffset claim, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from idempotency_keys
            where tenant_id = @tenant and key = @key and locked_until = @claim and status is null
            """;
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, key, claim }, cancellationToken);
    }

    private sealed record Row(byte[] RequestHash, short? Status, string? ContentType, string? Location, byte[]? Body);
}
