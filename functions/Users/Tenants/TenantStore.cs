using System.Text.Json;
using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Tenants;

public sealed record TenantView(
    TenantId Id, string Name, bool Suspended, string? SuspendedReason, string DefaultCurrency, string Locale, string TimeZone,
    IReadOnlyDictionary<string, int> RateLimits, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    internal TenantProfile ToProfile() => new(Id, Name, Suspended, DefaultCurrency, Locale, TimeZone, RateLimits);
}

/// <summary>SQL of <c>tenants</c>. Each row belongs to itself: it is read and written in its own tenant's name.</summary>
public sealed class TenantStore(Database database)
{
    private const string Columns = """
        id, name, status = 'suspended' as suspended, suspended_reason, default_currency, locale, time_zone, rate_limits::text, created_at, updated_at
        """;

    /// <summary>False when there is a tenant of that name.</summary>
    public async Task<bool> TryInsertAsync(TenantTransaction transaction, TenantSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into tenants (id, name, default_currency, locale, time_zone, rate_limits, created_at, updated_at)
            values (@tenant, @Name, @DefaultCurrency, @Locale, @TimeZone, @limits::jsonb, @now, @now)
            on conflict (id) do nothing
            """;
        return await transaction.ExecuteAsync(sql, Parameters(transaction.Tenant, settings, now), cancellationToken) == 1;
    }

    /// <summary>Settings of a tenant's own leave its limits as they are.</summary>
    public Task<int> UpdateAsync(TenantTransaction transaction, OwnTenantSettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update tenants
            set name = @Name, default_currency = @DefaultCurrency, locale = @Locale, time_zone = @TimeZone,
                rate_limits = coalesce(@limits::jsonb, rate_limits), updated_at = @now
            where id = @tenant
            """;
        return transaction.ExecuteAsync(sql, Parameters(transaction.Tenant, settings, now), cancellationToken);
    }

    /// <summary>False when it was so already.</summary>
    public async Task<bool> SetSuspendedAsync(
        TenantTransaction transaction, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update tenants set status = @status, suspended_reason = @reason, updated_at = @now where id = @tenant and status <> @status
            """;
        return await transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, status = reason is null ? "active" : "suspended", reason, now }, cancellationToken) == 1;
    }

    public async Task<TenantView?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        return await FindAsync(connection, cancellationToken);
    }

    public async Task<TenantView?> FindAsync(TenantConnection connection, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from tenants where id = @tenant";
        return (await connection.FindAsync<Row>(sql, new { tenant = connection.Tenant }, cancellationToken))?.ToView();
    }

    /// <summary>Tenants in the order of their names' bytes, after one and beginning with a text.</summary>
    public async Task<IReadOnlyList<TenantView>> ListAcrossTenantsAsync(
        string? after, string? prefix, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            select {Columns} from tenants
            where true
            {(after is null ? "" : "and id collate \"C\" > @after")}
            {(prefix is null ? "" : "and id collate \"C\" >= @prefix and id collate \"C\" < @end")}
            order by id collate "C"
            limit @limit
            """;
        await using var connection = database.OpenAcrossTenants();
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            sql, new { after, prefix, end = prefix + "\U0010FFFF", limit }, cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToView())];
    }

    private static object Parameters(TenantId tenant, OwnTenantSettings settings, DateTimeOffset now) => new
    {
        tenant,
        settings.Name,
        settings.DefaultCurrency,
        settings.Locale,
        settings.TimeZone,
        limits = settings is TenantSettings { RateLimits: var limits } ? JsonSerializer.Serialize(limits) : null,
        now,
    };

    private sealed record Row(
        TenantId Id, string Name, bool Suspended, string? SuspendedReason, string DefaultCurrency, string Locale, string TimeZone, string RateLimits,
        DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
    {
        public TenantView ToView() => new(
            Id, Name, Suspended, SuspendedReason, DefaultCurrency, Locale, TimeZone,
            JsonSerializer.Deserialize<Dictionary<string, int>>(RateLimits) ?? [], CreatedAt, UpdatedAt);
    }
}
