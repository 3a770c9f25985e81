using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Me;

public sealed record DueAccount(TenantId TenantId, Guid Id);

/// <summary>
/// SQL of what is forgotten: accounts whose owners asked for it, accounts and invitations that came to nothing, and names that were held.
/// </summary>
public sealed class DeletionStore(Database database)
{
    // More could outlast a statement's time limit, and the next night would have more of them.
    private const int AtOnce = 10_000;

    /// <summary>False when it is scheduled already.</summary>
    public async Task<bool> ScheduleAsync(
        TenantTransaction transaction, Guid user, DateTimeOffset dueAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update users set deletion_due_at = @dueAt, updated_at = @now
            where tenant_id = @tenant and id = @user and deletion_due_at is null and status <> 'deleted'
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, dueAt, now }, cancellationToken) == 1;
    }

    /// <summary>False when it is not scheduled.</summary>
    public async Task<bool> WithdrawAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update users set deletion_due_at = null, updated_at = @now
            where tenant_id = @tenant and id = @user and deletion_due_at is not null and status <> 'deleted'
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken) == 1;
    }

    /// <param name="except">Those that could not be forgotten just now.</param>
    public Task<IReadOnlyList<DueAccount>> ListDueAcrossTenantsAsync(
        DateTimeOffset now, IReadOnlyCollection<Guid> except, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id, id from users
            where deletion_due_at <= @time and status <> 'deleted' and id <> all(@except)
            order by deletion_due_at
            limit @limit
            """;
        return ListAcrossTenantsAsync(sql, now, except, limit, cancellationToken);
    }

    /// <summary>Accounts that nobody proved to be his in time.</summary>
    /// <param name="except">Those that could not be removed just now.</param>
    public Task<IReadOnlyList<DueAccount>> ListUnprovenAcrossTenantsAsync(
        DateTimeOffset createdBefore, IReadOnlyCollection<Guid> except, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id, id from users
            where not email_verified and status = 'active' and created_at < @time and id <> all(@except)
            order by created_at
            limit @limit
            """;
        return ListAcrossTenantsAsync(sql, createdBefore, except, limit, cancellationToken);
    }

    /// <summary>
    /// Takes everything personal out of an account that is due; its id stays, for invoices name it. Neither an address nor a username holds a
    /// colon, so nobody can have registered what stands there then. Returns the ids under which the other services may know the person, the one of
    /// the account and those of invitations to its address; none when it is not due any more.
    /// </summary>
    public Task<IReadOnlyList<Guid>> AnonymizeAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with before as (
                select email_normalized from users where tenant_id = @tenant and id = @user),
            gone as (
                update users
                set email = 'deleted:' || id, email_normalized = 'deleted:' || id,
                    username = 'deleted:' || id, username_normalized = 'deleted:' || id, password_hash = '', first_name = null, last_name = null,
                    phone = null, phone_verified = false, email_verified = false, status = 'deleted', deletion_due_at = null,
                    access_version = access_version + 1, updated_at = @now
                where tenant_id = @tenant and id = @user and status <> 'deleted' and deletion_due_at <= @now
                returning id),
            names as (delete from usernames where tenant_id = @tenant and user_id in (select id from gone)),
            roles as (delete from user_roles where tenant_id = @tenant and user_id in (select id from gone)),
            links as (delete from one_time_tokens where tenant_id = @tenant and user_id in (select id from gone)),
            devices as (delete from totp_devices where tenant_id = @tenant and user_id in (select id from gone)),
            codes as (delete from recovery_codes where tenant_id = @tenant and user_id in (select id from gone)),
            keys as (delete from passkeys where tenant_id = @tenant and user_id in (select id from gone)),
            places as (
                update user_sessions set ip_address = null, user_agent = null, refreshed_from = null, refreshed_agent = null
                where tenant_id = @tenant and (user_id in (select id from gone) or impersonator_id in (select id from gone))),
            invited as (
                update invitations
                set email = 'deleted', email_normalized = 'deleted:' || id,
                    revoked_at = case when accepted_at is null then coalesce(revoked_at, @now) else revoked_at end
                where tenant_id = @tenant and exists (select from gone)
                    and (id = @user or email_normalized = (select email_normalized from before))
                returning id, accepted_at)
            select id from gone
            union select id from invited where accepted_at is null
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, user, now }, cancellationToken);
    }

    /// <summary>Removes an account that nobody proved to be his, with the names it holds. False when it is gone or proven by now.</summary>
    public async Task<bool> RemoveUnprovenAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            with unproven as (
                select id from users where tenant_id = @tenant and id = @user and not email_verified and status = 'active' for update),
            roles as (delete from user_roles where tenant_id = @tenant and user_id in (select id from unproven)),
            names as (delete from usernames where tenant_id = @tenant and user_id in (select id from unproven)),
            sessions as (delete from user_sessions where tenant_id = @tenant and user_id in (select id from unproven))
            delete from users where tenant_id = @tenant and id in (select id from unproven)
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, user }, cancellationToken) == 1;
    }

    /// <summary>Invitations that nobody accepted and that ran out or were taken back before a day.</summary>
    /// <param name="except">Those that could not be removed just now.</param>
    public Task<IReadOnlyList<DueAccount>> ListUnacceptedAcrossTenantsAsync(
        DateTimeOffset endedBefore, IReadOnlyCollection<Guid> except, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            select tenant_id, id from invitations
            where accepted_at is null and least(expires_at, revoked_at) < @time and id <> all(@except)
            order by expires_at
            limit @limit
            """;
        return ListAcrossTenantsAsync(sql, endedBefore, except, limit, cancellationToken);
    }

    /// <summary>False when somebody else removed it.</summary>
    public async Task<bool> RemoveUnacceptedAsync(TenantTransaction transaction, Guid invitation, CancellationToken cancellationToken) =>
        await transaction.ExecuteAsync(
            "delete from invitations where tenant_id = @tenant and id = @invitation and accepted_at is null",
            new { tenant = transaction.Tenant, invitation },
            cancellationToken) == 1;

    /// <summary>Frees the names that were held for nobody until now.</summary>
    public async Task FreeHeldNamesAcrossTenantsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from usernames
            where ctid = any(array(select ctid from usernames where user_id is null and held_until <= @now limit @AtOnce))
            """;
        await using var connection = database.OpenAcrossTenants();
        var free = new CommandDefinition(sql, new { now, AtOnce }, cancellationToken: cancellationToken);
        while (await connection.ExecuteAsync(free) == AtOnce)
        {
        }
    }

    private async Task<IReadOnlyList<DueAccount>> ListAcrossTenantsAsync(
        string sql, DateTimeOffset time, IReadOnlyCollection<Guid> except, int limit, CancellationToken cancellationToken)
    {
        await using var connection = database.OpenAcrossTenants();
        var rows = await connection.QueryAsync<DueAccount>(
            new CommandDefinition(sql, new { time, except = except.ToArray(), limit }, cancellationToken: cancellationToken));
        return rows.AsList();
    }
}
