using System.Text.Json;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Accounts;

/// <summary>SQL of <c>roles</c> and <c>user_roles</c>.</summary>
public sealed class RoleStore(Database database)
{
    public const string User = "user";

    private static readonly IReadOnlyDictionary<string, string[]> BuiltIn = new Dictionary<string, string[]>
    {
        ["admin"] = ["*"],
        ["billing"] = ["invoices:*", "payments:*", "subscriptions:read"],
        ["support"] = ["users:read", "subscriptions:read", "invoices:read", "payments:read", "notifications:read"],
        [User] = [],
    };

    /// <summary>The built-in role's id; a tenant without the built-in roles gets them first.</summary>
    public async Task<Guid> FindBuiltInAsync(TenantId tenant, string name, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = "select id from roles where tenant_id = @tenant and name = @name";
        await using var connection = database.Open(tenant);
        if (await connection.FindAsync<Guid?>(sql, new { tenant, name }, cancellationToken) is { } id)
            return id;

        await CreateBuiltInAsync(connection, now, cancellationToken);
        return await connection.FindAsync<Guid>(sql, new { tenant, name }, cancellationToken);
    }

    public Task AssignAsync(TenantTransaction transaction, Guid user, Guid role, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_roles (tenant_id, id, user_id, role_id, assigned_at)
            values (@tenant, @id, @user, @role, @now)
            """;
        return transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, id = Guid.CreateVersion7(now), user, role, now }, cancellationToken);
    }

    /// <summary>The names of a user's roles and everything they allow together.</summary>
    public async Task<(string[] Roles, string[] Permissions)> ListOfUserAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            select r.name, r.permissions::text
            from user_roles ur
            join roles r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
            where ur.tenant_id = @tenant and ur.user_id = @user
            order by r.name
            """;
        await using var connection = database.Open(tenant);
        var rows = await connection.QueryAsync<(string Name, string Permissions)>(sql, new { tenant, user }, cancellationToken);
        return ([.. rows.Select(row => row.Name)], [.. rows.SelectMany(row => JsonSerializer.Deserialize<string[]>(row.Permissions)!).Distinct()]);
    }

    private static Task CreateBuiltInAsync(TenantConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into roles (tenant_id, id, name, description, permissions, created_at)
            select @tenant, id, name, 'built in', permissions::jsonb, @now
            from unnest(@ids, @names, @permissions) as role(id, name, permissions)
            on conflict do nothing
            """;
        return connection.ExecuteAsync(
            sql,
            new
            {
                tenant = connection.Tenant,
                now,
                ids = BuiltIn.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                names = BuiltIn.Keys.ToArray(),
                permissions = BuiltIn.Values.Select(permissions => JsonSerializer.Serialize(permissions)).ToArray(),
            },
            cancellationToken);
    }
}
