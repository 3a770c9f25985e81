using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class AdministrationTests(UsersDesk desk)
{
    [Fact]
    public async Task Users_are_found_by_the_beginning_of_address_or_name_page_by_page()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, support) = await desk.NewMemberAsync(tenant, "users:read");
        await desk.NewUserAsync(await desk.NewTenantAsync());
        var users = new List<TestUser>();
        for (var number = 0; number < 5; number++)
        {
            var user = await desk.NewUserAsync(tenant);
            await desk.ExecuteAsync(
                "update user_management.users set username_normalized = 'zoe-' || username_normalized where id = @Id", new { user.Id });
            users.Add(user);
        }

        var (seen, cursor) = (new List<Guid>(), "");
        do
        {
            var page = (await support.GetFromJsonAsync<JsonNode>($"v1/users?search=ZOE-&limit=2{cursor}"))!;
            seen.AddRange(page["items"]!.AsArray().Select(item => (Guid)item!["id"]!));
            cursor = page["next"] is { } next ? $"&cursor={(string)next!}" : "";
        }
        while (cursor.Length > 0);

        Assert.Equal(users.Select(user => user.Id).Reverse(), seen);
        var byAddress = (await support.GetFromJsonAsync<JsonNode>($"v1/users?search={users[2].Email.ToUpperInvariant()}"))!["items"]!.AsArray();
        Assert.Equal(users[2].Id, (Guid)Assert.Single(byAddress)!["id"]!);
        Assert.Null(byAddress[0]!["passwordHash"]);
        Assert.Equal(6, (await support.GetFromJsonAsync<JsonNode>("v1/users?status=active"))!["items"]!.AsArray().Count);
        Assert.Empty((await support.GetFromJsonAsync<JsonNode>("v1/users?status=suspended"))!["items"]!.AsArray());
        foreach (var wrong in new[] { "status=asleep", "status=1", "status=active,suspended", "limit=0", "cursor=x" })
            Assert.Equal(HttpStatusCode.BadRequest, (await support.GetAsync($"v1/users?{wrong}")).StatusCode);
    }

    [Fact]
    public async Task A_suspension_acts_on_the_next_request_in_every_app_and_is_taken_back()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var user = await desk.NewUserAsync(tenant);
        var token = (string)(await desk.SignInAsync(user))["accessToken"]!;
        using var client = desk.Apps.Client(FunctionApp.Users, tenant, token);
        using var billing = desk.Apps.Client(FunctionApp.Billing, tenant, token);
        Assert.Equal(HttpStatusCode.OK, (await billing.GetAsync("v1/invoices")).StatusCode);

        await DoneAsync(administrator.PostAsJsonAsync($"v1/users/{user.Id}/suspend", new { reason = "spam" }));

        await Problem.AssertAsync(await billing.GetAsync("v1/invoices"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
        await Problem.AssertAsync(await client.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
        using (var again = await administrator.PostAsJsonAsync($"v1/users/{user.Id}/suspend", new { reason = "spam" }))
            await Problem.AssertAsync(again, HttpStatusCode.Conflict, "ALREADY_SUSPENDED");
        await DoneAsync(administrator.PostAsync($"v1/users/{user.Id}/reinstate", null));
        using (var again = await administrator.PostAsync($"v1/users/{user.Id}/reinstate", null))
            await Problem.AssertAsync(again, HttpStatusCode.Conflict, "NOT_SUSPENDED");

        // What was ended stays ended.
        await Problem.AssertAsync(await billing.GetAsync("v1/invoices"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
        await desk.SignInAsync(user);
        Assert.Equal(["session.started", "user.suspended", "user.reinstated", "session.started"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task A_permission_that_is_given_changed_or_taken_acts_on_the_next_request_in_another_app()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var user = await desk.NewUserAsync(tenant);
        using var billing = desk.Apps.Client(FunctionApp.Billing, tenant, await desk.Sessions.SignInAsync(tenant, user.Id));
        using var made = await administrator.PostAsJsonAsync("v1/roles", new { name = "accountant", permissions = new[] { "invoices:write" } });
        var role = (Guid)(await made.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
        await AssertMayCancelAsync(billing, may: false);

        await DoneAsync(administrator.PutAsync($"v1/users/{user.Id}/roles/{role}", null));
        await AssertMayCancelAsync(billing, may: true);
        await DoneAsync(administrator.PutAsJsonAsync($"v1/roles/{role}", new { name = "accountant", permissions = new[] { "invoices:read" } }));
        await AssertMayCancelAsync(billing, may: false);
        await DoneAsync(administrator.PutAsJsonAsync($"v1/roles/{role}", new { name = "accountant", permissions = new[] { "invoices:*" } }));
        await AssertMayCancelAsync(billing, may: true);
        await DoneAsync(administrator.DeleteAsync($"v1/users/{user.Id}/roles/{role}"));
        await AssertMayCancelAsync(billing, may: false);
        await DoneAsync(administrator.PutAsync($"v1/users/{user.Id}/roles/{role}", null));
        await AssertMayCancelAsync(billing, may: true);
        await DoneAsync(administrator.DeleteAsync($"v1/roles/{role}"));
        await AssertMayCancelAsync(billing, may: false);

        using var unknown = await administrator.DeleteAsync($"v1/users/{user.Id}/roles/{role}");
        await Problem.AssertAsync(unknown, HttpStatusCode.NotFound, "ROLE_NOT_FOUND");
        Assert.Equal(
            ["role.created", "role.assigned", "role.changed", "role.changed", "role.revoked", "role.assigned", "role.deleted"],
            await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task A_forced_reset_ends_the_sessions_and_asks_for_a_new_password_before_the_next()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var user = await desk.NewUserAsync(tenant);
        using var client = desk.Apps.Client(FunctionApp.Users, tenant, (string)(await desk.SignInAsync(user))["accessToken"]!);

        await DoneAsync(administrator.PostAsync($"v1/users/{user.Id}/force-reset", null));

        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("v1/me")).StatusCode);
        using (var old = await desk.TrySignInAsync(tenant, user.Email))
            await Problem.AssertAsync(old, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        await DoneAsync(desk.PostAsync(
            tenant, "v1/auth/password/reset", new { token = await desk.TokenMailedAsync(user.Email), newPassword = "seven wild geese fly south" }));
        await desk.SignInAsync(user, "seven wild geese fly south");
        Assert.Contains("user.reset_forced", await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task A_forced_reset_and_a_suspension_that_are_repeated_with_their_key_are_done_once()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var user = await desk.NewUserAsync(tenant);
        foreach (var (act, body) in new (string, object?)[] { ("force-reset", null), ("suspend", new { reason = "spam" }) })
        {
            foreach (var isRepeated in new[] { false, true })
            {
                using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/users/{user.Id}/{act}")
                {
                    Content = body is null ? null : JsonContent.Create(body),
                    Headers = { { "Idempotency-Key", $"{act}-{user.Id}" } },
                };
                using var answer = await administrator.SendAsync(request);
                Assert.True(answer.StatusCode == HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
                Assert.Equal(isRepeated, answer.Headers.Contains("Idempotent-Replayed"));
            }
        }

        Assert.Equal(["user.reset_forced", "account.password_reset_sent", "user.suspended"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task An_administrator_ends_all_sessions_of_a_user()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var user = await desk.NewUserAsync(tenant);
        using var client = desk.Apps.Client(FunctionApp.Users, tenant, (string)(await desk.SignInAsync(user))["accessToken"]!);

        await DoneAsync(administrator.DeleteAsync($"v1/users/{user.Id}/sessions"));

        await Problem.AssertAsync(await client.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
        Assert.Equal(["session.started", "session.all_ended"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task Nobody_acts_on_somebody_who_may_more_or_is_not_there()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, support) = await desk.NewMemberAsync(tenant, "users:suspend", "users:reset", "users:impersonate");
        var above = await desk.NewUserAsync(tenant, "invoices:read");
        foreach (var (user, status, code) in new[]
        {
            (above.Id, HttpStatusCode.Forbidden, "USER_MAY_MORE"), (Guid.CreateVersion7(), HttpStatusCode.NotFound, "USER_NOT_FOUND"),
        })
        {
            await Problem.AssertAsync(await support.PostAsJsonAsync($"v1/users/{user}/suspend", new { reason = "envy" }), status, code);
            await Problem.AssertAsync(await support.PostAsync($"v1/users/{user}/reinstate", null), status, code);
            await Problem.AssertAsync(await support.PostAsync($"v1/users/{user}/force-reset", null), status, code);
            await Problem.AssertAsync(await support.DeleteAsync($"v1/users/{user}/sessions"), status, code);
            await Problem.AssertAsync(await support.PostAsJsonAsync($"v1/users/{user}/impersonate", new { reason = "envy" }), status, code);
        }

        Assert.Empty(await desk.AuditAsync(tenant));
    }

    // Whoever may cancel invoices is told that there is no such one.
    private static async Task AssertMayCancelAsync(HttpClient billing, bool may)
    {
        using var answer = await billing.PostAsJsonAsync($"v1/invoices/{Guid.CreateVersion7()}/cancel", new { reason = "a mistake" });
        Assert.Equal(may ? HttpStatusCode.NotFound : HttpStatusCode.Forbidden, answer.StatusCode);
    }

    private static async Task DoneAsync(Task<HttpResponseMessage> asking)
    {
        using var answer = await asking;
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}
