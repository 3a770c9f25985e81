using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>One move of a subscription: what, from where to where, who made it and why.</summary>
public sealed record SubscriptionEventView(
    Guid Id, string Type, string? FromStatus, string ToStatus, string Actor, string Reason, DateTimeOffset CreatedAt);

/// <summary>SQL of <c>subscription_events</c>.</summary>
public sealed class HistoryStore(Database database)
{
    public Task AddAsync(
        TenantTransaction transaction, Guid subscription, string type, SubscriptionStatus? from, SubscriptionStatus to, string actor, string reason,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        // One run of the timer makes several moves at one moment; each is a little later than the one before it, or their order would be lost.
        const string sql = """
            insert into subscription_events (tenant_id, id, subscription_id, event_type, from_status, to_status, actor, reason, created_at)
            select @tenant, @id, @subscription, @type, @from, @to, @actor, @reason, greatest(@now, max(created_at) + interval '1 microsecond')
            from subscription_events where tenant_id = @tenant and subscription_id = @subscription
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                id = Guid.CreateVersion7(now),
                subscription,
                type,
                from = from?.ToString().ToLowerInvariant(),
                to = to.ToString().ToLowerInvariant(),
                actor,
                reason,
                now,
            },
            cancellationToken);
    }

    /// <summary>When it stopped working the last time for what was not paid; null when it never did.</summary>
    public Task<DateTimeOffset?> FindSuspensionAsync(TenantTransaction transaction, Guid subscription, CancellationToken cancellationToken)
    {
        const string sql = """
            select max(created_at) from subscription_events
            where tenant_id = @tenant and subscription_id = @subscription and event_type = 'suspend'
            """;
        return transaction.FindAsync<DateTimeOffset?>(sql, new { tenant = transaction.Tenant, subscription }, cancellationToken);
    }

    /// <summary>Its moves in their order, those after <paramref name="after"/>.</summary>
    public async Task<IReadOnlyList<SubscriptionEventView>> ListAsync(
        TenantId tenant, Guid subscription, Guid? after, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select id, event_type as type, from_status, to_status, actor, reason, created_at from subscription_events
            where tenant_id = @tenant and subscription_id = @subscription
                and (@after::uuid is null or (created_at, id) > (
                    select created_at, id from subscription_events where tenant_id = @tenant and subscription_id = @subscription and id = @after))
            order by created_at, id
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<SubscriptionEventView>(sql, new { tenant, subscription, after, limit }, cancellationToken);
    }
}
