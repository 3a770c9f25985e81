using Dapper;
using Npgsql;

namespace ServerlessBusiness.Tests.EndToEnd.FirstSale;

/// <summary>A lock on a table: whoever writes to it waits in the middle of his statement until the gate opens.</summary>
internal sealed class Gate : IAsyncDisposable
{
    private readonly NpgsqlConnection _owner;

    private Gate(NpgsqlConnection owner) => _owner = owner;

    public static async Task<Gate> CloseAsync(Shop shop, string table)
    {
        var owner = await shop.OpenAsync();
        await owner.ExecuteAsync($"begin; lock table {table} in share row exclusive mode");
        return new Gate(owner);
    }

    // The lock ends with its transaction, and that with its connection.
    public async ValueTask DisposeAsync()
    {
        await _owner.ExecuteAsync("rollback");
        await _owner.DisposeAsync();
    }
}
