using System.Reflection;
using Dapper;
using DbUp;
using DbUp.Builder;
using DbUp.Engine;
using DbUp.Support;
using Npgsql;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Shared.Migrations;

/// <summary>
/// Brings the five schemas up to date with the owner's role: numbered scripts, forward only, each once, under an advisory lock.
/// The app and jobs roles it makes own nothing.
/// </summary>
public static class MigrationRunner
{
    private const long LockKey = 0x5B_4D_49_47;

    // The name's end of a script that builds an index concurrently, beside whoever writes to its table: outside of a transaction, one statement
    // after the other. Broken off it is begun anew, so it drops first what it makes.
    private const string Concurrently = ".concurrently.sql";

    private static readonly TimeSpan BetweenTurns = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestBuild = TimeSpan.FromHours(1);

    private static readonly Assembly Scripts = typeof(MigrationRunner).Assembly;

    /// <summary>Migrates the database of the connection string, the queues of the local broker too; the service roles get <paramref name="rolePassword"/>.</summary>
    public static async Task RunAsync(string ownerConnectionString, string rolePassword, CancellationToken cancellationToken)
    {
        await MigrateAsync(() => Task.FromResult(ownerConnectionString), RoleSignIns.WithPassword(rolePassword), cancellationToken);
        await using var owner = NpgsqlDataSource.Create(ownerConnectionString);
        await Transport.ProvisionAsync(owner, rolePassword, cancellationToken);
    }

    /// <summary>Makes the roles and migrates the schemas. The owner need not be a superuser; he may create roles.</summary>
    /// <param name="owner">His connection string of the moment: what he signs in with may end while an index is built.</param>
    public static async Task MigrateAsync(Func<Task<string>> owner, RoleSignIns signIns, CancellationToken cancellationToken)
    {
        await using var server = NpgsqlDataSource.Create(await owner());
        await using var guard = await server.OpenConnectionAsync(cancellationToken);
        // Not by a statement that waits: an index that is built concurrently would wait for that one.
        while (!await guard.ExecuteScalarAsync<bool>("select pg_try_advisory_lock(@LockKey)", new { LockKey }))
            await Task.Delay(BetweenTurns, cancellationToken);

        // Scripts of one service name the roles of others, so all roles come first.
        foreach (var service in ServiceIdentity.All)
            await PrepareAsync(guard, service, signIns);
        foreach (var service in ServiceIdentity.All)
            await UpgradeAsync(owner, service, cancellationToken);

        await guard.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
    }

    /// <summary>Loads the demo tenant, its people and their roles; for the local stack only.</summary>
    public static async Task SeedDemoAsync(string ownerConnectionString, CancellationToken cancellationToken)
    {
        await using var owner = NpgsqlDataSource.Create(ownerConnectionString);
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        foreach (var name in Scripts.GetManifestResourceNames().Where(name => name.Contains(".Migrations.seeds.")).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(Scripts.GetManifestResourceStream(name)!);
            await connection.ExecuteAsync(await reader.ReadToEndAsync(cancellationToken));
        }
    }

    private static async Task PrepareAsync(NpgsqlConnection owner, ServiceIdentity service, RoleSignIns signIns)
    {
        foreach (var role in new[] { service.AppRole, service.JobsRole })
        {
            // Statements about roles take no parameters, so the server quotes the values itself. A new role has no rights beyond its login.
            if (!await owner.ExecuteScalarAsync<bool>("select exists (select from pg_roles where rolname = @role)", new { role }))
                await ExecuteAsync(owner, "select format('create role %I login', @role)", new { role });
            if (signIns.Password is { } password)
                await ExecuteAsync(owner, "select format('alter role %I password %L', @role, @password)", new { role, password });
            if (signIns.IdentityOf(role) is { } objectId)
                await BindAsync(owner, role, objectId);
        }

        await owner.ExecuteAsync($"create schema if not exists {service.Schema}");
    }

    // How Azure's server knows to whom a role belongs: by a label that an extension of it reads.
    private static async Task BindAsync(NpgsqlConnection owner, string role, Guid objectId)
    {
        try
        {
            var label = $"aadauth,oid={objectId},type=service";
            await ExecuteAsync(owner, "select format('security label for pgaadauth on role %I is %L', @role, @label)", new { role, label });
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InvalidParameterValue)
        {
            throw new InvalidOperationException("This server knows no identities of Entra ID. Give its roles a password instead.", exception);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection owner, string format, object values) =>
        await owner.ExecuteAsync((await owner.ExecuteScalarAsync<string>(format, values))!);

    private static async Task UpgradeAsync(Func<Task<string>> owner, ServiceIdentity service, CancellationToken cancellationToken)
    {
        var signIn = await owner();
        await using var connection = new NpgsqlConnection(OwnerLocks.Impatient(signIn));
        await connection.OpenAsync(cancellationToken);

        var missing = UpgradeOf(OwnerLocks.Impatient(signIn), service, Numbered(service, "kernel").Concat(Numbered(service, service.Key)))
            .Build().GetScriptsToExecute();
        if (missing.Count > 0)
            await OwnerLocks.OpenToOwnerAsync(connection, service.Schema, cancellationToken);
        while (missing.Count > 0)
        {
            // In their order: each may need those before it.
            var concurrently = IsConcurrent(missing[0]);
            var next = missing.TakeWhile(script => IsConcurrent(script) == concurrently).ToList();
            var upgrade = concurrently
                ? UpgradeOf(signIn, service, next).WithoutTransaction().WithExecutionTimeout(LongestBuild).Build()
                : UpgradeOf(OwnerLocks.Impatient(signIn), service, next).WithTransactionPerScript().Build();
            await OwnerLocks.TakeAsync(() => Perform(upgrade, service), cancellationToken);
            if (concurrently)
                signIn = await owner();
            missing = missing[next.Count..];
        }
        await OwnerLocks.CloseToOwnerAsync(connection, service.Schema, cancellationToken);

        // What it still finds to do is on new tables, which nobody uses.
        var policies = UpgradeOf(
            OwnerLocks.Impatient(signIn), service, [Script("zz_row_level_security.sql", Read("kernel.row_level_security.sql"), ScriptType.RunAlways)])
            .WithTransactionPerScript().Build();
        await OwnerLocks.TakeAsync(() => Perform(policies, service), cancellationToken);
    }

    private static bool IsConcurrent(SqlScript script) => script.Name.EndsWith(Concurrently, StringComparison.Ordinal);

    private static UpgradeEngineBuilder UpgradeOf(string connectionString, ServiceIdentity service, IEnumerable<SqlScript> scripts) =>
        DeployChanges.To.PostgresqlDatabase(connectionString)
            .WithScripts(scripts)
            .WithVariables(new Dictionary<string, string>
            {
                ["service"] = service.Schema,
                ["app"] = service.AppRole,
                ["jobs"] = service.JobsRole,
            })
            .JournalToPostgresqlTable(service.Schema, "schema_versions")
            .LogToNowhere();

    private static void Perform(UpgradeEngine upgrade, ServiceIdentity service)
    {
        var result = upgrade.PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException($"Migration {result.ErrorScript?.Name} of {service.Schema} failed: {result.Error.Message}", result.Error);
    }

    private static IEnumerable<SqlScript> Numbered(ServiceIdentity service, string folder) =>
        from resource in Scripts.GetManifestResourceNames()
        let marker = $".Migrations.postgres.{folder}."
        let at = resource.IndexOf(marker, StringComparison.Ordinal)
        where at >= 0
        let name = resource[(at + marker.Length)..]
        where char.IsAsciiDigit(name[0])
        orderby name
        select Script($"{(folder == "kernel" ? "0000_kernel" : service.Key)}/{name}", Read($"{folder}.{name}"), ScriptType.RunOnce);

    private static SqlScript Script(string name, string text, ScriptType type) => new(name, text, new SqlScriptOptions { ScriptType = type });

    private static string Read(string name)
    {
        using var reader = new StreamReader(Scripts.GetManifestResourceStream($"ServerlessBusiness.Shared.Migrations.postgres.{name}")!);
        return reader.ReadToEnd();
    }
}
