using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Performance.Load;

namespace ServerlessBusiness.Tests.Performance.Stage;

// Accounts that share the demo user's password, so that nobody has to hash it for each of them.
internal sealed class BenchUsers(BenchStack stack, ServiceProcess users, string prefix) : IDisposable
{
    public const string Password = "Demo-user-2026";

    private readonly HttpClient client = new() { BaseAddress = users.BaseAddress, DefaultRequestHeaders = { { "X-Tenant-ID", "default" } } };

    public string Name(int number) => $"{prefix}-{number}";

    /// <param name="status">As the table spells it.</param>
    public async Task CreateAsync(int count, string status, bool verified, CancellationToken cancellationToken)
    {
        // The first sign-in puts the hash of today's scheme into the demo user's row.
        await stack.SignInAsync(cancellationToken);
        await stack.ExecuteAsync(
            $"""
            insert into user_management.users (tenant_id, id, email, email_normalized, username, username_normalized, password_hash, status,
                                               email_verified, created_at, updated_at)
            select tenant_id, gen_random_uuid(), name || '@example.com', name || '@example.com', name, name, password_hash, '{status}',
                {(verified ? "true" : "false")}, now(), now()
            from user_management.users, lateral (select '{prefix}-' || number as name from generate_series(0, {count - 1}) as number) as names
            where username = 'user';
            """,
            cancellationToken);
    }

    public Task<HttpResponseMessage> TrySignInAsync(string login, string password, CancellationToken cancellationToken) =>
        client.PostAsJsonAsync("/v1/auth/login", new { login, password }, cancellationToken);

    /// <summary>Access and refresh token.</summary>
    public async Task<(string Access, string Refresh)> SignInAsync(int number, CancellationToken cancellationToken)
    {
        using var answer = await TrySignInAsync(Name(number), Password, cancellationToken);
        if (!answer.IsSuccessStatusCode)
            throw new LoadException($"{Name(number)} could not sign in: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(cancellationToken)}");
        var tokens = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
        return (tokens.GetProperty("accessToken").GetString()!, tokens.GetProperty("refreshToken").GetString()!);
    }

    /// <summary>Sessions of others, and the statistics that any database has after its first minute: on empty tables engines choose other ways.</summary>
    public Task FillSessionsAsync(int count, CancellationToken cancellationToken) => stack.ExecuteAsync(
        $"""
        insert into user_management.user_sessions (tenant_id, id, user_id, session_token, refresh_token, expires_at, created_at, last_accessed_at)
        select tenant_id, gen_random_uuid(), id, sha256(number::text::bytea), sha256((id || '-' || number)::bytea), now() + interval '7 days', now(), now()
        from user_management.users, generate_series(1, {count}) as number
        where username like '{prefix}-%';
        insert into user_management.refresh_tokens (tenant_id, hash, session_id, created_at)
        select tenant_id, refresh_token, id, created_at from user_management.user_sessions on conflict do nothing;
        analyze;
        """,
        cancellationToken);

    public async Task<Guid> IdOfAsync(int number, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(stack.Endpoints.OwnerConnectionString(stack.Endpoints.Database));
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand("select id from user_management.users where username = $1", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Name(number) });
        return (Guid)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public void Dispose() => client.Dispose();
}
