using Dapper;
using Npgsql;

namespace ServerlessBusiness.Shared.Migrations;

/// <summary>
/// How the owner changes tables that are in use. Whoever waits for one keeps everybody out who comes later, so the owner never waits for long:
/// it steps back, lets them pass and tries again. It holds no table while it waits for another, save what one script changes.
/// </summary>
internal static class OwnerLocks
{
    private const string LockTimeout = "-c lock_timeout=2s";
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    // Ten minutes of waiting: nothing that reads a table for longer should run during a deployment.
    private const int Tries = 200;

    public static string Impatient(string connectionString) => new NpgsqlConnectionStringBuilder(connectionString) { Options = LockTimeout }.ConnectionString;

    /// <param name="change">One transaction on an <see cref="Impatient"/> connection, or what takes no lock that others wait for.</param>
    public static async Task TakeAsync(Action change, CancellationToken cancellationToken)
    {
        for (var tried = 1; ; tried++)
        {
            try
            {
                change();
                return;
            }
            catch (Exception exception) when (tried < Tries && IsInTheWay(exception))
            {
                await Task.Delay(BetweenTries, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Where the owner is no superuser its own policies would hide every row from a script that changes data. They stay in force for the
    /// apps' roles, and <see cref="CloseToOwnerAsync"/> forces them on the owner again.
    /// </summary>
    public static Task OpenToOwnerAsync(NpgsqlConnection owner, string schema, CancellationToken cancellationToken) =>
        ForceAsync(owner, schema, force: false, cancellationToken);

    public static Task CloseToOwnerAsync(NpgsqlConnection owner, string schema, CancellationToken cancellationToken) =>
        ForceAsync(owner, schema, force: true, cancellationToken);

    private static async Task ForceAsync(NpgsqlConnection owner, string schema, bool force, CancellationToken cancellationToken)
    {
        const string others = """
            select oid::regclass::text from pg_class
            where relnamespace = to_regnamespace(@schema) and relrowsecurity and relforcerowsecurity <> @force
            """;
        foreach (var table in await owner.QueryAsync<string>(others, new { schema, force }))
            await TakeAsync(() => owner.Execute($"alter table {table} {(force ? "" : "no ")}force row level security"), cancellationToken);
    }

    private static bool IsInTheWay(Exception exception) =>
        exception.GetBaseException() is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected };
}
