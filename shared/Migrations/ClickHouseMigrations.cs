using System.Reflection;
using ClickHouse.Driver;
using ClickHouse.Driver.ADO;
using ClickHouse.Driver.ADO.Parameters;

namespace ServerlessBusiness.Shared.Migrations;

/// <summary>
/// Brings the analytics database up to date: numbered scripts, forward only, one statement each.
/// ClickHouse has no lock to hold meanwhile, so a script must do no harm when two runners meet (create … if not exists).
/// </summary>
public static class ClickHouseMigrations
{
    private const string Folder = ".Migrations.clickhouse.";

    private static readonly Assembly Scripts = typeof(ClickHouseMigrations).Assembly;

    /// <summary>Creates the database of the connection string when it is missing and runs what has not run yet.</summary>
    public static async Task RunAsync(string connectionString, CancellationToken cancellationToken)
    {
        await CreateDatabaseAsync(connectionString, cancellationToken);

        using var client = new ClickHouseClient(connectionString);
        const string ledger = """
            create table if not exists schema_versions (script String, applied_at DateTime default now())
            engine = MergeTree order by script
            """;
        await client.ExecuteNonQueryAsync(ledger, cancellationToken: cancellationToken);

        var applied = await AppliedAsync(client, cancellationToken);
        foreach (var resource in Scripts.GetManifestResourceNames().Where(name => name.Contains(Folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            var script = resource[(resource.IndexOf(Folder, StringComparison.Ordinal) + Folder.Length)..];
            if (applied.Contains(script))
                continue;

            using var reader = new StreamReader(Scripts.GetManifestResourceStream(resource)!);
            await client.ExecuteNonQueryAsync(await reader.ReadToEndAsync(cancellationToken), cancellationToken: cancellationToken);
            await client.ExecuteNonQueryAsync(
                "insert into schema_versions (script) values ({script:String})",
                new ClickHouseParameterCollection { new ClickHouseDbParameter { ParameterName = "script", Value = script } },
                cancellationToken: cancellationToken);
        }
    }

    private static async Task CreateDatabaseAsync(string connectionString, CancellationToken cancellationToken)
    {
        var target = new ClickHouseConnectionStringBuilder(connectionString);
        var name = target.Database;
        if (!name.All(character => char.IsAsciiLetterOrDigit(character) || character == '_'))
            throw new InvalidOperationException($"The analytics database '{name}' needs a name of letters, digits and '_': see CLICKHOUSE_DB.");

        // Connecting to a database that does not exist is refused, so it is made from the one that always does.
        target.Database = "default";
        using var client = new ClickHouseClient(target.ConnectionString);
        await client.ExecuteNonQueryAsync($"create database if not exists {name}", cancellationToken: cancellationToken);
    }

    private static async Task<HashSet<string>> AppliedAsync(ClickHouseClient client, CancellationToken cancellationToken)
    {
        using var reader = await client.ExecuteReaderAsync("select script from schema_versions", cancellationToken: cancellationToken);
        var applied = new HashSet<string>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add(reader.GetString(0));
        return applied;
    }
}
