using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class ImpersonationTests(UsersDesk desk)
{
    [Fact]
    public async Task An_administrator_acts_in_a_users_name_for_an_hour_and_both_names_are_written_down()
    {
        var (administrator, client, user) = await StartAsync();
        var tokens = await ImpersonateAsync(client, user);
        Assert.Null(tokens["refreshToken"]);
        var token = new JsonWebToken((string)tokens["accessToken"]!);
        Assert.Equal(user.Id.ToString(), token.Subject);
        Assert.Equal(administrator.Id.ToString(), token.GetPayloadValue<JsonElement>("act").GetProperty("sub").GetString());
        Assert.Equal(TimeSpan.FromHours(1), token.ValidTo - token.ValidFrom);

        using var asUser = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!);
        Assert.Equal(user.Id, (Guid)(await asUser.GetFromJsonAsync<JsonNode>("v1/me"))!["id"]!);
        var sessions = (await asUser.GetFromJsonAsync<JsonNode>("v1/me/sessions"))!["items"]!.AsArray();
        Assert.True((bool)Assert.Single(sessions)!["impersonated"]!);
        using (var ended = await asUser.PostAsync("v1/auth/logout", null))
            Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);

        var log = (await client.GetFromJsonAsync<JsonNode>("v1/audit-log"))!["items"]!.AsArray();
        Assert.Equal(["session.ended", "user.impersonated"], log.Select(entry => (string)entry!["action"]!));
        Assert.Equal((user.Id, administrator.Id), ((Guid)log[0]!["actorId"]!, (Guid)log[0]!["impersonatorId"]!));
        Assert.Equal((administrator.Id, user.Id), ((Guid)log[1]!["actorId"]!, (Guid)log[1]!["targetId"]!));
        Assert.Equal("a question of his", (string)log[1]!["detail"]!["reason"]!);
    }

    [Fact]
    public async Task The_hour_ends_by_itself()
    {
        var (_, client, user) = await StartAsync();
        var tokens = await ImpersonateAsync(client, user);
        using var asUser = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(HttpStatusCode.OK, (await asUser.GetAsync("v1/me")).StatusCode);

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));

        await Problem.AssertAsync(await asUser.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "TOKEN_INVALID");
    }

    [Fact]
    public async Task What_is_the_users_own_no_administrator_does_in_his_name()
    {
        var (_, client, user) = await StartAsync("users:read");
        var tokens = await ImpersonateAsync(client, user);
        using var asUser = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!);
        (string Path, object? Body)[] own =
        [
            ("v1/me/password", new { currentPassword = UsersDesk.Password, newPassword = "seven wild geese fly south" }),
            ("v1/auth/step-up", new { password = UsersDesk.Password }),
            ("v1/me/mfa/totp", null),
            ("v1/me/mfa/totp/confirm", new { code = "123456" }),
            ("v1/me/mfa/recovery-codes", null),
        ];

        foreach (var (path, body) in own)
        {
            using var answer = await asUser.PostAsync(path, body is null ? null : JsonContent.Create(body));
            await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "NOT_WHILE_IMPERSONATING");
        }

        using var disabled = await asUser.DeleteAsync("v1/me/mfa/totp");
        await Problem.AssertAsync(disabled, HttpStatusCode.Forbidden, "NOT_WHILE_IMPERSONATING");
    }

    [Fact]
    public async Task Nobody_acts_as_himself_as_who_is_suspended_or_long_after_he_has_proven_who_he_is()
    {
        var (administrator, client, user) = await StartAsync();
        using (var himself = await TryAsync(client, administrator))
            await Problem.AssertAsync(himself, HttpStatusCode.Conflict, "THIS_IS_YOU");
        var suspended = await desk.NewUserAsync(user.Tenant);
        await desk.ExecuteAsync("update user_management.users set status = 'suspended' where id = @Id", new { suspended.Id });
        using (var asSuspended = await TryAsync(client, suspended))
            await Problem.AssertAsync(asSuspended, HttpStatusCode.Conflict, "USER_NOT_ACTIVE");
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(11));

        using var late = await TryAsync(client, user);

        await Problem.AssertAsync(late, HttpStatusCode.Forbidden, "STEP_UP_REQUIRED");
    }

    [Fact]
    public async Task Nobody_acts_as_who_has_not_proven_his_address()
    {
        var (_, client, user) = await StartAsync();
        await desk.ExecuteAsync("update user_management.users set email_verified = false where id = @Id", new { user.Id });

        using var answer = await TryAsync(client, user);

        await Problem.AssertAsync(answer, HttpStatusCode.Conflict, "USER_NOT_VERIFIED");
    }

    [Fact]
    public async Task With_the_administrator_ends_what_he_opened_in_the_name_of_others()
    {
        var (administrator, client, user) = await StartAsync();
        var (_, second) = await desk.NewAdministratorAsync(user.Tenant);
        using var asUser = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)(await ImpersonateAsync(client, user))["accessToken"]!);

        using (var suspended = await second.PostAsJsonAsync($"v1/users/{administrator.Id}/suspend", new { reason = "left us" }))
            Assert.Equal(HttpStatusCode.NoContent, suspended.StatusCode);

        await Problem.AssertAsync(await asUser.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
    }

    [Fact]
    public async Task With_the_role_ends_what_was_opened_in_the_name_of_others()
    {
        var (administrator, client, user) = await StartAsync();
        var (_, second) = await desk.NewAdministratorAsync(user.Tenant);
        var admin = await desk.ReadAsync<Guid>(
            "select id from user_management.roles where tenant_id = @Tenant and name = 'admin'", new { user.Tenant });
        using var asUser = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)(await ImpersonateAsync(client, user))["accessToken"]!);

        using (var revoked = await second.DeleteAsync($"v1/users/{administrator.Id}/roles/{admin}"))
            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);

        await Problem.AssertAsync(await asUser.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
    }

    [Fact]
    public async Task Who_acts_in_a_users_name_does_not_rise_with_him()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, support) = await desk.NewMemberAsync(tenant, "users:impersonate");
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var user = await desk.NewUserAsync(tenant);
        var admin = await desk.ReadAsync<Guid>("select id from user_management.roles where tenant_id = @tenant and name = 'admin'", new { tenant });
        using var asUser = desk.Apps.Client(FunctionApp.Users, tenant, (string)(await ImpersonateAsync(support, user))["accessToken"]!);

        using (var promoted = await administrator.PutAsync($"v1/users/{user.Id}/roles/{admin}", null))
            Assert.Equal(HttpStatusCode.NoContent, promoted.StatusCode);

        await Problem.AssertAsync(await asUser.GetAsync("v1/users"), HttpStatusCode.Unauthorized, "SESSION_ENDED");
    }

    [Fact]
    public async Task What_is_asked_for_in_vain_in_a_users_name_is_written_down_beside_what_he_asked_for_himself()
    {
        var (administrator, client, user) = await StartAsync();
        using var himself = await desk.SignedInAsync(user);
        using var asUser = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)(await ImpersonateAsync(client, user))["accessToken"]!);
        foreach (var asking in new[] { himself, asUser })
            await Problem.AssertAsync(await asking.GetAsync("v1/users"), HttpStatusCode.Forbidden, "PERMISSION_DENIED");

        Assert.Equal(["users:read", "users:read"], await desk.DeniedAsync(user.Tenant, count: 2));
        Assert.Equal(1, await desk.ReadAsync<long>(
            "select count(*) from user_management.audit_log where tenant_id = @Tenant and action = 'permission.denied' and impersonator_id = @Id",
            new { user.Tenant, administrator.Id }));
    }

    private static Task<HttpResponseMessage> TryAsync(HttpClient client, TestUser user) =>
        client.PostAsJsonAsync($"v1/users/{user.Id}/impersonate", new { reason = "a question of his" });

    private static async Task<JsonNode> ImpersonateAsync(HttpClient client, TestUser user)
    {
        using var answer = await TryAsync(client, user);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    private async Task<(TestUser Administrator, HttpClient Client, TestUser User)> StartAsync(params string[] ofUser)
    {
        var tenant = await desk.NewTenantAsync();
        var (administrator, client) = await desk.NewAdministratorAsync(tenant);
        return (administrator, client, await desk.NewUserAsync(tenant, ofUser));
    }
}
