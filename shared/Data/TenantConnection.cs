using System.Data;
using Dapper;
using Npgsql;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Shared.Data;

/// <summary>
/// SQL in the name of one tenant. The tenant is set in the same round trip as the work and only for its transaction,
/// so row-level security holds and a pooled connection carries nothing over to the next caller.
/// </summary>
public class TenantConnection(TenantId tenant, NpgsqlConnection connection) : IAsyncDisposable
{
    private const string SetTenant = "select set_config('app.tenant_id', @app_tenant_id, true);\n";

    private bool plansInDoubt;

    public TenantId Tenant => tenant;

    /// <summary>Whether the next statement must carry the tenant with it.</summary>
    protected virtual bool NeedsTenant => true;

    protected virtual IDbTransaction? Transaction => null;

    public Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken) =>
        RunAsync<IReadOnlyList<T>>(
            async () =>
            {
                if (!NeedsTenant)
                    return (await connection.QueryAsync<T>(Command(sql, parameters, cancellationToken))).AsList();

                await using var results = await connection.QueryMultipleAsync(Command(sql, parameters, cancellationToken));
                await results.ReadAsync<string>();
                Sent();
                return (await results.ReadAsync<T>()).AsList();
            },
            cancellationToken);

    /// <summary>The only row, or null when there is none.</summary>
    public async Task<T?> FindAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        var rows = await QueryAsync<T>(sql, parameters, cancellationToken);
        return rows.Count switch
        {
            0 => default,
            1 => rows[0],
            _ => throw new InvalidOperationException($"One row was expected, {rows.Count} came."),
        };
    }

    /// <summary>How many rows the statement changed.</summary>
    public Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            var changed = await connection.ExecuteAsync(Command(sql, parameters, cancellationToken));
            Sent();
            return changed;
        },
        cancellationToken);

    protected virtual void Sent()
    {
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await GiveBackAsync();
        await connection.DisposeAsync();
    }

    // Without a transaction the connection goes back to the pool after each statement.
    private async Task<T> RunAsync<T>(Func<Task<T>> statement, CancellationToken cancellationToken)
    {
        var isBorrowed = connection.State == ConnectionState.Closed;
        if (isBorrowed)
            await connection.OpenAsync(cancellationToken);
        try
        {
            return await statement();
        }
        catch (Exception exception) when (MayHaveSpoiledPlan(exception))
        {
            plansInDoubt = true;
            throw;
        }
        finally
        {
            if (isBorrowed)
                await GiveBackAsync();
        }
    }

    // A statement refused after its parsing and before its execution (a value that cannot be text, a lock not waited for any longer) stays
    // prepared in Npgsql's books without a description of its rows, and whoever runs it next on this connection gets none.
    // Constraints speak later than that, and they are the refusals that happen every day.
    private static bool MayHaveSpoiledPlan(Exception exception) => exception switch
    {
        PostgresException refusal => !refusal.SqlState.StartsWith("23", StringComparison.Ordinal),
        NpgsqlException or OperationCanceledException => true,
        _ => false,
    };

    private async Task GiveBackAsync()
    {
        // A broken connection is not open and leaves the pool by itself.
        if (plansInDoubt && connection.State == ConnectionState.Open)
            connection.UnprepareAll();
        plansInDoubt = false;
        await connection.CloseAsync();
    }

    private CommandDefinition Command(string sql, object? parameters, CancellationToken cancellationToken)
    {
        if (!NeedsTenant)
            return new CommandDefinition(sql, parameters, Transaction, cancellationToken: cancellationToken);

        var named = new DynamicParameters(parameters);
        named.Add("app_tenant_id", tenant.Value);
        return new CommandDefinition(SetTenant + sql, named, Transaction, cancellationToken: cancellationToken);
    }
}
