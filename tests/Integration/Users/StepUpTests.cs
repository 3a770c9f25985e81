using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class StepUpTests(UsersDesk desk)
{
    private static readonly TimeSpan LongerThanRecent = TimeSpan.FromMinutes(11);

    [Fact]
    public async Task What_is_sensitive_asks_for_a_proof_of_the_last_ten_minutes()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await SignedInAsync(user);
        desk.Apps.Clock.Advance(LongerThanRecent);
        await AssertStepUpAskedAsync(client);

        using (var wrong = await client.PostAsJsonAsync("v1/auth/step-up", new { password = "not my password" }))
            await Problem.AssertAsync(wrong, HttpStatusCode.Forbidden, "WRONG_PASSWORD");
        await AssertStepUpAskedAsync(client);
        await ProveAsync(client, new { password = UsersDesk.Password });

        await Authenticator.EnrolAsync(client);
        Assert.Contains("session.stepped_up", await desk.AuditAsync(user.Tenant));
    }

    [Fact]
    public async Task With_a_second_factor_the_password_alone_is_not_enough()
    {
        var phone = await Authenticator.EnrolAsync(desk, await desk.NewUserAsync(await desk.NewTenantAsync()));
        using var client = phone.Client();
        desk.Apps.Clock.Advance(LongerThanRecent);

        using (var byPassword = await client.PostAsJsonAsync("v1/auth/step-up", new { password = UsersDesk.Password }))
            await Problem.AssertAsync(byPassword, HttpStatusCode.BadRequest, "SECOND_FACTOR_NEEDED");
        await AssertCannotDisableAsync(client);
        await ProveAsync(client, new { code = phone.NextCode() });

        using var disabled = await client.DeleteAsync("v1/me/mfa/totp");
        Assert.Equal(HttpStatusCode.NoContent, disabled.StatusCode);
        Assert.False((bool)(await desk.SignInAsync(phone.User))["mfaRequired"]!);
        using var again = await client.DeleteAsync("v1/me/mfa/totp");
        await Problem.AssertAsync(again, HttpStatusCode.NotFound, "MFA_NOT_ON");
    }

    [Fact]
    public async Task A_recovery_code_proves_as_well_and_once()
    {
        var phone = await Authenticator.EnrolAsync(desk, await desk.NewUserAsync(await desk.NewTenantAsync()));
        using var client = phone.Client();
        await ProveAsync(client, new { recoveryCode = phone.RecoveryCodes[0] });

        using var again = await client.PostAsJsonAsync("v1/auth/step-up", new { recoveryCode = phone.RecoveryCodes[0] });

        await Problem.AssertAsync(again, HttpStatusCode.Forbidden, "WRONG_CODE");
    }

    [Fact]
    public async Task A_proof_counts_for_its_own_session_and_lives_on_in_a_refresh()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var tokens = await desk.SignInAsync(user);
        using var other = await SignedInAsync(user);
        using var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!);
        desk.Apps.Clock.Advance(LongerThanRecent);
        await ProveAsync(client, new { password = UsersDesk.Password });

        using var refreshed = await desk.PostAsync(user.Tenant, "v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! });

        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        await Authenticator.EnrolAsync(client);
        await AssertStepUpAskedAsync(other);
    }

    [Fact]
    public async Task A_refresh_is_no_proof()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var tokens = await desk.SignInAsync(user);
        using var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!);
        desk.Apps.Clock.Advance(LongerThanRecent);

        using var refreshed = await desk.PostAsync(user.Tenant, "v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! });

        Assert.Equal(HttpStatusCode.OK, refreshed.StatusCode);
        await AssertStepUpAskedAsync(client);
    }

    [Fact]
    public async Task A_session_that_is_ended_meanwhile_is_not_brought_back_by_a_proof()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await SignedInAsync(user);
        await desk.ExecuteAsync("update user_management.user_sessions set ended_at = now() where user_id = @Id", new { user.Id });

        using var answer = await client.PostAsJsonAsync("v1/auth/step-up", new { password = UsersDesk.Password });

        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "SESSION_ENDED");
    }

    [Fact]
    public async Task To_give_a_role_by_an_invitation_is_as_sensitive_as_to_give_it()
    {
        var (_, administrator) = await desk.NewAdministratorAsync("default");
        using (var made = await administrator.PostAsJsonAsync("v1/roles", new { name = $"r{Guid.CreateVersion7():N}", permissions = new[] { "invoices:read" } }))
        {
            var role = (Guid)(await made.Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
            desk.Apps.Clock.Advance(LongerThanRecent);
            using var invited = await administrator.PostAsJsonAsync("v1/invitations", new { email = "a@example.com", roleId = role });
            await Problem.AssertAsync(invited, HttpStatusCode.Forbidden, "STEP_UP_REQUIRED");
        }

        using (var tenant = await administrator.PostAsJsonAsync(
            "v1/tenants", new { id = $"t-{Guid.CreateVersion7():N}", name = "Acme", administratorEmail = "a@example.com" }))
            await Problem.AssertAsync(tenant, HttpStatusCode.Forbidden, "STEP_UP_REQUIRED");

        // Whoever gets nothing by it is invited as before.
        var plain = await desk.ReadAsync<Guid>("select id from user_management.roles where tenant_id = 'default' and name = 'user'");
        using var guest = await administrator.PostAsJsonAsync(
            "v1/invitations", new { email = $"u{Guid.CreateVersion7():N}@example.com", roleId = plain });
        Assert.Equal(HttpStatusCode.Created, guest.StatusCode);
    }

    private static async Task ProveAsync(HttpClient client, object proof)
    {
        using var answer = await client.PostAsJsonAsync("v1/auth/step-up", proof);
        Assert.True(answer.StatusCode == HttpStatusCode.NoContent, await answer.Content.ReadAsStringAsync());
    }

    private static async Task AssertStepUpAskedAsync(HttpClient client)
    {
        using var answer = await client.PostAsync("v1/me/mfa/totp", null);
        await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "STEP_UP_REQUIRED");
    }

    private static async Task AssertCannotDisableAsync(HttpClient client)
    {
        using var disabled = await client.DeleteAsync("v1/me/mfa/totp");
        await Problem.AssertAsync(disabled, HttpStatusCode.Forbidden, "STEP_UP_REQUIRED");
        using var renewed = await client.PostAsync("v1/me/mfa/recovery-codes", null);
        await Problem.AssertAsync(renewed, HttpStatusCode.Forbidden, "STEP_UP_REQUIRED");
    }

    private async Task<HttpClient> SignedInAsync(TestUser user) =>
        desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)(await desk.SignInAsync(user))["accessToken"]!);
}
