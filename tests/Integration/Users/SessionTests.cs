using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class SessionTests(UsersDesk desk)
{
    [Fact]
    public async Task A_user_sees_where_he_is_signed_in()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var here = await SignInFromAsync(user, "203.0.113.7", "Browser/1");
        var there = await SignInFromAsync(user, "2001:db8::9", new string('x', 600));
        await desk.SignInAsync(await desk.NewUserAsync(user.Tenant));
        using var client = Client(user, here);

        var sessions = (await client.GetFromJsonAsync<JsonNode>("v1/me/sessions"))!["items"]!.AsArray();

        Assert.Equal(new[] { Id(there), Id(here) }.Order(), sessions.Select(session => (string)session!["id"]!).Order());
        var mine = sessions.Single(session => (string)session!["id"]! == Id(here))!;
        Assert.Equal(("203.0.113.7", "Browser/1", true), ((string)mine["address"]!, (string)mine["userAgent"]!, (bool)mine["current"]!));
        var other = sessions.Single(session => (string)session!["id"]! == Id(there))!;
        Assert.Equal(("2001:db8::9", 400, false), ((string)other["address"]!, ((string)other["userAgent"]!).Length, (bool)other["current"]!));
        Assert.False((bool)other["impersonated"]!);
    }

    [Fact]
    public async Task A_long_name_of_a_browser_is_cut_between_two_characters()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        using var client = new HttpClient(handler) { BaseAddress = new Uri(desk.Apps.Endpoints.Url(FunctionApp.Users)) };
        client.DefaultRequestHeaders.Add("X-Tenant-ID", user.Tenant);
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", new string('x', 399) + "\U0001F600");

        using var answer = await client.PostAsJsonAsync("v1/auth/login", new { login = user.Username, password = UsersDesk.Password });

        Assert.True(answer.StatusCode == HttpStatusCode.OK, await answer.Content.ReadAsStringAsync());
        Assert.Equal(new string('x', 399), await desk.ReadAsync<string>(
            "select user_agent from user_management.user_sessions where user_id = @Id", new { user.Id }));
    }

    [Fact]
    public async Task A_user_ends_one_session_with_the_next_request()
    {
        var (user, here, there) = await SignInTwiceAsync();
        using var client = Client(user, here);

        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"v1/me/sessions/{Id(there)}")).StatusCode);

        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(user, there));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, here));
        using var again = await client.DeleteAsync($"v1/me/sessions/{Id(there)}");
        await Problem.AssertAsync(again, HttpStatusCode.NotFound, "SESSION_NOT_FOUND");
    }

    [Fact]
    public async Task The_list_tells_from_where_a_session_was_refreshed_last()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var tokens = await desk.SignInAsync(user);
        desk.Apps.Clock.Advance(TimeSpan.FromHours(1));
        using var elsewhere = desk.Anonymous(user.Tenant);
        elsewhere.DefaultRequestHeaders.Add("X-Forwarded-For", "203.0.113.20");
        elsewhere.DefaultRequestHeaders.Add("User-Agent", "Browser/2");

        using (var refreshed = await elsewhere.PostAsJsonAsync("v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! }))
            Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);

        using var client = Client(user, tokens);
        var session = Assert.Single((await client.GetFromJsonAsync<JsonNode>("v1/me/sessions"))!["items"]!.AsArray())!;
        Assert.Equal(("203.0.113.20", "Browser/2"), ((string)session["address"]!, (string)session["userAgent"]!));
        Assert.True((DateTimeOffset)session["lastRefreshedAt"]! - (DateTimeOffset)session["createdAt"]! >= TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task Of_more_than_a_hundred_living_sessions_the_one_refreshed_longest_ago_ends_with_the_next_request()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var used = await desk.SignInAsync(user);
        var left = await desk.SignInAsync(user);
        var between = desk.Apps.Clock.Now.AddSeconds(1);
        // All of them newer; the last hundred have run out when the next one comes.
        await desk.ExecuteAsync(
            """
            insert into user_management.user_sessions (tenant_id, id, user_id, session_token, refresh_token, expires_at, created_at, last_accessed_at)
            select @Tenant, id, @Id, '', decode(md5(id::text), 'hex'), @between + case when turn <= 98 then interval '7 days' else interval '0' end,
                @between, @between
            from unnest(@ids) with ordinality as begun (id, turn)
            """,
            new { user.Tenant, user.Id, between, ids = Enumerable.Range(0, 198).Select(_ => Guid.CreateVersion7(between)).ToArray() });
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(2));
        using (var refreshed = await RefreshAsync(user, used))
            Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, left));

        var newest = await desk.SignInAsync(user);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (await MeAsync(user, used), await MeAsync(user, left)));
        using (var refused = await RefreshAsync(user, left))
            await Problem.AssertAsync(refused, HttpStatusCode.Unauthorized, "REFRESH_TOKEN_INVALID");
        Assert.Equal(["session.started", "session.started", "session.started", "session.ended"], await desk.AuditAsync(user.Tenant));
        using var client = Client(user, newest);
        var first = (await client.GetFromJsonAsync<JsonNode>("v1/me/sessions?limit=60"))!;
        var rest = (await client.GetFromJsonAsync<JsonNode>($"v1/me/sessions?limit=60&cursor={first["next"]}"))!;
        Assert.Equal((60, 40, (string?)null), (first["items"]!.AsArray().Count, rest["items"]!.AsArray().Count, (string?)rest["next"]));
        Assert.Equal((Id(newest), true), ((string)first["items"]![0]!["id"]!, (bool)first["items"]![0]!["current"]!));
    }

    [Fact]
    public async Task Nobody_ends_the_session_of_another()
    {
        var (user, here, _) = await SignInTwiceAsync();
        var neighbour = await desk.NewUserAsync(user.Tenant);
        var stranger = await desk.NewUserAsync(await desk.NewTenantAsync());
        foreach (var other in new[] { neighbour, stranger })
        {
            using var client = Client(other, await desk.SignInAsync(other));
            using var answer = await client.DeleteAsync($"v1/me/sessions/{Id(here)}");
            await Problem.AssertAsync(answer, HttpStatusCode.NotFound, "SESSION_NOT_FOUND");
        }

        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, here));
    }

    [Fact]
    public async Task A_user_ends_all_other_sessions_and_then_all()
    {
        var (user, here, there) = await SignInTwiceAsync();
        var neighbour = await desk.NewUserAsync(user.Tenant);
        var untouched = await desk.SignInAsync(neighbour);
        using var client = Client(user, here);

        Assert.Equal(HttpStatusCode.NoContent, (await client.PostAsync("v1/me/sessions/end-others", null)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(user, there));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, here));
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync("v1/me/sessions")).StatusCode);

        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(user, here));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(neighbour, untouched));
        Assert.Equal(2, (await desk.AuditAsync(user.Tenant)).Count(action => action == "session.all_ended"));
    }

    [Fact]
    public async Task What_Redis_was_not_told_of_an_end_is_told_by_the_message()
    {
        var (user, here, there) = await SignInTwiceAsync();
        using var client = Client(user, here);
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync($"v1/me/sessions/{Id(there)}")).StatusCode);
        await desk.UntilQuietAsync();
        // As if the process had died between the commit and Redis: the row is ended, the state is still there.
        await desk.ExecuteAsync(
            "update user_management.user_sessions set ended_at = now(), ended_reason = 'test' where id = @session",
            new { session = Guid.Parse(Id(here)) });
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, here));

        // Any change of the user publishes the message that repairs.
        using (var another = Client(user, await desk.SignInAsync(user)))
            Assert.Equal(HttpStatusCode.NoContent, (await another.PostAsync("v1/auth/logout", null)).StatusCode);

        await Eventually.HoldsAsync(
            async () => await MeAsync(user, here) == HttpStatusCode.Unauthorized, "The ended session lives on in Redis.");
        // Or each message of a user would tell again what a week of his sign-outs has ended.
        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<long>(
                "select count(*) from user_management.user_sessions where user_id = @Id and ended_at is not null and told_at is null",
                new { user.Id }) == 0,
            "What Redis was told is told again.");
    }

    [Fact]
    public async Task A_changed_password_ends_the_other_sessions_with_the_next_request()
    {
        var (user, here, there) = await SignInTwiceAsync();
        using var client = Client(user, here);

        using var changed = await client.PostAsJsonAsync(
            "v1/me/password", new { currentPassword = UsersDesk.Password, newPassword = "another long pass phrase" });

        Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await MeAsync(user, there));
        Assert.Equal(HttpStatusCode.OK, await MeAsync(user, here));
        using var refreshed = await desk.PostAsync(user.Tenant, "v1/auth/refresh", new { refreshToken = (string)there["refreshToken"]! });
        await Problem.AssertAsync(refreshed, HttpStatusCode.Unauthorized, "REFRESH_TOKEN_INVALID");
    }

    [Fact]
    public async Task Rights_that_Redis_holds_in_an_older_version_are_those_of_today_after_the_next_refresh()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync(), "users:read");
        var tokens = await desk.SignInAsync(user);
        // As if a replica had taken over that had not heard yet that the role was taken from him.
        await desk.ExecuteAsync(
            """
            delete from user_management.user_roles where user_id = @Id;
            update user_management.users set access_version = access_version + 1 where id = @Id;
            """,
            new { user.Id });
        using (var before = Client(user, tokens))
            Assert.Equal(HttpStatusCode.OK, (await before.GetAsync("v1/users")).StatusCode);

        using var refreshed = await RefreshAsync(user, tokens);

        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        foreach (var each in new[] { tokens, (await refreshed.Content.ReadFromJsonAsync<JsonNode>())! })
        {
            using var after = Client(user, each);
            await Problem.AssertAsync(await after.GetAsync("v1/users"), HttpStatusCode.Forbidden, "PERMISSION_DENIED");
        }
    }

    private static string Id(JsonNode tokens) => (string)tokens["sessionId"]!;

    private async Task<(TestUser User, JsonNode Here, JsonNode There)> SignInTwiceAsync()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        return (user, await desk.SignInAsync(user), await desk.SignInAsync(user));
    }

    private async Task<JsonNode> SignInFromAsync(TestUser user, string address, string userAgent)
    {
        using var client = desk.Anonymous(user.Tenant);
        client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", userAgent);
        using var answer = await client.PostAsJsonAsync("v1/auth/login", new { login = user.Username, password = UsersDesk.Password });
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private Task<HttpResponseMessage> RefreshAsync(TestUser user, JsonNode tokens) =>
        desk.PostAsync(user.Tenant, "v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! });

    private HttpClient Client(TestUser user, JsonNode tokens) =>
        desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!);

    private async Task<HttpStatusCode> MeAsync(TestUser user, JsonNode tokens)
    {
        using var client = Client(user, tokens);
        using var answer = await client.GetAsync("v1/me");
        return answer.StatusCode;
    }
}
