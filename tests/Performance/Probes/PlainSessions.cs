using System.Security.Cryptography;
using Dapper;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Performance.Probes;

// What sessions cost at least: the same engines, and nothing of ours between.
public sealed class PlainSessions : IAsyncDisposable
{
    public const string Key = "bare-session";

    /// <summary>Tables of the exchange, with a row for each of a hundred callers.</summary>
    public const string Schema = """
        create table if not exists public.bare_tokens (hash bytea primary key, session_id int not null, created_at timestamptz not null);
        create table if not exists public.bare_sessions (id int primary key, token bytea not null, used_at timestamptz not null);
        insert into public.bare_sessions select id, '', now() from generate_series(0, 99) as id on conflict do nothing;
        grant insert on public.bare_tokens to users_jobs;
        grant select, update on public.bare_sessions to users_jobs;
        """;

    /// <summary>Of the cost that the product hashes with.</summary>
    public static readonly string Hash = BCrypt.Net.BCrypt.HashPassword("a password", 12);

    private readonly NpgsqlDataSource db;
    private readonly ConnectionMultiplexer redis;

    public PlainSessions(IConfiguration configuration)
    {
        var database = configuration.Get<DatabaseOptions>()! with { User = ServiceIdentity.Users.JobsRole };
        db = NpgsqlDataSource.Create(database.ConnectionString(ServiceIdentity.Users, jobs: false));
        var cache = configuration.Get<RedisOptions>()!;
        redis = ConnectionMultiplexer.Connect(new ConfigurationOptions { EndPoints = { { cache.Host, cache.Port } }, Password = cache.Password });
        redis.GetDatabase().StringSet(Key, new string('x', 150));
    }

    public async Task<string> FindAsync() => (await redis.GetDatabase().StringGetAsync(Key))!;

    public async Task<string> ExchangeAsync(int caller, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into public.bare_tokens (hash, session_id, created_at) values (@hash, @caller, now());
            update public.bare_sessions set token = @hash, used_at = now() where id = @caller;
            """;
        var hash = RandomNumberGenerator.GetBytes(32);
        // Statements sent together without a transaction are one, with one commit.
        await using var connection = db.CreateConnection();
        await connection.ExecuteAsync(new CommandDefinition(sql, new { hash, caller }, cancellationToken: cancellationToken));
        return Convert.ToHexString(hash);
    }

    public async ValueTask DisposeAsync()
    {
        await redis.DisposeAsync();
        await db.DisposeAsync();
    }
}
