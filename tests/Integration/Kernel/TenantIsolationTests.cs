using Dapper;
using Npgsql;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>Row-level security as the engine holds it: raw SQL in the name of each service's roles, no code of ours between.</summary>
public sealed class TenantIsolationTests(TenantTables tables) : IClassFixture<TenantTables>
{
    [Fact]
    public void Every_service_has_tenant_tables()
    {
        Assert.All(ServiceIdentity.All, service => Assert.True(tables.All.Count(table => table.Service == service) >= 4, service.Name));
        Assert.True(tables.All.Count > 30, $"Only {tables.All.Count} tables were found.");
    }

    [Fact]
    public async Task Without_a_tenant_no_row_is_seen() => await EachTableAsync(null, async (connection, table) =>
        await CountAsync(connection, table) is var seen and > 0 ? $"shows {seen} rows" : null);

    [Fact]
    public async Task With_an_empty_tenant_no_row_is_seen() => await EachTableAsync("", async (connection, table) =>
        await CountAsync(connection, table) is var seen and > 0 ? $"shows {seen} rows" : null);

    [Fact]
    public async Task A_tenant_sees_its_own_row_and_no_other() => await EachTableAsync(TenantTables.B, async (connection, table) =>
    {
        var owners = await ListOwnersAsync(connection, table);
        return owners is [TenantTables.B] ? null : $"shows the rows of '{string.Join(", ", owners)}'";
    });

    [Fact]
    public async Task A_row_for_another_tenant_cannot_be_inserted() => await EachTableAsync(TenantTables.A, (connection, table) =>
        RefusedAsync(connection, tables.Rows[table.Name], new { tenant = TenantTables.B }));

    [Fact]
    public async Task A_row_for_every_tenant_cannot_be_inserted() => await EachTableAsync(TenantTables.A, (connection, table) =>
        RefusedAsync(connection, tables.Rows[table.Name], new { tenant = "*" }));

    [Fact]
    public async Task A_row_cannot_be_inserted_without_a_tenant() => await EachTableAsync(null, (connection, table) =>
        RefusedAsync(connection, tables.Rows[table.Name], new { tenant = TenantTables.A }));

    [Fact]
    public async Task A_row_cannot_be_moved_to_another_tenant() => await EachTableAsync(TenantTables.A, (connection, table) =>
        RefusedAsync(
            connection, $"update {table.Name} set {table.Column} = @tenant where {table.Column} = @own",
            new { tenant = TenantTables.B, own = TenantTables.A }));

    [Fact]
    public async Task Rows_of_others_cannot_be_changed_or_deleted() => await EachTableAsync(TenantTables.A, async (connection, table) =>
    {
        const string own = $"'{TenantTables.A}'";
        var changed = await MayAsync(connection, table, "update")
            ? await connection.ExecuteAsync($"update {table.Name} set {table.Column} = {own} where {table.Column} <> {own}")
            : 0;
        var deleted = await MayAsync(connection, table, "delete") ? await connection.ExecuteAsync($"delete from {table.Name} where {table.Column} <> {own}") : 0;
        return changed + deleted > 0 ? $"let {changed} rows be changed and {deleted} deleted" : null;
    });

    [Fact]
    public async Task Nobody_can_empty_a_table() => await EachTableAsync(TenantTables.A, (connection, table) =>
        RefusedAsync(connection, $"truncate {table.Name} cascade", null));

    [Fact]
    public async Task With_row_security_off_nothing_can_be_read() => await EachTableAsync(TenantTables.A, async (connection, table) =>
    {
        await connection.ExecuteAsync("set local row_security = off");
        return await RefusedAsync(connection, $"select count(*) from {table.Name}", null);
    });

    [Fact]
    public async Task A_role_cannot_take_the_guard_away() => await EachTableAsync(TenantTables.A, (connection, table) =>
        RefusedAsync(connection, $"alter table {table.Name} disable row level security", null));

    [Fact]
    public async Task Jobs_see_every_tenant()
    {
        foreach (var service in ServiceIdentity.All)
        {
            await using var jobs = await tables.OpenAsync(tables.Database.JobsConnectionString(service.Key), tenant: null);
            foreach (var table in tables.All.Where(table => table.Service == service))
                Assert.Equal([TenantTables.A, TenantTables.B], await ListOwnersAsync(jobs, table));
        }
    }

    [Fact]
    public async Task Every_tenant_table_is_locked_for_its_owner_too()
    {
        await using var owner = await tables.OpenAsync(tables.Database.OwnerConnectionString, tenant: null);
        foreach (var table in tables.All)
        {
            var (enabled, forced) = await owner.QuerySingleAsync<(bool, bool)>(
                "select relrowsecurity, relforcerowsecurity from pg_class where oid = @Name::regclass", new { table.Name });
            Assert.True(enabled && forced, $"{table.Name} is not locked: enabled {enabled}, forced {forced}.");
        }
    }

    [Fact]
    public async Task Service_roles_own_nothing_and_have_no_rights_beyond_their_tables()
    {
        const string sql = """
            select rolname::text
            from pg_roles r
            where rolname = any(@roles)
              and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication
                or exists (select from pg_class where relowner = r.oid)
                or exists (select from pg_namespace where nspowner = r.oid)
                or exists (select from pg_proc where proowner = r.oid)
                or exists (select from pg_auth_members where member = r.oid))
            """;
        await using var owner = await tables.OpenAsync(tables.Database.OwnerConnectionString, tenant: null);
        var roles = ServiceIdentity.All.SelectMany(service => new[] { service.AppRole, service.JobsRole }).ToArray();

        Assert.Equal(10, await owner.ExecuteScalarAsync<int>("select count(*) from pg_roles where rolname = any(@roles)", new { roles }));
        Assert.Empty(await owner.QueryAsync<string>(sql, new { roles }));
    }

    [Fact]
    public async Task A_service_cannot_read_the_schema_of_another()
    {
        await using var owner = await tables.OpenAsync(tables.Database.OwnerConnectionString, tenant: null);
        var everything = (await owner.QueryAsync<(string Schema, string Table)>(
            """
            select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm') and (n.nspname like '%\_management' or n.nspname = 'local_broker')
            """)).AsList();
        Assert.Contains(everything, table => table.Schema == "local_broker");

        var failures = new List<string>();
        foreach (var service in ServiceIdentity.All)
        {
            var database = tables.Database;
            foreach (var role in new[] { database.AppConnectionString(service.Key), database.JobsConnectionString(service.Key) })
            {
                await using var connection = await tables.OpenAsync(role, TenantTables.A);
                foreach (var table in everything.Where(table => table.Schema != service.Schema && table != ("user_management", "tenants")))
                    if (await RefusedAsync(connection, $"select 1 from {table.Schema}.{table.Table}", null) is { } failure)
                        failures.Add($"{service.Key} on {table.Schema}.{table.Table}: {failure}");
            }
        }
        Assert.Empty(failures);
    }

    [Fact]
    public async Task Other_services_read_their_tenant_s_row_of_the_directory_and_change_nothing()
    {
        foreach (var service in ServiceIdentity.All.Where(service => service != ServiceIdentity.Users))
        {
            await using var connection = await tables.OpenAsync(tables.Database.AppConnectionString(service.Key), TenantTables.A);

            Assert.Equal([TenantTables.A], await connection.QueryAsync<string>("select id from user_management.tenants"));
            Assert.Null(await RefusedAsync(connection, "update user_management.tenants set status = 'active'", null));
            Assert.Null(await RefusedAsync(connection, "delete from user_management.tenants", null));
        }
    }

    private static Task<int> CountAsync(NpgsqlConnection connection, TenantTable table) =>
        connection.ExecuteScalarAsync<int>($"select count(*) from {table.Name} where {table.Column} <> '*'");

    // The tenants of the platform's own rows are left out: '*' is nobody.
    private static async Task<IReadOnlyList<string>> ListOwnersAsync(NpgsqlConnection connection, TenantTable table) =>
        (await connection.QueryAsync<string>(
            $"select distinct {table.Column} from {table.Name} where {table.Column} <> '*' order by 1")).AsList();

    // Null when the server refuses for want of a right; otherwise what happened instead.
    // What is written for ever may not even be tried.
    private static Task<bool> MayAsync(NpgsqlConnection connection, TenantTable table, string act) =>
        connection.ExecuteScalarAsync<bool>("select has_table_privilege(@Name, @act)", new { table.Name, act });

    private static async Task<string?> RefusedAsync(NpgsqlConnection connection, string sql, object? parameters)
    {
        try
        {
            await connection.ExecuteAsync(sql, parameters);
            return "was allowed";
        }
        catch (PostgresException exception)
        {
            return exception.SqlState == PostgresErrorCodes.InsufficientPrivilege ? null : exception.MessageText;
        }
    }

    // Each table in the name of its service's app role; what a step changes is rolled back.
    private async Task EachTableAsync(string? tenant, Func<NpgsqlConnection, TenantTable, Task<string?>> failureOf)
    {
        var failures = new List<string>();
        foreach (var ofService in tables.All.GroupBy(table => table.Service))
        {
            await using var connection = await tables.OpenAsync(tables.Database.AppConnectionString(ofService.Key.Key), tenant);
            foreach (var table in ofService)
            {
                await using var transaction = await connection.BeginTransactionAsync();
                if (await failureOf(connection, table) is { } failure)
                    failures.Add($"{table.Name} {failure}");
            }
        }
        Assert.Empty(failures);
    }
}
