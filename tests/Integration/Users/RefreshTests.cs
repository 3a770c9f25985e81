using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class RefreshTests(UsersDesk desk)
{
    private static readonly TimeSpan AfterTheMoment = TimeSpan.FromSeconds(11);

    [Fact]
    public async Task A_refresh_gives_new_tokens_of_the_same_session()
    {
        var (user, first) = await SignInAsync();

        var second = await RefreshAsync(user, Refresh(first));

        Assert.Equal((string)first["sessionId"]!, (string)second["sessionId"]!);
        Assert.NotEqual(Refresh(first), Refresh(second));
        Assert.NotEqual((string)first["accessToken"]!, (string)second["accessToken"]!);
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, second));
        await RefreshAsync(user, Refresh(second));
    }

    [Fact]
    public async Task Fifty_refreshes_at_once_give_one_successor_and_write_one_row()
    {
        var (user, tokens) = await SignInAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RefreshAsync(user, Refresh(tokens))));

        var successor = Assert.Single(answers.Select(Refresh).Distinct());
        Assert.NotEqual(Refresh(tokens), successor);
        Assert.All(answers, answer => Assert.Equal((string)tokens["sessionId"]!, (string)answer["sessionId"]!));
        Assert.Equal(2, await desk.ReadAsync<long>(
            "select count(*) from user_management.refresh_tokens where session_id = @session", new { session = SessionOf(tokens) }));
        Assert.Equal(1, await desk.ReadAsync<long>("select count(*) from user_management.user_sessions where user_id = @Id", new { user.Id }));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, answers[0]));
        await RefreshAsync(user, successor);
    }

    [Fact]
    public async Task While_the_secret_changes_fifty_refreshes_over_two_processes_give_one_successor_and_the_log_stays_whole()
    {
        var secret = LocalSettings.Shared(desk.Apps.Endpoints)["JWT_SECRET"]!;
        const string next = "the-next-secret-is-long-enough-for-everything";
        var started = await Task.WhenAll(StartAsync(secret, known: next), StartAsync(next, known: secret));
        await using var behind = started[0];
        await using var ahead = started[1];
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.GiveRoleAsync(user, "admin", "*");
        var tokens = await desk.SignInAsync(user);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(turn => RefreshAsync(started[turn % 2], user, Refresh(tokens))));

        var successor = Assert.Single(answers.Select(Refresh).Distinct());
        Assert.Equal(2, await desk.ReadAsync<long>(
            "select count(*) from user_management.refresh_tokens where session_id = @session", new { session = SessionOf(tokens) }));
        var fresh = new[] { await RefreshAsync(behind, user, successor), await RefreshAsync(ahead, user, successor) };
        Assert.Single(fresh.Select(Refresh).Distinct());

        // Each writes behind the other, and both find it whole.
        for (var turn = 0; turn < 4; turn++)
        {
            using var client = started[turn % 2].Client(FunctionApp.Users, user.Tenant, (string)fresh[0]["accessToken"]!);
            using var made = await client.PostAsJsonAsync("v1/roles", new { name = $"role-{turn}", permissions = new[] { "invoices:read" } });
            Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        }

        foreach (var apps in started)
        {
            using var client = apps.Client(FunctionApp.Users, user.Tenant, (string)fresh[0]["accessToken"]!);
            Assert.True((bool)(await client.GetFromJsonAsync<JsonNode>("v1/audit-log/verify"))!["intact"]!);
        }
    }

    [Fact]
    public async Task The_parent_gives_the_same_successor_to_a_client_that_lost_the_answer()
    {
        var (user, tokens) = await SignInAsync();
        var first = await RefreshAsync(user, Refresh(tokens));

        var again = await RefreshAsync(user, Refresh(tokens));

        Assert.Equal(Refresh(first), Refresh(again));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, again));
    }

    [Fact]
    public async Task The_parent_after_the_moment_is_theft_and_ends_its_session_alone()
    {
        var (user, stolen) = await SignInAsync();
        var other = await desk.SignInAsync(user);
        var successor = await RefreshAsync(user, Refresh(stolen));
        desk.Apps.Clock.Advance(AfterTheMoment);

        await AssertRefusedAsync(user.Tenant, Refresh(stolen));

        await AssertRefusedAsync(user.Tenant, Refresh(successor));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(user, stolen));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(user, successor));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, other));
        await RefreshAsync(user, Refresh(other));
        Assert.Single(await desk.AuditAsync(user.Tenant), action => action == "session.stolen_token");
        Assert.Equal("stolen_token", await desk.ReadAsync<string>(
            "select ended_reason from user_management.user_sessions where id = @session", new { session = SessionOf(stolen) }));
    }

    [Fact]
    public async Task A_grandparent_is_theft_at_once()
    {
        var (user, grandparent) = await SignInAsync();
        var parent = await RefreshAsync(user, Refresh(grandparent));
        var current = await RefreshAsync(user, Refresh(parent));

        await AssertRefusedAsync(user.Tenant, Refresh(grandparent));

        await AssertRefusedAsync(user.Tenant, Refresh(current));
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(user, current));
        Assert.Single(await desk.AuditAsync(user.Tenant), action => action == "session.stolen_token");
    }

    [Fact]
    public async Task Fifty_thieves_at_once_are_audited_once()
    {
        var (user, stolen) = await SignInAsync();
        await RefreshAsync(user, Refresh(stolen));
        desk.Apps.Clock.Advance(AfterTheMoment);

        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AssertRefusedAsync(user.Tenant, Refresh(stolen))));

        Assert.Single(await desk.AuditAsync(user.Tenant), action => action == "session.stolen_token");
    }

    [Fact]
    public async Task Neither_token_does_the_work_of_the_other()
    {
        var (user, tokens) = await SignInAsync();

        using (var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, Refresh(tokens)))
            await Problem.AssertAsync(await client.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "TOKEN_INVALID");
        await AssertRefusedAsync(user.Tenant, (string)tokens["accessToken"]!);

        await RefreshAsync(user, Refresh(tokens));
    }

    [Fact]
    public async Task The_tenant_is_the_tokens_whatever_the_header_says()
    {
        var (user, tokens) = await SignInAsync();
        var other = await desk.NewTenantAsync();
        await AssertRefusedAsync(user.Tenant, Refresh(tokens).Replace(user.Tenant, other));

        using var answer = await desk.PostAsync(other, "v1/auth/refresh", new { refreshToken = Refresh(tokens) });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var refreshed = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, refreshed));
        Assert.Equal(HttpStatusCode.Forbidden, await MeAsync(user with { Tenant = other }, refreshed));
    }

    [Fact]
    public async Task Only_the_hash_of_a_token_is_kept()
    {
        var (user, tokens) = await SignInAsync();
        var successor = await RefreshAsync(user, Refresh(tokens));

        var hashes = await desk.QueryAsync<byte[]>(
            "select hash from user_management.refresh_tokens where session_id = @session order by created_at", new { session = SessionOf(tokens) });
        var current = await desk.ReadAsync<byte[]>(
            "select refresh_token from user_management.user_sessions where id = @session", new { session = SessionOf(tokens) });

        Assert.Equal([HashOf(Refresh(tokens)), HashOf(Refresh(successor))], hashes);
        Assert.Equal(HashOf(Refresh(successor)), current);
        Assert.Equal(27, Refresh(successor).Split('.')[1].Length);
    }

    [Fact]
    public async Task A_session_that_was_ended_is_not_refreshed_and_nobody_cries_theft()
    {
        var (user, tokens) = await SignInAsync();
        using (var client = Client(user, tokens))
            Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("v1/auth/logout", null)).StatusCode);

        await AssertRefusedAsync(user.Tenant, Refresh(tokens));

        Assert.DoesNotContain("session.stolen_token", await desk.AuditAsync(user.Tenant));
    }

    [Fact]
    public async Task Who_is_suspended_is_not_refreshed_and_keeps_his_token_for_the_day_he_is_back()
    {
        var (user, tokens) = await SignInAsync();
        await desk.ExecuteAsync("update user_management.users set status = 'suspended' where id = @Id", new { user.Id });
        await AssertRefusedAsync(user.Tenant, Refresh(tokens));
        await desk.ExecuteAsync("update user_management.users set status = 'active' where id = @Id", new { user.Id });

        await RefreshAsync(user, Refresh(tokens));
    }

    [Fact]
    public async Task A_session_slides_by_seven_days_and_ends_after_thirty()
    {
        var (user, tokens) = await SignInAsync();
        var started = desk.Apps.Clock.Now;
        Assert.InRange(await EndOfAsync(tokens) - started, TimeSpan.FromDays(6.9), TimeSpan.FromDays(7));
        // As if the session had been begun four weeks ago and used ever since.
        await desk.ExecuteAsync(
            "update user_management.user_sessions set created_at = @createdAt where id = @session",
            new { session = SessionOf(tokens), createdAt = started.UtcDateTime.AddDays(-28) });

        tokens = await RefreshAsync(user, Refresh(tokens));

        Assert.InRange(await EndOfAsync(tokens) - started, TimeSpan.FromDays(1.9), TimeSpan.FromDays(2));
        desk.Apps.Clock.Advance(TimeSpan.FromDays(2.1));
        await AssertRefusedAsync(user.Tenant, Refresh(tokens));
        Assert.DoesNotContain("session.stolen_token", await desk.AuditAsync(user.Tenant));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("default.AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("no-such-tenant.AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("../default.AAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task What_was_never_given_out_is_refused(string refreshToken)
    {
        using var answer = await desk.PostAsync("default", "v1/auth/refresh", new { refreshToken });

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest });
    }

    private static string Refresh(JsonNode tokens) => (string)tokens["refreshToken"]!;

    private static Guid SessionOf(JsonNode tokens) => Guid.Parse((string)tokens["sessionId"]!);

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private async Task<(TestUser User, JsonNode Tokens)> SignInAsync()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        return (user, await desk.SignInAsync(user));
    }

    // Users once more, at the desk's time.
    private async Task<TestApps> StartAsync(string secret, string known)
    {
        var apps = await desk.Database.StartAppsAsync(
            new Dictionary<string, string?> { ["JWT_SECRET"] = secret, ["JWT_OLD_SECRETS"] = known }, FunctionApp.Users);
        apps.CatchUpWith(desk.Apps);
        return apps;
    }

    private Task<JsonNode> RefreshAsync(TestUser user, string refreshToken) => RefreshAsync(desk.Apps, user, refreshToken);

    private static async Task<JsonNode> RefreshAsync(TestApps apps, TestUser user, string refreshToken)
    {
        using var client = apps.Client(FunctionApp.Users, user.Tenant);
        using var answer = await client.PostAsJsonAsync("v1/auth/refresh", new { refreshToken });
        var text = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode != HttpStatusCode.OK)
            Assert.Fail($"{text}\n{apps[FunctionApp.Users].LogTail()}");
        return JsonNode.Parse(text)!;
    }

    private async Task AssertRefusedAsync(string tenant, string refreshToken)
    {
        using var answer = await desk.PostAsync(tenant, "v1/auth/refresh", new { refreshToken });
        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "REFRESH_TOKEN_INVALID");
    }

    private Task<DateTimeOffset> EndOfAsync(JsonNode tokens) => desk.ReadAsync<DateTimeOffset>(
        "select expires_at from user_management.user_sessions where id = @session", new { session = SessionOf(tokens) });

    private HttpClient Client(TestUser user, JsonNode tokens) =>
        desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!);

    private async Task<HttpStatusCode> MeAsync(TestUser user, JsonNode tokens)
    {
        using var client = Client(user, tokens);
        using var answer = await client.GetAsync("v1/me");
        return answer.StatusCode;
    }
}
