using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Users.Audit;

/// <summary>Which entries are asked for.</summary>
public sealed record AuditFilter(Guid? Actor, Guid? Target, string? Action, DateTimeOffset? From, DateTimeOffset? To);

/// <summary>The end of a tenant's chain, and our word that it is; none stands there yet where the last entry is from before seals.</summary>
public sealed record AuditHead(long Seq, byte[] Hash, byte[]? Seal);

/// <summary>SQL that reads <c>audit_log</c>.</summary>
public sealed class AuditLogStore
{
    private const string Columns =
        "seq, id, at, action, actor_kind, actor_id, actor_service, impersonator_id, target_id, detail::text, host(address) as address, hash";

    public Task<IReadOnlyList<AuditRow>> ListAsync(
        TenantConnection connection, AuditFilter filter, long? before, int limit, CancellationToken cancellationToken)
    {
        var sql = $"""
            select {Columns} from audit_log
            where tenant_id = @tenant
            {(filter.Actor is null ? "" : "and (actor_id = @Actor or impersonator_id = @Actor)")}
            {(filter.Target is null ? "" : "and target_id = @Target")}
            {(filter.Action is null ? "" : "and action = @Action")}
            {(filter.From is null ? "" : "and at >= @From")}
            {(filter.To is null ? "" : "and at < @To")}
            {(before is null ? "" : "and seq < @before")}
            order by seq desc
            limit @limit
            """;
        return connection.QueryAsync<AuditRow>(
            sql, new { tenant = connection.Tenant, filter.Actor, filter.Target, filter.Action, filter.From, filter.To, before, limit }, cancellationToken);
    }

    /// <summary>The next links after one, in their order.</summary>
    public Task<IReadOnlyList<AuditRow>> ListAfterAsync(TenantConnection connection, long seq, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from audit_log where tenant_id = @tenant and seq > @seq order by seq limit @limit";
        return connection.QueryAsync<AuditRow>(sql, new { tenant = connection.Tenant, seq, limit }, cancellationToken);
    }

    /// <summary>The last entry that was written, or null before the first.</summary>
    public Task<AuditHead?> ReadHeadAsync(TenantConnection connection, CancellationToken cancellationToken) =>
        connection.FindAsync<AuditHead>("select seq, hash, seal from audit_heads where tenant_id = @tenant", new { tenant = connection.Tenant }, cancellationToken);
}
