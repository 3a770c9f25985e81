using System.Text.Json.Serialization;
using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Tests.Performance.Probes;

// The row that GET /v1/me reads, with the columns and the answer that it has there.
public sealed record ProbeUser(
    Guid Id, string Email, string Username, [property: JsonIgnore] string PasswordHash, string? FirstName, string? LastName, string? Phone,
    bool EmailVerified, string Status, DateTimeOffset CreatedAt)
{
    public const string Tenant = "default";

    public const string Sql = """
        select id, email, username, password_hash, first_name, last_name, phone, email_verified, status, created_at
        from users where tenant_id = @tenant and id = @id
        """;

    public static readonly Guid Demo = Guid.Parse("01930000-0000-7000-8000-0000000000a2");
}

// The limit: the same statement through Npgsql and Dapper on the app's own connection settings, in the name of a role that row-level
// security lets see everything, and nothing around it.
public sealed class PlainUsers : IAsyncDisposable
{
    private readonly NpgsqlDataSource db;

    public PlainUsers(IConfiguration configuration)
    {
        DapperSetup.Ensure();
        var options = configuration.Get<DatabaseOptions>()! with { User = ServiceIdentity.Users.JobsRole };
        db = NpgsqlDataSource.Create(options.ConnectionString(ServiceIdentity.Users, jobs: false));
    }

    public async Task<ProbeUser?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var connection = db.CreateConnection();
        return await connection.QuerySingleOrDefaultAsync<ProbeUser>(
            new CommandDefinition(ProbeUser.Sql, new { tenant = ProbeUser.Tenant, id }, cancellationToken: cancellationToken));
    }

    /// <summary>One row and its commit.</summary>
    public async Task InsertAsync(Guid id, string body, CancellationToken cancellationToken)
    {
        await using var connection = db.CreateConnection();
        await connection.ExecuteAsync(
            new CommandDefinition("insert into public.bare_rows (id, body) values (@id, @body)", new { id, body }, cancellationToken: cancellationToken));
    }

    public ValueTask DisposeAsync() => db.DisposeAsync();
}
