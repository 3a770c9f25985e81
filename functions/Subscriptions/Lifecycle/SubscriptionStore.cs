using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>SQL of <c>subscriptions</c> and <c>subscription_events</c>.</summary>
public sealed class SubscriptionStore(Database database)
{
    private const string Columns = """
        s.id, s.user_id, s.tier_id, t.code as tier_code, t.name as tier_name, t.billing_cycle, s.status,
        s.currency, s.price, s.started_at, s.expires_at, s.auto_renew, s.created_at
        """;

    // A tier belongs to the platform or to the tenant; ids are unique across both.
    private const string JoinTier = "join subscription_tiers t on t.tenant_id in ('*', s.tenant_id) and t.id = s.tier_id";

    public async Task InsertAsync(TenantTransaction transaction, Subscription subscription, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into subscriptions (tenant_id, id, user_id, tier_id, status, currency, price, started_at, expires_at, auto_renew, created_at, updated_at)
            values (@tenant, @Id, @UserId, @TierId, @status, @Currency, @Price, @StartedAt, @ExpiresAt, @AutoRenew, @CreatedAt, @CreatedAt)
            """;
        try
        {
            await transaction.ExecuteAsync(
                sql,
                new
                {
                    tenant = transaction.Tenant,
                    subscription.Id,
                    subscription.UserId,
                    subscription.TierId,
                    status = Text(subscription.Status),
                    subscription.Currency,
                    subscription.Price,
                    subscription.StartedAt,
                    subscription.ExpiresAt,
                    subscription.AutoRenew,
                    subscription.CreatedAt,
                },
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("subscriptions_one_live_per_user"))
        {
            throw ProblemException.Conflict("SUBSCRIPTION_EXISTS", "You have a subscription already. Change or cancel that one.");
        }
    }

    /// <summary>Makes the command's move if the subscription stands where it is allowed, and returns it as it is then; else null.</summary>
    public async Task<Subscription?> MoveAsync(
        TenantTransaction transaction, Guid id, SubscriptionCommand command, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            with old as (
                select id, status from subscriptions where tenant_id = @tenant and id = @id and status = any(@from) for update
            ), s as (
                update subscriptions set status = @to, updated_at = @now from old
                where tenant_id = @tenant and subscriptions.id = old.id
                returning subscriptions.*
            ), event as (
                insert into subscription_events (tenant_id, id, subscription_id, event_type, from_status, to_status, reason, created_at)
                select @tenant, @eventId, id, @command, status, @to, @reason, @now from old
            )
            select {Columns} from s {JoinTier}
            """;
        var from = SubscriptionLifecycle.From(command);
        return await transaction.FindAsync<Subscription>(
            sql,
            new
            {
                tenant = transaction.Tenant,
                id,
                from = from.Select(Text).ToArray(),
                to = Text(SubscriptionLifecycle.Next(from[0], command)!.Value),
                command = command.ToString().ToLowerInvariant(),
                eventId = Guid.CreateVersion7(now),
                reason,
                now,
            },
            cancellationToken);
    }

    /// <summary>Whether the subscription still waits for its first payment; the row stays locked so that the answer holds.</summary>
    public async Task<bool> IsPendingAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        const string sql = "select status = 'pending' from subscriptions where tenant_id = @tenant and id = @id for update";
        return await transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, id }, cancellationToken);
    }

    /// <summary>Notes how a subscription began.</summary>
    public Task InsertCreatedEventAsync(TenantTransaction transaction, Subscription subscription, string reason, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into subscription_events (tenant_id, id, subscription_id, event_type, to_status, reason, created_at)
            values (@tenant, @eventId, @Id, 'create', @status, @reason, @CreatedAt)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                eventId = Guid.CreateVersion7(subscription.CreatedAt),
                subscription.Id,
                status = Text(subscription.Status),
                reason,
                subscription.CreatedAt,
            },
            cancellationToken);
    }

    /// <summary>The subscription; with an owner given, only if it is his.</summary>
    public async Task<Subscription?> FindAsync(TenantId tenant, Guid id, Guid? owner, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from subscriptions s {JoinTier}
            where s.tenant_id = @tenant and s.id = @id and (@owner::uuid is null or s.user_id = @owner)
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Subscription>(sql, new { tenant, id, owner }, cancellationToken);
    }

    public async Task<IReadOnlyList<Subscription>> ListAsync(
        TenantId tenant, Guid? owner, Guid? before, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from subscriptions s {JoinTier}
            where s.tenant_id = @tenant and (@owner::uuid is null or s.user_id = @owner) and (@before::uuid is null or s.id < @before)
            order by s.id desc
            limit @limit
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Subscription>(sql, new { tenant, owner, before, limit }, cancellationToken);
    }

    private static string Text(SubscriptionStatus status) => status.ToString().ToLowerInvariant();
}
