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

    public TenantId Tenant => tenant;

    /// <summary>Whether the next statement must carry the tenant with it.</summary>
    protected virtual bool NeedsTenant => true;

    protected virtual IDbTransaction? Transaction => null;

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters, CancellationToken cancellationToken)
    {
        if (!NeedsTenant)
            return (await connection.QueryAsync<T>(Command(sql, parameters, cancellationToken))).AsList();

        await using var results = await connection.QueryMultipleAsync(Command(sql, parameters, cancellationToken));
        await results.ReadAsync<string>();
        Sent();
        return (await results.ReadAsync<T>()).AsList();
    }

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
    public async Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken)
    {
        var changed = await connection.ExecuteAsync(Command(sql, parameters, cancellationToken));
        Sent();
        return changed;
    }

    protected virtual void Sent()
    {
    }

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return connection.DisposeAsync();
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
