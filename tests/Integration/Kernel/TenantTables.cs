using Dapper;
using Npgsql;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>A table whose rows belong to tenants, and the column that says to which.</summary>
public sealed record TenantTable(ServiceIdentity Service, string Table, string Column)
{
    public string Name => $"{Service.Schema}.{Table}";
}

/// <summary>A database in which every tenant table, found from the catalog, holds rows of tenant a and of tenant b.</summary>
public sealed class TenantTables(StackFixture stack) : IAsyncLifetime
{
    public const string A = "tenant-a";
    public const string B = "tenant-b";

    private TestDatabase? database;

    public TestDatabase Database => database!;
    public IReadOnlyList<TenantTable> All { get; private set; } = [];

    /// <summary>The columns of a table and a made-up value for each that must have one.</summary>
    public IReadOnlyDictionary<string, string> Rows { get; private set; } = new Dictionary<string, string>();

    public async ValueTask InitializeAsync()
    {
        database = await stack.CreateDatabaseAsync();
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        await owner.OpenAsync();
        All = await FindAsync(owner);

        // Made-up rows satisfy no business rule; row-level security is what is tried here, and it asks for none.
        await owner.ExecuteAsync("set session_replication_role = replica");
        foreach (var check in await owner.QueryAsync<string>(
            """
            select format('alter table %s drop constraint %I', conrelid::regclass, conname)
            from pg_constraint where contype = 'c' and connamespace::regnamespace::text like '%\_management'
            """))
            await owner.ExecuteAsync(check);

        var rows = new Dictionary<string, string>();
        foreach (var table in All)
        {
            rows[table.Name] = await InsertAsync(owner, table);
            foreach (var tenant in new[] { A, B })
                await owner.ExecuteAsync(rows[table.Name], new { tenant });
        }
        Rows = rows;
    }

    public async ValueTask DisposeAsync() => await (database?.DisposeAsync() ?? ValueTask.CompletedTask);

    public async Task<NpgsqlConnection> OpenAsync(string connectionString, string? tenant)
    {
        var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync();
        if (tenant is not null)
            await connection.ExecuteAsync("select set_config('app.tenant_id', @tenant, false)", new { tenant });
        return connection;
    }

    private static async Task<IReadOnlyList<TenantTable>> FindAsync(NpgsqlConnection owner)
    {
        const string sql = """
            select n.nspname as schema, c.relname as table
            from pg_class c
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
            where n.nspname = @Schema and c.relkind in ('r', 'p')
            order by 2
            """;
        var found = new List<TenantTable> { new(ServiceIdentity.Users, "tenants", "id") };
        foreach (var service in ServiceIdentity.All)
        {
            var tables = await owner.QueryAsync<(string Schema, string Table)>(sql, new { service.Schema });
            found.AddRange(tables.Select(table => new TenantTable(service, table.Table, "tenant_id")));
        }
        return found;
    }

    private static async Task<string> InsertAsync(NpgsqlConnection owner, TenantTable table)
    {
        const string sql = """
            select attname::text, format_type(atttypid, null)
            from pg_attribute
            where attrelid = @name::regclass and attnum > 0 and not attisdropped and attnotnull and not atthasdef and attidentity = ''
              and attname <> @Column
            """;
        var columns = (await owner.QueryAsync<(string Name, string Type)>(sql, new { name = table.Name, table.Column })).AsList();
        return $"""
            insert into {table.Name} ({string.Join(", ", columns.Select(column => column.Name).Prepend(table.Column))})
            values ({string.Join(", ", columns.Select(column => Value(column.Type)).Prepend("@tenant"))})
            """;
    }

    private static string Value(string type) => type switch
    {
        "uuid" => "gen_random_uuid()",
        "text" or "character varying" => "gen_random_uuid()::text",
        "bytea" => "uuid_send(gen_random_uuid())",
        "json" or "jsonb" or "text[]" => "'{}'",
        "boolean" => "false",
        "date" => "current_date",
        "timestamp with time zone" => "now()",
        "smallint" or "integer" or "bigint" or "numeric" => "1",
        "interval" => "'1 day'",
        "inet" => "'127.0.0.1'",
        _ => throw new NotSupportedException($"A value for a column of type {type} is not known here; add one."),
    };
}
