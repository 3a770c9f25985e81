using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Microsoft.IdentityModel.JsonWebTokens;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Users.Accounts;
using StackExchange.Redis;

namespace ServerlessBusiness.Tests.Integration.Users;

/// <summary>What a client keeps when an engine goes away in the middle, and when the keys change.</summary>
public sealed class SessionOutageTests(OutageDesk desk) : IClassFixture<OutageDesk>
{
    [Fact]
    public async Task PostgreSQL_lost_during_a_refresh_leaves_the_old_token_good()
    {
        var tokens = await SignInAsync();
        await using var owner = NpgsqlDataSource.Create(desk.OwnerConnectionString);
        Task<HttpResponseMessage> refreshing;
        await using (var locked = await TableLock.TakeAsync(owner, "user_management.refresh_tokens"))
        {
            refreshing = RefreshAsync(tokens);
            await locked.UntilSomebodyWaitsAsync();
            await locked.EndWhoWaitsAsync();
            await desk.Postgres.StopAsync();
        }

        using (var lost = await refreshing)
            await Problem.AssertAsync(lost, HttpStatusCode.ServiceUnavailable, "DEPENDENCY_UNAVAILABLE");
        using (var away = await RefreshAsync(tokens))
            await Problem.AssertAsync(away, HttpStatusCode.ServiceUnavailable, "DEPENDENCY_UNAVAILABLE");
        desk.Postgres.Start();
        await UntilReadyAsync();

        Assert.Equal(0, await RotatedAsync(owner, tokens));
        using var again = await RefreshAsync(tokens);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        Assert.Equal(1, await RotatedAsync(owner, tokens));
    }

    [Fact]
    public async Task Redis_lost_during_a_refresh_leaves_the_old_token_good_and_introspection_closed()
    {
        var tokens = await SignInAsync();
        var accessToken = (string)tokens["accessToken"]!;
        using var service = desk.Apps.Client(
            FunctionApp.Users, "default", desk.Sessions.ServiceToken(ServiceIdentity.Billing, ServiceIdentity.Users));
        await using var owner = NpgsqlDataSource.Create(desk.OwnerConnectionString);

        // Whoever asks often holds some of his budget for a second: that says nothing of Redis.
        var others = await SignInAsync();
        for (var turn = 0; turn < 6; turn++)
            using (var often = await RefreshAsync(others))
                Assert.Equal(HttpStatusCode.OK, often.StatusCode);

        await desk.Redis.StopAsync();
        try
        {
            // It asks Redis, so the app knows afterwards.
            using var closed = await service.PostAsJsonAsync("v1/auth/introspect", new { token = accessToken });
            await Problem.AssertAsync(closed, HttpStatusCode.ServiceUnavailable, "DEPENDENCY_UNAVAILABLE");
            using var refused = await RefreshAsync(tokens);
            await Problem.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, "DEPENDENCY_UNAVAILABLE");
            Assert.Equal(0, await RotatedAsync(owner, tokens));
        }
        finally
        {
            await desk.Redis.StartAsync(CancellationToken.None);
        }

        // Redis has forgotten everything; a refresh brings the session back.
        await UntilReadyAsync();
        using var again = await RefreshAsync(tokens);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        using var introspected = await service.PostAsJsonAsync("v1/auth/introspect", new { token = accessToken });
        Assert.True((bool)(await introspected.Content.ReadFromJsonAsync<JsonNode>())!["active"]!);
    }

    [Fact]
    public async Task A_budget_that_Redis_could_not_count_is_no_reason_to_refuse_a_refresh()
    {
        const string address = "203.0.113.77";
        var key = CacheKeys.AddressLimit(address, "refresh");
        var tokens = await SignInAsync();
        await using var redis = await ConnectAsync();
        // The script of this budget fails, as it does to a process that reads its answer late; nothing else does.
        await redis.GetDatabase().StringSetAsync(key, "no instant");

        using var refreshed = await RefreshAsync(tokens, address);

        Assert.True(refreshed.StatusCode == HttpStatusCode.OK, await refreshed.Content.ReadAsStringAsync());
        Assert.Equal("no instant", (string?)await redis.GetDatabase().StringGetAsync(key));
    }

    [Fact]
    public async Task PostgreSQL_lost_after_the_exchange_takes_no_tokens_away()
    {
        var tokens = await SignInAsync();
        await using var owner = NpgsqlDataSource.Create(desk.OwnerConnectionString);
        await using (var redis = await ConnectAsync())
            Assert.True(await redis.GetDatabase().KeyDeleteAsync(CacheKeys.Session(TenantId.Default, Guid.Parse((string)tokens["sessionId"]!))));
        Task<HttpResponseMessage> refreshing;
        Task<TableLock> taking;
        // Who comes for the sessions while the exchange waits to spend the token has them as soon as it is committed, before they are read for Redis.
        await using (var connection = await owner.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await connection.ExecuteAsync(
                "select from user_management.refresh_tokens where session_id = @session for update", new { session = SessionOf(tokens) }, transaction);
            refreshing = RefreshAsync(tokens);
            await UntilTheyWaitAsync(owner, 1);
            taking = TableLock.TakeAsync(owner, "user_management.user_sessions");
            await Eventually.HoldsAsync(
                () => AskAsync<bool>(
                    owner, "select exists (select from pg_locks where relation = 'user_management.user_sessions'::regclass and not granted)", new { }),
                "The sessions are not asked for.");
        }

        await using (var taken = await taking)
        {
            await taken.UntilSomebodyWaitsAsync();
            await taken.EndWhoWaitsAsync();
        }

        using var refreshed = await refreshing;
        Assert.True(refreshed.StatusCode == HttpStatusCode.OK, await refreshed.Content.ReadAsStringAsync());
        using var again = await RefreshAsync((await refreshed.Content.ReadFromJsonAsync<JsonNode>())!);
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Fact]
    public async Task Two_refreshes_for_which_PostgreSQL_takes_its_time_are_no_theft()
    {
        var tokens = await SignInAsync();
        await using var owner = NpgsqlDataSource.Create(desk.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "select from user_management.user_sessions where id = @session for update", new { session = SessionOf(tokens) }, transaction);
        var first = RefreshAsync(tokens);
        await UntilTheyWaitAsync(owner, 1);
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(11));
        var second = RefreshAsync(tokens);
        await UntilTheyWaitAsync(owner, 2);
        await transaction.CommitAsync();

        var successors = new List<JsonNode>();
        foreach (var asked in new[] { first, second })
        {
            using var answer = await asked;
            Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
            successors.Add((await answer.Content.ReadFromJsonAsync<JsonNode>())!);
        }

        Assert.Equal((string)successors[0]["refreshToken"]!, (string)successors[1]["refreshToken"]!);
        using var next = await RefreshAsync(successors[1]);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_password_that_is_reset_while_Redis_is_away_is_set_and_the_answer_says_so()
    {
        const string token = "a-token-as-it-stands-in-a-mail";
        await using var owner = NpgsqlDataSource.Create(desk.OwnerConnectionString);
        await AskAsync<int>(
            owner,
            """
            insert into user_management.one_time_tokens (tenant_id, hash, purpose, user_id, created_at, expires_at)
            select tenant_id, @hash, 'reset_password', id, @now, @now + interval '1 hour' from user_management.users where email = 'admin@example.com'
            """,
            new { hash = OneTimeToken.Hash(TenantId.Default, TokenPurpose.ResetPassword, token), now = desk.Apps.Clock.Now.UtcDateTime });
        using var client = desk.Apps.Client(FunctionApp.Users);
        using (var before = await client.PostAsJsonAsync("v1/auth/login", new { login = "admin@example.com", password = "Demo-admin-2026" }))
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);

        await desk.Redis.StopAsync();
        try
        {
            using var reset = await client.PostAsJsonAsync("v1/auth/password/reset", new { token, newPassword = "seven wild geese fly south" });
            Assert.True(reset.StatusCode == HttpStatusCode.NoContent, await reset.Content.ReadAsStringAsync());
        }
        finally
        {
            await desk.Redis.StartAsync(CancellationToken.None);
        }

        await UntilReadyAsync();
        using var anew = await client.PostAsJsonAsync("v1/auth/login", new { login = "admin@example.com", password = "seven wild geese fly south" });
        Assert.Equal(HttpStatusCode.OK, anew.StatusCode);
    }

    [Fact]
    public async Task A_new_key_signs_while_tokens_of_the_old_one_are_still_good()
    {
        var firstKey = new JsonWebToken((string)(await SignInAsync())["accessToken"]!).Kid;
        desk.Apps.Clock.Advance(TimeSpan.FromDays(89) - TimeSpan.FromHours(1));
        var old = (string)(await SignInAsync())["accessToken"]!;
        Assert.Equal(firstKey, new JsonWebToken(old).Kid);

        desk.Apps.Clock.Advance(TimeSpan.FromHours(2));
        var fresh = (string)(await SignInAsync())["accessToken"]!;

        Assert.NotEqual(firstKey, new JsonWebToken(fresh).Kid);
        using var anonymous = desk.Apps.Client(FunctionApp.Users, tenant: null);
        var published = (await anonymous.GetFromJsonAsync<JsonNode>(PublishedKeys.Path))!["keys"]!.AsArray().Select(key => (string)key!["kid"]!).ToList();
        Assert.Contains(firstKey, published);
        Assert.Contains(new JsonWebToken(fresh).Kid, published);
        using var client = desk.Apps.Client(FunctionApp.Users, "default", old);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v1/me")).StatusCode);
    }

    private Task<ConnectionMultiplexer> ConnectAsync() => ConnectionMultiplexer.ConnectAsync(new ConfigurationOptions
    {
        EndPoints = { { desk.Apps.Endpoints.RedisHost, desk.Redis.Port } },
        Password = desk.Apps.Endpoints.RedisPassword,
    });

    private static Task<long> RotatedAsync(NpgsqlDataSource owner, JsonNode tokens) => AskAsync<long>(
        owner,
        "select count(*) from user_management.refresh_tokens where session_id = @session and rotated_at is not null",
        new { session = SessionOf(tokens) });

    private static Guid SessionOf(JsonNode tokens) => Guid.Parse((string)tokens["sessionId"]!);

    private static Task UntilTheyWaitAsync(NpgsqlDataSource owner, int count) => Eventually.HoldsAsync(
        async () => await AskAsync<long>(
            owner,
            """
            select count(distinct pid) from pg_locks join pg_stat_activity using (pid)
            where not granted and datname = current_database() and usename not like '%\_jobs'
            """,
            new { }) >= count,
        "The refreshes do not wait for the session.");

    private static async Task<T> AskAsync<T>(NpgsqlDataSource owner, string sql, object parameters)
    {
        await using var connection = await owner.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    private async Task<JsonNode> SignInAsync()
    {
        using var client = desk.Apps.Client(FunctionApp.Users);
        using var answer = await client.PostAsJsonAsync("v1/auth/login", new { login = "user@example.com", password = "Demo-user-2026" });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<HttpResponseMessage> RefreshAsync(JsonNode tokens, string? address = null)
    {
        using var client = desk.Apps.Client(FunctionApp.Users);
        if (address is not null)
            client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        return await client.PostAsJsonAsync("v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! });
    }

    private async Task UntilReadyAsync()
    {
        using var client = desk.Apps.Client(FunctionApp.Users, tenant: null);
        await Eventually.HoldsAsync(async () => (await client.GetAsync("health/ready")).IsSuccessStatusCode, "Users does not become ready again.");
    }
}
