using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Access;

/// <summary>SQL of what users may do: <c>users</c>, <c>user_roles</c> and <c>roles</c> together.</summary>
public sealed class AccessStore
{
    /// <summary>The names of the roles of the user <c>u</c>.</summary>
    internal const string Roles = """
        (select coalesce(json_agg(r.name order by r.name), '[]')::text
         from user_roles ur join roles r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
         where ur.tenant_id = u.tenant_id and ur.user_id = u.id) as roles
        """;

    /// <summary>Of the user <c>u</c>.</summary>
    internal const string Columns = $"""
        u.email, u.status, u.access_version as version,
        {Roles},
        (select coalesce(json_agg(distinct p.permission), '[]')::text
         from user_roles ur join roles r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
         cross join lateral jsonb_array_elements_text(r.permissions) as p(permission)
         where ur.tenant_id = u.tenant_id and ur.user_id = u.id) as permissions
        """;

    public async Task<UserAccess?> FindAsync(TenantConnection connection, Guid user, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from users u where u.tenant_id = @tenant and u.id = @user";
        return (await connection.FindAsync<Row>(sql, new { tenant = connection.Tenant, user }, cancellationToken))?.ToAccess();
    }

    public async Task<IReadOnlyList<(Guid Id, UserAccess Access)>> ListAsync(
        TenantConnection connection, Guid[] users, CancellationToken cancellationToken)
    {
        const string sql = $"select u.id, {Columns} from users u where u.tenant_id = @tenant and u.id = any(@users)";
        var rows = await connection.QueryAsync<UserRow>(sql, new { tenant = connection.Tenant, users }, cancellationToken);
        return [.. rows.Select(row => (row.Id, UserAccess.Read(row.Email, row.Status, row.Version, row.Roles, row.Permissions)))];
    }

    /// <summary>What changed for a user is newer than anything Redis may hold of him.</summary>
    public Task BumpAsync(TenantTransaction transaction, Guid user, CancellationToken cancellationToken) => transaction.ExecuteAsync(
        "update users set access_version = access_version + 1 where tenant_id = @tenant and id = @user",
        new { tenant = transaction.Tenant, user },
        cancellationToken);

    /// <summary>The same for everybody who holds a role; returns who they are.</summary>
    public Task<IReadOnlyList<Guid>> BumpHoldersAsync(TenantTransaction transaction, Guid role, CancellationToken cancellationToken)
    {
        const string sql = """
            with holders as (
                -- in one order, or two changes of roles with common holders would wait for each other
                select u.id from users u
                join user_roles ur on ur.tenant_id = u.tenant_id and ur.user_id = u.id
                where ur.tenant_id = @tenant and ur.role_id = @role
                order by u.id
                for update of u)
            update users u set access_version = access_version + 1
            from holders
            where u.tenant_id = @tenant and u.id = holders.id
            returning u.id
            """;
        return transaction.QueryAsync<Guid>(sql, new { tenant = transaction.Tenant, role }, cancellationToken);
    }

    private sealed record UserRow(Guid Id, string Email, UserStatus Status, int Version, string Roles, string Permissions);

    private sealed record Row(string Email, UserStatus Status, int Version, string Roles, string Permissions)
    {
        public UserAccess ToAccess() => UserAccess.Read(Email, Status, Version, Roles, Permissions);
    }
}
