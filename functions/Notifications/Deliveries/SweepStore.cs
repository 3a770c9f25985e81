using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

public sealed record OverdueDelivery(TenantId TenantId, Guid Id, int PriorityLevel);

/// <summary>SQL of <c>notification_history</c> across tenants: what nobody works on although it is due.</summary>
public sealed class SweepStore(Database database)
{
    /// <summary>Gives up what crashed in its last attempt or is of no use any more; returns of which kind each was, and why.</summary>
    public async Task<IReadOnlyList<(string Type, string Reason)>> FailHopelessAcrossTenantsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with hopeless as (
                select tenant_id, id, calling
                from notification_history
                where status in ('pending', 'retrying') and digest_id is null and (claimed_until is null or claimed_until <= @now)
                    and (expires_at <= @now or attempts >= max_attempts)
                for update skip locked),
            ended as (
                update notification_history h
                set status = 'failed', claimed_until = null, calling = false, unknown_calls = h.unknown_calls + hopeless.calling::int,
                    reason_code = case when h.expires_at <= @now then @expired else @brokenOff end,
                    error_message = case when h.expires_at <= @now then 'It was not sent in time.' else 'Its last attempt was broken off.' end
                from hopeless
                where h.tenant_id = hopeless.tenant_id and h.id = hopeless.id
                returning h.tenant_id, h.id, h.notification_type, h.reason_code, hopeless.calling as was_broken_off),
            calls as (
                insert into notification_attempts (tenant_id, notification_id, id, at, channel, outcome, counted, reason)
                select tenant_id, id, gen_random_uuid(), @now, 'unknown', 'BrokenOff', true, @senderDied from ended where was_broken_off)
            select notification_type, reason_code from ended
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<(string, string)>(new CommandDefinition(
            sql, new { now, expired = Reasons.Expired, brokenOff = Reasons.BrokenOff, senderDied = Reasons.SenderDied },
            cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Lets what waits for a digest that is over share its end, and go by itself when there is no such digest; returns how many.</summary>
    public async Task<int> SettleHeldAcrossTenantsAsync(CancellationToken cancellationToken)
    {
        const string sql = """
            update notification_history h
            set status = coalesce(d.status, 'pending'), digest_id = d.id, sent_at = d.sent_at, channel = d.channel, bot = d.bot,
                reason_code = d.reason_code, error_message = d.error_message
            from notification_history held
            left join notification_history d on d.tenant_id = held.tenant_id and d.id = held.digest_id
            where held.digest_id is not null and held.status in ('pending', 'retrying') and (d.id is null or d.status not in ('pending', 'retrying'))
                and h.tenant_id = held.tenant_id and h.id = held.id and h.status in ('pending', 'retrying')
            """;
        await using var connection = database.OpenAcrossTenants();
        return await connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: cancellationToken));
    }

    /// <summary>The most urgent first. What was put back at this very <paramref name="now"/> is left out.</summary>
    public async Task<IReadOnlyList<OverdueDelivery>> ListOverdueAcrossTenantsAsync(
        DateTimeOffset since, DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id, id, priority as priority_level
            from notification_history
            where status in ('pending', 'retrying') and digest_id is null
                and ((claimed_until <= @now and available_at < @now) or (claimed_until is null and available_at <= @since))
            order by priority, available_at
            limit @limit
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<OverdueDelivery>(
            new CommandDefinition(sql, new { since, now, limit }, cancellationToken: cancellationToken))).AsList();
    }

    /// <summary>Notes that these were put back, so that the next sweeps leave them time.</summary>
    public Task TouchAsync(TenantTransaction transaction, Guid[] ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.ExecuteAsync(
            "update notification_history set available_at = greatest(available_at, @now) where tenant_id = @tenant and id = any(@ids) and status in ('pending', 'retrying')",
            new { tenant = transaction.Tenant, ids, now },
            cancellationToken);
}
