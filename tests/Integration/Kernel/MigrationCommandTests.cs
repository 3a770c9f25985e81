using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ClickHouse.Driver;
using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ServerlessBusiness.Local.Engines;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Migrating;
using ServerlessBusiness.Shared.Migrations;
using ServerlessBusiness.Tests.Integration.Users;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Kernel;

/// <summary>The migration step of a deployment, with an owner who is no superuser, as Azure's is none.</summary>
public sealed class MigrationCommandTests(StackFixture stack)
{
    private const string Owner = "migration_owner";
    private const string Password = "owner-of-the-tests";
    // Tables that somebody has, or waits for, against everybody.
    private const string Exclusive = """
        select from pg_locks l join pg_class c on c.oid = l.relation
        where c.relnamespace = 'payment_management'::regnamespace and c.relkind = 'r' and l.mode = 'AccessExclusiveLock'
            and l.database = (select oid from pg_database where datname = current_database())
        """;
    private const string AdministratorPassword = "seven wild geese fly south";

    [Fact]
    public async Task An_owner_who_is_no_superuser_migrates_an_empty_database_and_again_a_full_one_in_use()
    {
        await using var server = await stack.OpenServerAsync();
        var database = await CreateAsync(server, "owned");
        try
        {
            Assert.Equal((0, ""), await RunAsync(Settings(database)));

            // A row that a script must find, and the script as if it had not run yet.
            await using (var rows = new NpgsqlConnection(ConnectionString(database, PostgresEngine.Owner, stack.Engines.Postgres.Password)))
                await rows.ExecuteAsync(
                    """
                    insert into payment_management.payment_transactions
                        (tenant_id, id, user_id, invoice_id, order_id, amount, payment_method, description, created_at, updated_at, next_lookup_at, invoice_amount, invoice_currency)
                    values ('acme', gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 'order-1', 1000, 'gopay', 'Pro', now(), now(), now(), 1000, 'IDR');
                    insert into payment_management.midtrans_notices (tenant_id, content_hash, order_id, transaction_status, body, received_at)
                    values ('acme', '\x01', 'order-1', 'settlement', '{}', now());
                    delete from payment_management.schema_versions where scriptname = 'payments/0004_notices_know_their_payment.sql'
                    """);

            await using var owner = new NpgsqlConnection(ConnectionString(database, PostgresEngine.Owner, stack.Engines.Postgres.Password));
            await using var report = new NpgsqlConnection(owner.ConnectionString);
            await report.OpenAsync();
            await using (var reading = await report.BeginTransactionAsync())
            {
                await report.ExecuteAsync("select from payment_management.payment_transactions");
                var migration = Task.Run(() => RunAsync(Settings(database)));
                await Eventually.HoldsAsync(
                    async () => await owner.ExecuteScalarAsync<bool>($"select exists ({Exclusive} and not granted)"), "The migration waits for nobody.");
                Assert.False(
                    await owner.ExecuteScalarAsync<bool>($"select exists ({Exclusive} and granted)"), "It holds a table while it waits for another.");
                // Comes after the migration and would wait as long as it does.
                await owner.ExecuteAsync("select from payment_management.payment_transactions");
                await reading.RollbackAsync();
                Assert.Equal((0, ""), await migration);
            }

            Assert.Equal(1, await owner.ExecuteScalarAsync<long>("select count(*) from payment_management.midtrans_notices where payment_id is not null"));
            // Locked again, for the owner too.
            Assert.Equal(0, await owner.ExecuteScalarAsync<long>(
                """
                select count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
                where c.relnamespace = 'payment_management'::regnamespace and c.relkind in ('r', 'p') and not (c.relrowsecurity and c.relforcerowsecurity)
                """));
        }
        finally
        {
            await PostgresDatabases.DropAsync(server, database, CancellationToken.None);
        }
    }

    [Fact]
    public async Task The_schemas_are_those_of_the_local_stack()
    {
        await using var server = await stack.OpenServerAsync();
        var database = await CreateAsync(server, "compared");
        await using var usual = await stack.CreateDatabaseAsync();
        try
        {
            Assert.Equal((0, ""), await RunAsync(Settings(database)));

            await using var owned = new NpgsqlConnection(ConnectionString(database, PostgresEngine.Owner, stack.Engines.Postgres.Password));
            await using var owner = new NpgsqlConnection(usual.OwnerConnectionString);
            await owned.OpenAsync();
            await owner.OpenAsync();
            Assert.Equal(await SchemaText.ReadAsync(owner, "billing_management"), await SchemaText.ReadAsync(owned, "billing_management"));
            // The broker is a thing of laptops.
            Assert.False(await owned.ExecuteScalarAsync<bool>("select exists (select from pg_namespace where nspname = 'broker')"));
        }
        finally
        {
            await PostgresDatabases.DropAsync(server, database, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Told_where_it_is_the_analytics_database_gets_its_tables_too()
    {
        var engine = stack.Engines.ClickHouse!;
        await using var server = await stack.OpenServerAsync();
        var database = await CreateAsync(server, "with_analytics");
        var settings = Settings(database);
        settings["CLICKHOUSE_HOST"] = "127.0.0.1";
        settings["CLICKHOUSE_PORT"] = $"{engine.Port}";
        settings["CLICKHOUSE_USER"] = ClickHouseEngine.User;
        settings["CLICKHOUSE_PASSWORD"] = engine.Password;
        settings["CLICKHOUSE_DB"] = database;
        settings["CLICKHOUSE_TLS"] = "false";
        using var analytics = new ClickHouseClient(engine.ConnectionString("default"));
        try
        {
            Assert.Equal((0, ""), await RunAsync(settings));

            Assert.Equal(2L, Convert.ToInt64(await analytics.ExecuteScalarAsync(
                $"select count() from system.tables where database = '{database}' and name in ('usage_analytics', 'subscription_metrics')"), CultureInfo.InvariantCulture));
        }
        finally
        {
            await analytics.ExecuteNonQueryAsync($"drop database if exists {database}");
            await PostgresDatabases.DropAsync(server, database, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Identities_are_for_servers_that_know_them()
    {
        await using var server = await stack.OpenServerAsync();
        var database = await CreateAsync(server, "identities");
        var roles = new FileInfo(Path.GetTempFileName());
        try
        {
            await File.WriteAllTextAsync(roles.FullName, "[" + string.Join(',', FunctionApp.All.Select(
                app => $$"""{ "service": "{{app.Name}}", "app": "{{Guid.NewGuid()}}", "jobs": "{{Guid.NewGuid()}}" }""")) + "]");
            var (exitCode, error) = await RunAsync(Settings(database), roles);

            Assert.Equal(1, exitCode);
            Assert.Contains("knows no identities of Entra ID", error);
        }
        finally
        {
            roles.Delete();
            await PostgresDatabases.DropAsync(server, database, CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("POSTGRES_HOST", "", "POSTGRES_HOST")]
    [InlineData("POSTGRES_USER", "", "POSTGRES_USER")]
    [InlineData("POSTGRES_PASSWORD", "wrong", "password authentication failed")]
    [InlineData("POSTGRES_DB", "no_such_database", "does not exist")]
    [InlineData("ROLE_PASSWORD", "", "ROLE_PASSWORD")]
    public async Task What_is_wrong_is_told_in_a_sentence(string setting, string value, string expected)
    {
        await using var server = await stack.OpenServerAsync();
        var database = await CreateAsync(server, $"wrong_{setting.ToLowerInvariant()}");
        try
        {
            var settings = Settings(database);
            settings[setting] = value;
            var (exitCode, error) = await RunAsync(settings);

            Assert.Equal(1, exitCode);
            Assert.Contains(expected, error);
            Assert.DoesNotContain("   at ", error);
        }
        finally
        {
            await PostgresDatabases.DropAsync(server, database, CancellationToken.None);
        }
    }

    [Fact]
    public async Task Who_is_named_is_invited_once_as_administrator_of_the_platform_and_makes_its_first_tenant()
    {
        await using var database = await stack.CreateDatabaseAsync();
        var settings = Settings(database.Name);
        (settings["POSTGRES_USER"], settings["POSTGRES_PASSWORD"]) = (PostgresEngine.Owner, stack.Engines.Postgres.Password);
        var email = $"u{Guid.CreateVersion7():N}@example.com";
        Assert.Equal((0, ""), await RunAsync(settings, administrator: "mistyped@example.com"));
        await using var apps = await database.StartAppsAsync(FunctionApp.Users, FunctionApp.Notifications);
        await using var owner = new NpgsqlConnection(database.OwnerConnectionString);
        await HeardAsync(owner, 1);
        Assert.Equal((0, ""), await RunAsync(settings, administrator: email));
        await HeardAsync(owner, 2);
        var token = await TokenMailedAsync(apps, email);
        Assert.Equal((0, ""), await RunAsync(settings, administrator: email));
        await HeardAsync(owner, 3);

        using var client = apps.Client(FunctionApp.Users);
        using (var accepted = await client.PostAsJsonAsync("v1/auth/invitations/accept", new { token, username = "first", password = AdministratorPassword }))
            Assert.True(accepted.StatusCode == HttpStatusCode.Created, await accepted.Content.ReadAsStringAsync());
        using var signedIn = await client.PostAsJsonAsync("v1/auth/login", new { login = "first", password = AdministratorPassword });
        using var administrator = apps.Client(
            FunctionApp.Users, accessToken: (string)(await signedIn.Content.ReadFromJsonAsync<JsonNode>())!["accessToken"]!);
        using (var made = await administrator.PostAsJsonAsync("v1/tenants", new { id = "acme", name = "Acme", administratorEmail = email }))
            Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());

        Assert.Equal((0, ""), await RunAsync(settings, administrator: "somebody.else@example.com"));
        await HeardAsync(owner, 4);
        Assert.Equal(
            [("mistyped@example.com", true), (email, false)],
            await owner.QueryAsync<(string, bool)>(
                "select email, revoked_at is not null from user_management.invitations where tenant_id = 'default' order by created_at, email = @email",
                new { email }));
    }

    [Fact]
    public async Task An_owner_who_is_no_superuser_names_the_administrator_too()
    {
        await using var server = await stack.OpenServerAsync();
        var database = await CreateAsync(server, "administered");
        try
        {
            var (refused, sentence) = await RunAsync(Settings(database), administrator: "nobody");
            Assert.Equal(1, refused);
            Assert.Contains("'nobody' is not an e-mail address", sentence);
            Assert.Equal((0, ""), await RunAsync(Settings(database), administrator: "a@example.com"));
            Assert.Equal((0, ""), await RunAsync(Settings(database), administrator: ""));

            await using var owner = new NpgsqlConnection(ConnectionString(database, PostgresEngine.Owner, stack.Engines.Postgres.Password));
            Assert.Equal(["default"], await owner.QueryAsync<string>("select id from user_management.tenants"));
            Assert.Equal(["PlatformAdministratorAsked"], await owner.QueryAsync<string>("select subject from user_management.outbox"));
        }
        finally
        {
            await PostgresDatabases.DropAsync(server, database, CancellationToken.None);
        }
    }

    [Fact]
    public void A_role_without_an_identity_is_named()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => RoleSignIns.WithIdentities([("users_app", Guid.NewGuid())]));

        Assert.Contains("users_jobs", failure.Message);
        Assert.DoesNotContain("users_app", failure.Message);
    }

    private static Task HeardAsync(NpgsqlConnection owner, int count) => Eventually.HoldsAsync(
        async () => await owner.ExecuteScalarAsync<long>(
            "select count(*) from user_management.inbox where subject = 'PlatformAdministratorAsked'") == count,
        "Users has not heard of the administrator.");

    private static async Task<string> TokenMailedAsync(TestApps apps, string email)
    {
        using var mail = new HttpClient { BaseAddress = apps.Mail };
        JsonArray found = [];
        await Eventually.HoldsAsync(
            async () => (found = (await mail.GetFromJsonAsync<JsonArray>($"control/messages?to={Uri.EscapeDataString(email)}"))!).Count > 0,
            "The administrator got no mail.");
        return UsersDesk.TokenIn(Assert.Single(found)!);
    }

    // May create roles and owns the database, as the administrators of Azure's server do; nothing more.
    private static async Task<string> CreateAsync(NpgsqlConnection server, string name)
    {
        await server.ExecuteAsync(
            $"""
            do $$
            begin
                perform pg_advisory_xact_lock(7);
                if not exists (select from pg_roles where rolname = '{Owner}') then
                    create role {Owner} login createrole nosuperuser password '{Password}';
                end if;
            end
            $$
            """);
        // What it would have of roles that it made itself: it may change them, and is none of them.
        foreach (var app in FunctionApp.All)
            await server.ExecuteAsync($"grant {app.Name}_app, {app.Name}_jobs to {Owner} with admin true, inherit false, set false");
        var database = $"migrated_{name}";
        await server.ExecuteAsync($"create database {database} owner {Owner}");
        return database;
    }

    private Dictionary<string, string?> Settings(string database) => new()
    {
        ["POSTGRES_HOST"] = "127.0.0.1",
        ["POSTGRES_PORT"] = $"{stack.Engines.Postgres.Port}",
        ["POSTGRES_DB"] = database,
        ["POSTGRES_USER"] = Owner,
        ["POSTGRES_PASSWORD"] = Password,
        ["ROLE_PASSWORD"] = LocalSettings.EnginePassword,
    };

    private string ConnectionString(string database, string user, string password) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = stack.Engines.Postgres.Port,
        Database = database,
        Username = user,
        Password = password,
        Pooling = false,
    }.ConnectionString;

    private static async Task<(int ExitCode, string Error)> RunAsync(Dictionary<string, string?> settings, FileInfo? roles = null, string? administrator = null)
    {
        using var error = new StringWriter();
        var exitCode = await Migration.RunAsync(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), roles, administrator,
            () => throw new InvalidOperationException("No token is needed."), TextWriter.Null, error, CancellationToken.None);
        return (exitCode, error.ToString());
    }
}
