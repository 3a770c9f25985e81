using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Invitations;

/// <summary>The id is also the one the account will have.</summary>
public sealed record Invitation(
    Guid Id, string Email, Guid? RoleId, string Role, Guid? InvitedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? AcceptedAt,
    DateTimeOffset? RevokedAt);

/// <summary>SQL of <c>invitations</c>.</summary>
public sealed class InvitationStore(Database database)
{
    private const string Columns =
        "i.id, i.email, i.role_id, i.role_name as role, i.invited_by, i.created_at, i.expires_at, i.accepted_at, i.revoked_at";

    /// <exception cref="ProblemException">409 when an open invitation of the address exists.</exception>
    public async Task InsertAsync(
        TenantTransaction transaction, Guid id, EmailAddress email, Role role, byte[] tokenHash, Guid? by, DateTimeOffset now, DateTimeOffset expiresAt,
        CancellationToken cancellationToken)
    {
        const string sql = """
            update invitations set revoked_at = @now
            where tenant_id = @tenant and email_normalized = @normalized and accepted_at is null and revoked_at is null and expires_at <= @now;
            insert into invitations (tenant_id, id, email, email_normalized, role_id, role_name, token_hash, invited_by, created_at, expires_at)
            values (@tenant, @id, @email, @normalized, @roleId, @roleName, @tokenHash, @by, @now, @expiresAt);
            """;
        try
        {
            await transaction.ExecuteAsync(
                sql,
                new { tenant = transaction.Tenant, id, email = email.Typed, normalized = email.Normalized, roleId = role.Id, roleName = role.Name, tokenHash, by, now, expiresAt },
                cancellationToken);
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("invitations_open"))
        {
            throw ProblemException.Conflict("ALREADY_INVITED", "This address has an open invitation. Revoke it first to send another.");
        }
    }

    public async Task<IReadOnlyList<Invitation>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invitations i
            where i.tenant_id = @tenant and (@Before::uuid is null or i.id < @Before)
            order by i.id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Invitation>(sql, new { tenant, page.Before, page.Fetch }, cancellationToken);
    }

    /// <summary>The open invitation of a token, or null; nothing changes.</summary>
    public async Task<Invitation?> FindOpenAsync(TenantId tenant, byte[] tokenHash, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invitations i
            where i.tenant_id = @tenant and i.token_hash = @tokenHash and i.accepted_at is null and i.revoked_at is null and i.expires_at > @now
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<Invitation>(sql, new { tenant, tokenHash, now }, cancellationToken);
    }

    /// <summary>False when it was used, revoked or too old in the meantime.</summary>
    public async Task<bool> AcceptAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update invitations set accepted_at = @now
            where tenant_id = @tenant and id = @id and accepted_at is null and revoked_at is null and expires_at > @now
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, now }, cancellationToken) == 1;
    }

    /// <summary>Whether the address has an invitation that can be accepted.</summary>
    public Task<bool> IsOpenAsync(TenantTransaction transaction, EmailAddress email, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (
                select from invitations
                where tenant_id = @tenant and email_normalized = @email and accepted_at is null and revoked_at is null and expires_at > @now)
            """;
        return transaction.FindAsync<bool>(sql, new { tenant = transaction.Tenant, email = email.Normalized, now }, cancellationToken);
    }

    /// <summary>Takes back open invitations that nobody of the tenant itself has sent: an address may be mistyped. Returns their ids.</summary>
    public Task<IReadOnlyList<Guid>> RevokeOfPlatformAsync(TenantTransaction transaction, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update invitations i set revoked_at = @now
            where tenant_id = @tenant and accepted_at is null and revoked_at is null
                and not exists (select from users u where u.tenant_id = @tenant and u.id = i.invited_by)
            returning i.id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, now }, cancellationToken);
    }

    /// <summary>Takes back the open invitations with a role. Returns their ids.</summary>
    public Task<IReadOnlyList<Guid>> RevokeOfRoleAsync(
        TenantTransaction transaction, Guid role, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update invitations set revoked_at = @now
            where tenant_id = @tenant and role_id = @role and accepted_at is null and revoked_at is null
            returning id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, role, now }, cancellationToken);
    }

    /// <summary>False when there is no open one.</summary>
    public async Task<bool> RevokeAsync(TenantTransaction transaction, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update invitations set revoked_at = @now where tenant_id = @tenant and id = @id and accepted_at is null and revoked_at is null
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, now }, cancellationToken) == 1;
    }
}
