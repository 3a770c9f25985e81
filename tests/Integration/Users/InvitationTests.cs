using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class InvitationTests(UsersDesk desk)
{
    [Fact]
    public async Task An_invited_user_comes_once_with_the_role_that_was_meant_for_him()
    {
        var (tenant, administrator, role) = await StartAsync();
        var email = NewEmail();
        var id = await InviteAsync(administrator, email, role);
        var token = await desk.TokenMailedAsync(email);
        using (var weak = await desk.PostAsync(
            tenant, "v1/auth/invitations/accept", new { token, username = "bambang", password = "kartawijaya1", lastName = "Kartawijaya" }))
            await Problem.AssertAsync(weak, HttpStatusCode.BadRequest, "PASSWORD_REFUSED");

        var answers = await Task.WhenAll(AcceptAsync(tenant, token), AcceptAsync(tenant, token));

        Assert.Equal([HttpStatusCode.Created, HttpStatusCode.BadRequest], answers.Select(answer => answer.StatusCode).Order());
        using (var late = await AcceptAsync(tenant, token))
            await Problem.AssertAsync(late, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        // The mail has proven the address.
        var tokens = await desk.SignInAsync(new TestUser(id, tenant, email, ""));
        using var client = desk.Apps.Client(FunctionApp.Users, tenant, (string)tokens["accessToken"]!);
        Assert.Equal(id, (Guid)(await client.GetFromJsonAsync<JsonNode>("v1/me"))!["id"]!);
        var managed = (await administrator.GetFromJsonAsync<JsonNode>($"v1/users/{id}"))!;
        Assert.Equal("guest", (string)Assert.Single(managed["roles"]!.AsArray())!["name"]!);
        Assert.Equal(["invitation.sent", "invitation.accepted", "session.started"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task An_invitation_is_good_for_seven_days_in_its_own_tenant()
    {
        var (tenant, administrator, role) = await StartAsync();
        var (email, late) = (NewEmail(), NewEmail());
        await InviteAsync(administrator, email, role);
        await InviteAsync(administrator, late, role);
        var (token, lateToken) = (await desk.TokenMailedAsync(email), await desk.TokenMailedAsync(late));
        using (var elsewhere = await AcceptAsync(await desk.NewTenantAsync(), token))
            await Problem.AssertAsync(elsewhere, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        desk.Apps.Clock.Advance(TimeSpan.FromDays(6.9));
        using (var here = await AcceptAsync(tenant, token))
            Assert.Equal(HttpStatusCode.Created, here.StatusCode);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(0.2));

        using (var tooLate = await AcceptAsync(tenant, lateToken))
            await Problem.AssertAsync(tooLate, HttpStatusCode.BadRequest, "TOKEN_INVALID");

        // What has run out does not stand in the way of another.
        var (_, later) = await desk.NewAdministratorAsync(tenant);
        await InviteAsync(later, late, role);
    }

    [Fact]
    public async Task A_revoked_invitation_opens_nothing()
    {
        var (tenant, administrator, role) = await StartAsync();
        var email = NewEmail();
        var id = await InviteAsync(administrator, email, role);
        using (var twice = await administrator.PostAsJsonAsync("v1/invitations", new { email = email.ToUpperInvariant(), roleId = role }))
            await Problem.AssertAsync(twice, HttpStatusCode.Conflict, "ALREADY_INVITED");
        using (var revoked = await administrator.DeleteAsync($"v1/invitations/{id}"))
            Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using (var again = await administrator.DeleteAsync($"v1/invitations/{id}"))
            await Problem.AssertAsync(again, HttpStatusCode.NotFound, "INVITATION_NOT_FOUND");

        using (var refused = await AcceptAsync(tenant, await desk.TokenMailedAsync(email)))
            await Problem.AssertAsync(refused, HttpStatusCode.BadRequest, "TOKEN_INVALID");

        await InviteAsync(administrator, email, role);
        var listed = (await administrator.GetFromJsonAsync<JsonNode>("v1/invitations"))!["items"]!.AsArray();
        Assert.Equal([true, false], listed.Select(one => one!["revokedAt"] is null));
        Assert.Equal(["invitation.sent", "invitation.revoked", "invitation.sent"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task An_address_that_has_an_account_by_now_is_a_conflict_and_keeps_its_account()
    {
        var (tenant, administrator, role) = await StartAsync();
        var email = NewEmail();
        await InviteAsync(administrator, email, role);
        var token = await desk.TokenMailedAsync(email);
        using (var registered = await desk.PostAsync(
            tenant, "v1/auth/register", new { email, username = $"u{Guid.CreateVersion7():N}", password = UsersDesk.Password }))
            Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        using (var proven = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token = await desk.TokenMailedAsync(email, count: 2) }))
            Assert.Equal(HttpStatusCode.NoContent, proven.StatusCode);

        using (var accepted = await AcceptAsync(tenant, token))
            await Problem.AssertAsync(accepted, HttpStatusCode.Conflict, "ALREADY_A_USER");

        Assert.Equal(1, await desk.ReadAsync<long>("select count(*) from user_management.users where email = @email", new { email }));
        using var invited = await administrator.PostAsJsonAsync("v1/invitations", new { email, roleId = role });
        await Problem.AssertAsync(invited, HttpStatusCode.Conflict, "ALREADY_A_USER");
    }

    [Fact]
    public async Task An_account_that_somebody_else_opened_for_the_address_makes_way_for_who_was_invited()
    {
        var (tenant, administrator, role) = await StartAsync();
        var email = NewEmail();
        using (await desk.PostAsync(
            tenant, "v1/auth/register", new { email, username = $"u{Guid.CreateVersion7():N}", password = "a squatter's own words" }))
            await InviteAsync(administrator, email, role);
        // As administrators could once open them in the name of anybody.
        await desk.ExecuteAsync(
            """
            insert into user_management.user_sessions
                (tenant_id, id, user_id, session_token, refresh_token, expires_at, created_at, last_accessed_at)
            select tenant_id, gen_random_uuid(), id, '\x01', '\x02', now(), now(), now() from user_management.users where email = @email
            """,
            new { email });

        // Which of the two mails comes first is left to chance.
        var invitation = (await desk.MailsAsync(email, count: 2)).Single(one => ((string)one["subject"]!).Contains("invited", StringComparison.Ordinal));
        using (var accepted = await AcceptAsync(tenant, UsersDesk.TokenIn(invitation)))
            Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);

        using var squatter = await desk.TrySignInAsync(tenant, email, "a squatter's own words");
        await Problem.AssertAsync(squatter, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        Assert.Equal(1, await desk.ReadAsync<long>("select count(*) from user_management.users where email = @email", new { email }));
        Assert.Equal(
            ["account.registered", "invitation.sent", "account.removed", "invitation.accepted", "sign_in.failed"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task Nobody_invites_somebody_who_may_more_than_he_or_with_a_role_that_is_not_there()
    {
        var (tenant, administrator, role) = await StartAsync();
        var (_, inviter) = await desk.NewMemberAsync(tenant, "invitations:write");

        using (var withMore = await inviter.PostAsJsonAsync("v1/invitations", new { email = NewEmail(), roleId = role }))
            await Problem.AssertAsync(withMore, HttpStatusCode.Forbidden, "PERMISSION_NOT_HELD");
        using (var unknown = await administrator.PostAsJsonAsync("v1/invitations", new { email = NewEmail(), roleId = Guid.CreateVersion7() }))
            await Problem.AssertAsync(unknown, HttpStatusCode.NotFound, "ROLE_NOT_FOUND");
        using (var without = await administrator.PostAsJsonAsync("v1/invitations", new { email = NewEmail() }))
            await Problem.AssertAsync(without, HttpStatusCode.BadRequest, "VALIDATION_FAILED");

        Assert.Equal(0, await desk.ReadAsync<long>("select count(*) from user_management.invitations where tenant_id = @tenant", new { tenant }));
    }

    [Fact]
    public async Task An_invitation_that_is_accepted_while_its_role_is_deleted_is_accepted_and_then_the_role_is_gone()
    {
        var (tenant, administrator, role) = await StartAsync();
        var email = NewEmail();
        await InviteAsync(administrator, email, role);
        var token = await desk.TokenMailedAsync(email);
        await using var data = NpgsqlDataSource.Create(desk.Database.OwnerConnectionString);
        Task<HttpResponseMessage> accepting, deleting;
        // Whoever accepts has the invitation already, and has yet to give the account its name and its role.
        await using (var names = await TableLock.TakeAsync(data, "user_management.usernames"))
        {
            accepting = AcceptAsync(tenant, token);
            await names.UntilSomebodyWaitsAsync();
            deleting = administrator.DeleteAsync($"v1/roles/{role}");
            await Eventually.HoldsAsync(
                async () => await desk.ReadAsync<bool>(
                    """
                    select exists (
                        select from pg_locks l join pg_stat_activity a using (pid)
                        where not l.granted and l.locktype in ('transactionid', 'tuple') and a.datname = current_database())
                    """),
                "The deletion does not wait.");
        }

        using var accepted = await accepting;
        Assert.True(accepted.StatusCode == HttpStatusCode.Created, await accepted.Content.ReadAsStringAsync());
        using var deleted = await deleting;
        Assert.True(deleted.StatusCode == HttpStatusCode.NoContent, await deleted.Content.ReadAsStringAsync());
    }

    private static string NewEmail() => $"u{Guid.CreateVersion7():N}@example.com";

    private static async Task<Guid> InviteAsync(HttpClient client, string email, Guid roleId)
    {
        using var answer = await client.PostAsJsonAsync("v1/invitations", new { email, roleId });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return (Guid)JsonNode.Parse(text)!["id"]!;
    }

    private async Task<(string Tenant, HttpClient Administrator, Guid Role)> StartAsync()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var role = Guid.CreateVersion7();
        await desk.ExecuteAsync(
            """
            insert into user_management.roles (tenant_id, id, name, permissions, created_at) values (@tenant, @role, 'guest', '["invoices:read"]', now())
            """,
            new { tenant, role });
        return (tenant, administrator, role);
    }

    private Task<HttpResponseMessage> AcceptAsync(string tenant, string token) => desk.PostAsync(
        tenant, "v1/auth/invitations/accept", new { token, username = $"u{Guid.CreateVersion7():N}", password = UsersDesk.Password });
}
