using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class SignInTests(UsersDesk desk)
{
    [Fact]
    public async Task A_user_signs_in_by_address_and_by_username_however_he_writes_them()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());

        foreach (var login in new[] { user.Email.ToUpperInvariant(), $" {user.Username} " })
        {
            using var answer = await desk.TrySignInAsync(user.Tenant, login);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Whatever_is_wrong_the_answer_is_the_same()
    {
        var tenant = await desk.NewTenantAsync();
        var known = await desk.NewUserAsync(tenant);
        var locked = await desk.NewUserAsync(tenant);
        await desk.Sessions.Redis.HashSetAsync(
            CacheKeys.Lockout(TenantId.Parse(tenant), locked.Id.ToString("N")),
            [new("failures", 10), new("until", desk.Apps.Clock.Now.AddHours(1).ToUnixTimeMilliseconds())]);
        var suspended = await ChangedAsync(tenant, "status = 'suspended'");
        var unverified = await ChangedAsync(tenant, "email_verified = false");
        var mustReset = await ChangedAsync(tenant, "password_reset_required = true");
        var deleted = await ChangedAsync(tenant, "status = 'deleted'");

        string[] answers =
        [
            await RefusedAsync(tenant, "nobody@example.com", UsersDesk.Password),
            await RefusedAsync(tenant, "nobody", UsersDesk.Password),
            await RefusedAsync(tenant, known.Email, "not the password"),
            await RefusedAsync(tenant, locked.Email, UsersDesk.Password),
            await RefusedAsync(tenant, suspended.Email, UsersDesk.Password),
            await RefusedAsync(tenant, unverified.Email, UsersDesk.Password),
            await RefusedAsync(tenant, mustReset.Email, UsersDesk.Password),
            await RefusedAsync(tenant, deleted.Email, UsersDesk.Password),
        ];

        Assert.Single(answers.Distinct());
        Assert.Equal(answers.Length, (await desk.AuditAsync(tenant)).Count(action => action == "sign_in.failed"));
    }

    [Fact]
    public async Task A_password_is_good_in_its_own_tenant_only()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());

        await RefusedAsync(await desk.NewTenantAsync(), user.Email, UsersDesk.Password);
    }

    [Theory]
    [InlineData("@")]
    [InlineData("a@")]
    [InlineData("a@\u0000b")]
    [InlineData("xn--@xn--")]
    [InlineData("' or 1=1 --")]
    [InlineData("\u200b\u200b\u200b")]
    public async Task No_login_is_odd_enough_to_break(string login)
    {
        using var answer = await desk.TrySignInAsync("default", login);

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Unauthorized, HttpStatusCode.BadRequest });
    }

    private async Task<TestUser> ChangedAsync(string tenant, string change)
    {
        var user = await desk.NewUserAsync(tenant);
        await desk.ExecuteAsync($"update user_management.users set {change} where id = @Id", new { user.Id });
        return user;
    }

    // Everything that the caller sees, save what names the request or counts requests.
    private async Task<string> RefusedAsync(string tenant, string login, string password)
    {
        using var answer = await desk.TrySignInAsync(tenant, login, password);
        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.AsObject();
        body.Remove("traceId");
        var headers = answer.Headers.Concat(answer.Content.Headers)
            .Where(header => header.Key is not ("Date" or "RateLimit-Remaining" or "RateLimit-Reset"))
            .Select(header => $"{header.Key}: {string.Join(", ", header.Value)}").Order();
        return $"{body.ToJsonString()} {string.Join(" | ", headers)}";
    }
}
