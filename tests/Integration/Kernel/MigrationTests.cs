using System.Data;
using System.Text;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Migrations;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Kernel;

public sealed class MigrationTests(StackFixture stack)
{
    private const string Update = "UPDATE_SCHEMA_FILES";

    public static TheoryData<string> Services => [.. ServiceIdentity.All.Select(service => service.Key)];

    [Fact]
    public async Task Migrating_again_changes_nothing()
    {
        await using var database = await stack.CreateDatabaseAsync();
        var before = await DescribeAsync(database.OwnerConnectionString);
        await MigrationRunner.RunAsync(database.OwnerConnectionString, LocalSettings.EnginePassword, CancellationToken.None);

        Assert.Equal(before, await DescribeAsync(database.OwnerConnectionString));
    }

    [Fact]
    public async Task Two_at_once_migrate_an_empty_database_once()
    {
        await using var database = await stack.CreateDatabaseAsync();
        var name = database.Name + "_empty";
        await using var server = await stack.OpenServerAsync();
        await PostgresDatabases.CreateWhenMissingAsync(server, name, CancellationToken.None);
        try
        {
            var empty = new NpgsqlConnectionStringBuilder(database.OwnerConnectionString) { Database = name }.ConnectionString;
            await Task.WhenAll(Enumerable.Range(0, 2).Select(
                _ => Task.Run(() => MigrationRunner.RunAsync(empty, LocalSettings.EnginePassword, CancellationToken.None))));

            Assert.Equal(await DescribeAsync(database.OwnerConnectionString), await DescribeAsync(empty));
        }
        finally
        {
            await PostgresDatabases.DropAsync(server, name, CancellationToken.None);
        }
    }

    [Fact]
    public async Task An_index_is_built_while_others_write_to_its_table_and_what_its_owner_signs_in_with_ends()
    {
        await using var database = await stack.CreateDatabaseAsync();
        var before = await DescribeAsync(database.OwnerConnectionString);
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        await using var reader = new NpgsqlConnection(database.OwnerConnectionString);
        await owner.OpenAsync();
        await reader.OpenAsync();
        var builder = new NpgsqlConnectionStringBuilder(database.OwnerConnectionString)
        {
            Username = $"{database.Name}_builder",
            Password = "of the first hour",
            Pooling = false,
        };
        await owner.ExecuteAsync($"create role {builder.Username} superuser login password '{builder.Password}'");
        Assert.Equal(1, await owner.ExecuteAsync(
            "delete from billing_management.schema_versions where scriptname = '0000_kernel/0003_inbox_by_age.concurrently.sql'"));

        // Has no lock, and looks at the data of before: the index is not ready before he has gone.
        await using var reading = await reader.BeginTransactionAsync(IsolationLevel.RepeatableRead);
        await reader.ExecuteAsync("select 1");
        var migration = Task.Run(() => MigrationRunner.MigrateAsync(
            () => Task.FromResult(builder.ConnectionString), RoleSignIns.WithPassword(LocalSettings.EnginePassword), CancellationToken.None));
        await Eventually.HoldsAsync(
            async () => await owner.ExecuteScalarAsync<bool>(
                "select exists (select from pg_stat_activity where datname = current_database() and wait_event = 'virtualxid')"),
            "The migration waits for nobody.");
        await owner.ExecuteAsync(
            "insert into billing_management.inbox (tenant_id, message_id, subject, handled_at) values ('t', gen_random_uuid(), 'Test', now())");
        Assert.False(migration.IsCompleted);
        builder.Password = "of the second hour";
        await owner.ExecuteAsync($"alter role {builder.Username} password '{builder.Password}'");
        await reading.RollbackAsync();
        await migration;

        Assert.Equal(before, await DescribeAsync(database.OwnerConnectionString));
        Assert.True(await owner.ExecuteScalarAsync<bool>("select indisvalid from pg_index where indexrelid = 'billing_management.inbox_by_age'::regclass"));
        await owner.ExecuteAsync($"drop owned by {builder.Username}; drop role {builder.Username}");
    }

    [Fact]
    public void A_script_that_builds_an_index_concurrently_may_be_begun_anew()
    {
        var scripts = typeof(MigrationRunner).Assembly.GetManifestResourceNames()
            .Where(name => name.EndsWith(".concurrently.sql", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(scripts);
        Assert.All(scripts, name =>
        {
            using var text = new StreamReader(typeof(MigrationRunner).Assembly.GetManifestResourceStream(name)!);
            Assert.Matches(
                @"\A(--.*\n)*(drop index concurrently if exists \$service\$\.(\w+);\ncreate (unique )?index concurrently \3 on [^;]+;\n)+\z", text.ReadToEnd());
        });
    }

    [Theory]
    [MemberData(nameof(Services))]
    public async Task The_schema_file_shows_what_the_migrations_make(string key)
    {
        var service = ServiceIdentity.All.Single(one => one.Key == key);
        await using var database = await stack.CreateDatabaseAsync();
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        await owner.OpenAsync();
        var actual = $"""
            -- Schema {service.Schema} as its migrations leave it: to read, not to run. A test holds it to them.
            -- After a new migration write it anew: {Update}=1 dotnet test tests/Integration --filter FullyQualifiedName~MigrationTests


            """ + await SchemaText.ReadAsync(owner, service.Schema);

        var file = Path.Combine(BuildOutput.RepositoryRoot(), "shared", "Migrations", "postgres", key, "schema.sql");
        if (Environment.GetEnvironmentVariable(Update) == "1")
            await File.WriteAllTextAsync(file, actual, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        var written = File.Exists(file) ? (await File.ReadAllTextAsync(file)).ReplaceLineEndings("\n") : "";

        Assert.True(
            written == actual,
            $"shared/Migrations/postgres/{key}/schema.sql does not show what the migrations make. Run this test once with {Update}=1, "
            + $"look at the difference and commit it. The first differing line: {FirstDifference(written, actual)}");
    }

    // What the schemas are and which scripts made them.
    private static async Task<string> DescribeAsync(string connectionString)
    {
        await using var owner = new NpgsqlConnection(connectionString);
        await owner.OpenAsync();
        var text = new StringBuilder();
        foreach (var service in ServiceIdentity.All)
        {
            text.Append(await SchemaText.ReadAsync(owner, service.Schema));
            await AppendAsync($"select scriptname from {service.Schema}.schema_versions order by 1");
        }
        await AppendAsync("select path || array_to_string(subjects, ',') from local_broker.entities order by path");
        await AppendAsync("select tier_id::text || currency || amount from subscription_management.tier_prices order by 1");
        return text.ToString();

        async Task AppendAsync(string sql) => text.AppendJoin('\n', await owner.QueryAsync<string>(sql)).Append('\n');
    }

    private static string FirstDifference(string written, string actual) =>
        actual.Split('\n').Zip(written.Split('\n').Concat(Enumerable.Repeat("", 10_000)))
            .Where(lines => lines.First != lines.Second)
            .Select(lines => $"'{lines.Second}' instead of '{lines.First}'")
            .FirstOrDefault("the file is longer");
}
