using System.Text.Json;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Access;

/// <summary>SQL of <c>roles</c> and <c>user_roles</c>.</summary>
public sealed class RoleStore(Database database)
{
    // Those who can sign in.
    private const string Administrators = """
        from users u
        join user_roles ur on ur.tenant_id = u.tenant_id and ur.user_id = u.id
        join roles r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
        where u.tenant_id = @tenant and r.name = 'admin' and u.status = 'active' and u.email_verified and u.deletion_due_at is null
        """;

    public const string User = BuiltInRoles.User;
    private const string Columns = "r.id, r.name, r.description, r.permissions::text, r.created_at";

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

    public static Task CreateBuiltInAsync(TenantConnection connection, DateTimeOffset now, CancellationToken cancellationToken)
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
                ids = BuiltInRoles.All.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                names = BuiltInRoles.All.Keys.ToArray(),
                permissions = BuiltInRoles.All.Values.Select(permissions => JsonSerializer.Serialize(permissions)).ToArray(),
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<Role>> ListAsync(TenantId tenant, PageRequest page, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from roles r
            where r.tenant_id = @tenant and (@Before::uuid is null or r.id < @Before)
            order by r.id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        var rows = await connection.QueryAsync<RoleRow>(sql, new { tenant, page.Before, page.Fetch }, cancellationToken);
        return [.. rows.Select(row => row.ToRole())];
    }

    public async Task<Role> GetBuiltInAsync(TenantTransaction transaction, string name, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from roles r where r.tenant_id = @tenant and r.name = @name";
        return (await transaction.FindAsync<RoleRow>(sql, new { tenant = transaction.Tenant, name }, cancellationToken))!.ToRole();
    }

    /// <exception cref="ProblemException">404.</exception>
    public Task<Role> GetAsync(TenantConnection connection, Guid id, CancellationToken cancellationToken) =>
        GetAsync(connection, $"select {Columns} from roles r where r.tenant_id = @tenant and r.id = @id", id, cancellationToken);

    /// <summary>The role, locked against changes until the end of the transaction, so that it is given as it was looked at.</summary>
    /// <exception cref="ProblemException">404.</exception>
    public async Task<Role> GetForShareAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        await FindForShareAsync(transaction, id, cancellationToken) ?? throw NotFound();

    /// <summary>The role, locked in the same way; null when there is none.</summary>
    public Task<Role?> FindForShareAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        FindAsync(transaction, $"select {Columns} from roles r where r.tenant_id = @tenant and r.id = @id for share", id, cancellationToken);

    /// <summary>The role, locked to be changed until the end of the transaction.</summary>
    /// <exception cref="ProblemException">404.</exception>
    public Task<Role> GetForUpdateAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken) =>
        GetAsync(transaction, $"select {Columns} from roles r where r.tenant_id = @tenant and r.id = @id for update", id, cancellationToken);

    public async Task InsertAsync(TenantTransaction transaction, Role role, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into roles (tenant_id, id, name, description, permissions, created_at)
            values (@tenant, @Id, @Name, @Description, @permissions::jsonb, @CreatedAt)
            """;
        await NamedOnceAsync(() => transaction.ExecuteAsync(
            sql,
            new { tenant = transaction.Tenant, role.Id, role.Name, role.Description, permissions = JsonSerializer.Serialize(role.Permissions), role.CreatedAt },
            cancellationToken));
    }

    public async Task UpdateAsync(TenantTransaction transaction, Role role, CancellationToken cancellationToken)
    {
        const string sql = """
            update roles set name = @Name, description = @Description, permissions = @permissions::jsonb where tenant_id = @tenant and id = @Id
            """;
        await NamedOnceAsync(() => transaction.ExecuteAsync(
            sql,
            new { tenant = transaction.Tenant, role.Id, role.Name, role.Description, permissions = JsonSerializer.Serialize(role.Permissions) },
            cancellationToken));
    }

    /// <summary>Nobody has the role any more.</summary>
    public Task DeleteAsync(TenantTransaction transaction, Guid id, CancellationToken cancellationToken)
    {
        const string sql = """
            delete from user_roles where tenant_id = @tenant and role_id = @id;
            delete from roles where tenant_id = @tenant and id = @id;
            """;
        return transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id }, cancellationToken);
    }

    /// <summary>False when the user has the role already.</summary>
    public async Task<bool> AssignAsync(
        TenantTransaction transaction, Guid user, Guid role, Guid? by, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into user_roles (tenant_id, id, user_id, role_id, assigned_at, assigned_by)
            values (@tenant, @id, @user, @role, @now, @by)
            on conflict (tenant_id, user_id, role_id) do nothing
            """;
        return await transaction.ExecuteAsync(
            sql, new { tenant = transaction.Tenant, id = Guid.CreateVersion7(now), user, role, by, now }, cancellationToken) == 1;
    }

    /// <summary>False when the user has not the role.</summary>
    public async Task<bool> RevokeAsync(TenantTransaction transaction, Guid user, Guid role, CancellationToken cancellationToken) =>
        await transaction.ExecuteAsync(
            "delete from user_roles where tenant_id = @tenant and user_id = @user and role_id = @role",
            new { tenant = transaction.Tenant, user, role },
            cancellationToken) == 1;

    public async Task<IReadOnlyList<Role>> ListOfUserAsync(TenantConnection connection, Guid user, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns}
            from user_roles ur join roles r on r.tenant_id = ur.tenant_id and r.id = ur.role_id
            where ur.tenant_id = @tenant and ur.user_id = @user
            order by r.name
            """;
        var rows = await connection.QueryAsync<RoleRow>(sql, new { tenant = connection.Tenant, user }, cancellationToken);
        return [.. rows.Select(row => row.ToRole())];
    }

    /// <summary>Waits until nobody else changes who the tenant's administrators are, and lets nobody else until the end of the transaction.</summary>
    public Task LockAdministratorsAsync(TenantTransaction transaction, CancellationToken cancellationToken) =>
        transaction.QueryAsync<string>(
            "select pg_advisory_xact_lock(hashtextextended('administrators:' || @tenant, 0))::text", new { tenant = transaction.Tenant }, cancellationToken);

    /// <summary>Whether the tenant has an administrator besides this user who can sign in.</summary>
    public Task<bool> HasAnotherAdministratorAsync(TenantTransaction transaction, Guid besides, CancellationToken cancellationToken) =>
        transaction.FindAsync<bool>(
            $"select exists (select {Administrators} and u.id <> @besides)", new { tenant = transaction.Tenant, besides }, cancellationToken);

    /// <summary>The tenant's administrators who can sign in, with their addresses.</summary>
    public Task<IReadOnlyList<(Guid Id, string Email)>> ListAdministratorsAsync(TenantConnection connection, CancellationToken cancellationToken) =>
        connection.QueryAsync<(Guid, string)>(
            $"select u.id, u.email {Administrators} order by u.id", new { tenant = connection.Tenant }, cancellationToken);

    private static async Task<Role> GetAsync(TenantConnection connection, string sql, Guid id, CancellationToken cancellationToken) =>
        await FindAsync(connection, sql, id, cancellationToken) ?? throw NotFound();

    private static async Task<Role?> FindAsync(TenantConnection connection, string sql, Guid id, CancellationToken cancellationToken) =>
        (await connection.FindAsync<RoleRow>(sql, new { tenant = connection.Tenant, id }, cancellationToken))?.ToRole();

    private static ProblemException NotFound() => ProblemException.NotFound("ROLE_NOT_FOUND", "There is no such role in this tenant.");

    private static async Task NamedOnceAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (PostgresException exception) when (exception.IsDuplicateOf("roles_name_taken"))
        {
            throw ProblemException.Conflict("ROLE_NAME_TAKEN", "This tenant has a role of that name already.");
        }
    }
}
