using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Tests.Performance.Probes;

// One insert of a notice's size in its own commit: the least that taking a webhook can cost.
public sealed class PlainNotices(IConfiguration configuration) : IAsyncDisposable
{
    public const string Schema = """
        create table if not exists public.bare_notices (hash bytea primary key, body text not null, received_at timestamptz not null);
        grant insert on public.bare_notices to payments_jobs;
        """;

    private static readonly string Body = new('x', 700);

    private readonly NpgsqlDataSource db = NpgsqlDataSource.Create(
        (configuration.Get<DatabaseOptions>()! with { User = ServiceIdentity.Payments.JobsRole }).ConnectionString(ServiceIdentity.Payments, jobs: false));

    public async Task<string> KeepAsync(CancellationToken cancellationToken)
    {
        const string sql = "insert into public.bare_notices (hash, body, received_at) values (@hash, @Body, now())";
        await using var connection = db.CreateConnection();
        await connection.ExecuteAsync(new CommandDefinition(sql, new { hash = RandomNumberGenerator.GetBytes(32), Body }, cancellationToken: cancellationToken));
        return "kept";
    }

    public ValueTask DisposeAsync() => db.DisposeAsync();
}
