using System.Net;
using System.Net.Http.Json;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class PasswordResetTests(UsersDesk desk)
{
    private const string NewPassword = "seven wild geese fly south";

    [Fact]
    public async Task A_reset_counts_once_ends_every_session_and_tells_the_owner()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var before = await desk.SignInAsync(user);
        var token = await AskAsync(user);

        using (var weak = await ResetAsync(user.Tenant, token, "password1"))
            await Problem.AssertAsync(weak, HttpStatusCode.BadRequest, "PASSWORD_REFUSED");
        using (var reset = await ResetAsync(user.Tenant, token))
            Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
        using (var twice = await ResetAsync(user.Tenant, token, "eight wild geese fly south"))
            await Problem.AssertAsync(twice, HttpStatusCode.BadRequest, "TOKEN_INVALID");

        using (var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)before["accessToken"]!))
            Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("v1/me")).StatusCode);
        using (var old = await desk.TrySignInAsync(user.Tenant, user.Email))
            await Problem.AssertAsync(old, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        await desk.SignInAsync(user, NewPassword);
        Assert.Equal(2, (await desk.MailsAsync(user.Email, count: 2)).Count);
        Assert.Equal(
            ["session.started", "account.password_reset_sent", "account.password_reset", "sign_in.failed", "session.started"],
            await desk.AuditAsync(user.Tenant));
    }

    [Fact]
    public async Task A_link_is_good_for_an_hour_in_its_own_tenant_and_one_of_two_at_once_counts()
    {
        var (tenant, other) = (await desk.NewTenantAsync(), await desk.NewTenantAsync());
        var (user, late) = (await desk.NewUserAsync(tenant), await desk.NewUserAsync(tenant));
        var (token, lateToken) = (await AskAsync(user), await AskAsync(late));
        using (var elsewhere = await ResetAsync(other, token))
            await Problem.AssertAsync(elsewhere, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        using (var asVerification = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token }))
            await Problem.AssertAsync(asVerification, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(58));

        var answers = await Task.WhenAll(ResetAsync(tenant, token), ResetAsync(tenant, token));

        Assert.Equal([HttpStatusCode.NoContent, HttpStatusCode.BadRequest], answers.Select(answer => answer.StatusCode).Order());
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(3));
        using var tooLate = await ResetAsync(tenant, lateToken);
        await Problem.AssertAsync(tooLate, HttpStatusCode.BadRequest, "TOKEN_INVALID");
    }

    [Fact]
    public async Task Of_two_links_and_a_change_of_the_password_at_once_one_counts_and_the_others_are_refused()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await ReallySignedInAsync(user);
        var (one, other) = (await NewLinkAsync(user, TokenPurpose.ResetPassword), await NewLinkAsync(user, TokenPurpose.ResetPassword));

        var answers = await AtOnceAsync(
            user,
            () => ResetAsync(user.Tenant, one),
            () => ResetAsync(user.Tenant, other),
            () => client.PostAsJsonAsync("v1/me/password", new { currentPassword = UsersDesk.Password, newPassword = NewPassword }));

        var refused = Assert.Single(answers.GroupBy(answer => answer.StatusCode == HttpStatusCode.NoContent), group => !group.Key);
        Assert.Equal(2, refused.Count());
        Assert.All(refused, answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.BadRequest, HttpStatusCode.Forbidden }));
    }

    [Fact]
    public async Task A_reset_and_a_proof_of_the_address_at_once_do_not_wait_for_each_other()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.ExecuteAsync("update user_management.users set email_verified = false where id = @Id", new { user.Id });
        var (reset, proof) = (await NewLinkAsync(user, TokenPurpose.ResetPassword), await NewLinkAsync(user, TokenPurpose.VerifyEmail));

        var answers = await AtOnceAsync(
            user, () => ResetAsync(user.Tenant, reset), () => desk.PostAsync(user.Tenant, "v1/auth/email/verify", new { token = proof }));

        Assert.Equal(HttpStatusCode.NoContent, answers[0].StatusCode);
        // The new password voids the link, and has proven the address itself.
        Assert.Contains(answers[1].StatusCode, new[] { HttpStatusCode.NoContent, HttpStatusCode.BadRequest });
        await desk.SignInAsync(user, NewPassword);
    }

    [Fact]
    public async Task Nobody_learns_from_asking_for_a_reset_and_a_suspended_account_gets_none()
    {
        var tenant = await desk.NewTenantAsync();
        var suspended = await desk.NewUserAsync(tenant);
        await desk.ExecuteAsync("update user_management.users set status = 'suspended' where id = @Id", new { suspended.Id });
        var known = await desk.NewUserAsync(tenant);

        foreach (var email in new[] { suspended.Email, known.Email, "nobody@example.com" })
        {
            using var asked = await desk.PostAsync(tenant, "v1/auth/password/forgot", new { email });
            Assert.Equal((HttpStatusCode.Accepted, ""), (asked.StatusCode, await asked.Content.ReadAsStringAsync()));
        }

        await desk.MailsAsync(known.Email);
        await desk.UntilQuietAsync();
        Assert.Empty(await desk.ReadMailsAsync(suspended.Email));
    }

    [Fact]
    public async Task A_reset_passes_no_second_factor_by()
    {
        var phone = await Authenticator.EnrolAsync(desk, await desk.NewUserAsync(await desk.NewTenantAsync()));
        var begun = await phone.GivePasswordAsync();
        var token = await AskAsync(phone.User);
        using (var reset = await ResetAsync(phone.User.Tenant, token))
            Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);

        // Whoever knew the old password and owes the code only has nothing any more.
        using (var old = await phone.GiveCodeAsync(begun, phone.NextCode()))
            await Problem.AssertAsync(old, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        using var anew = await phone.GiveCodeAsync(await phone.GivePasswordAsync(NewPassword), phone.NextCode());
        Assert.Equal(HttpStatusCode.OK, anew.StatusCode);
    }

    [Theory]
    [InlineData("password_hash = 'new', password_changed_at = @now")]
    [InlineData("password_reset_required = true")]
    [InlineData("status = 'suspended'")]
    public async Task A_sign_in_with_the_old_password_that_a_new_one_or_an_end_overtakes_opens_nothing(string change)
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());

        using var answer = await OvertakenAsync(user, change, () => desk.TrySignInAsync(user.Tenant, user.Email));

        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        Assert.Equal(0, await desk.ReadAsync<long>("select count(*) from user_management.user_sessions where user_id = @Id", new { user.Id }));
    }

    [Theory]
    [InlineData("password_hash = 'new', password_changed_at = @now")]
    [InlineData("password_hash = 'new', password_reset_required = true")]
    [InlineData("password_hash = 'new', status = 'suspended'")]
    [InlineData("password_hash = 'new', status = 'deleted'")]
    public async Task A_change_by_the_old_password_that_a_new_one_or_an_end_overtakes_changes_nothing(string change)
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await ReallySignedInAsync(user);

        using var answer = await OvertakenAsync(
            user, change,
            () => client.PostAsJsonAsync("v1/me/password", new { currentPassword = UsersDesk.Password, newPassword = NewPassword }));

        await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "WRONG_PASSWORD");
        Assert.Equal("new", await desk.ReadAsync<string>("select password_hash from user_management.users where id = @Id", new { user.Id }));
    }

    [Fact]
    public async Task A_change_from_a_session_that_ends_meanwhile_changes_nothing()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await ReallySignedInAsync(user);
        var before = await desk.ReadAsync<string>("select password_hash from user_management.users where id = @Id", new { user.Id });

        // As when its end has committed and Redis does not know yet.
        await desk.ExecuteAsync("update user_management.user_sessions set ended_at = now() where user_id = @Id", new { user.Id });
        using var answer = await client.PostAsJsonAsync("v1/me/password", new { currentPassword = UsersDesk.Password, newPassword = NewPassword });

        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "SESSION_ENDED");
        Assert.Equal(before, await desk.ReadAsync<string>("select password_hash from user_management.users where id = @Id", new { user.Id }));
    }

    [Fact]
    public async Task A_change_needs_the_current_password_voids_the_links_on_their_way_and_tells_the_owner()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var token = await AskAsync(user);
        using var client = await ReallySignedInAsync(user);

        using (var wrong = await client.PostAsJsonAsync("v1/me/password", new { currentPassword = "not the password", newPassword = NewPassword }))
            await Problem.AssertAsync(wrong, HttpStatusCode.Forbidden, "WRONG_PASSWORD");
        using (var own = await client.PostAsJsonAsync("v1/me/password", new { currentPassword = UsersDesk.Password, newPassword = user.Username }))
            await Problem.AssertAsync(own, HttpStatusCode.BadRequest, "PASSWORD_REFUSED");
        using (var changed = await client.PostAsJsonAsync("v1/me/password", new { currentPassword = UsersDesk.Password, newPassword = NewPassword }))
            Assert.Equal(HttpStatusCode.NoContent, changed.StatusCode);

        using (var late = await ResetAsync(user.Tenant, token))
            await Problem.AssertAsync(late, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        await desk.MailsAsync(user.Email, count: 2);
        Assert.Equal(
            ["account.password_reset_sent", "session.started", "account.password_change_failed", "account.password_changed"],
            await desk.AuditAsync(user.Tenant));
    }

    private async Task<HttpClient> ReallySignedInAsync(TestUser user) =>
        desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)(await desk.SignInAsync(user))["accessToken"]!);

    // The change is written but not committed: the request has looked at the account as it was, and waits for its row.
    private async Task<HttpResponseMessage> OvertakenAsync(TestUser user, string change, Func<Task<HttpResponseMessage>> ask)
    {
        await using var owner = NpgsqlDataSource.Create(desk.Database.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            $"update user_management.users set {change} where id = @Id", new { user.Id, now = desk.Apps.Clock.Now }, transaction);
        var asking = ask();
        await UntilTheyWaitAsync(1);
        await transaction.CommitAsync();
        return await asking;
    }

    // Each has come to the account, one after the other, before the first goes on.
    private async Task<IReadOnlyList<HttpResponseMessage>> AtOnceAsync(TestUser user, params Func<Task<HttpResponseMessage>>[] asks)
    {
        await using var owner = NpgsqlDataSource.Create(desk.Database.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select from user_management.users where id = @Id for no key update", new { user.Id }, transaction);
        var asking = new List<Task<HttpResponseMessage>>();
        foreach (var ask in asks)
        {
            asking.Add(ask());
            await UntilTheyWaitAsync(asking.Count);
        }

        await transaction.CommitAsync();
        return await Task.WhenAll(asking);
    }

    private Task UntilTheyWaitAsync(int count) => Eventually.HoldsAsync(
        async () => await desk.ReadAsync<long>(
            "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()") >= count,
        "The requests do not wait for the row.");

    private async Task<string> NewLinkAsync(TestUser user, TokenPurpose purpose)
    {
        var token = OneTimeToken.Create();
        await desk.ExecuteAsync(
            """
            insert into user_management.one_time_tokens (tenant_id, hash, purpose, user_id, created_at, expires_at)
            values (@Tenant, @hash, @purpose, @Id, @now, @now + interval '1 hour')
            """,
            new
            {
                user.Tenant, user.Id, hash = OneTimeToken.Hash(TenantId.Parse(user.Tenant), purpose, token), purpose = purpose.Name(), now = desk.Apps.Clock.Now,
            });
        return token;
    }

    private async Task<string> AskAsync(TestUser user)
    {
        using var asked = await desk.PostAsync(user.Tenant, "v1/auth/password/forgot", new { email = user.Email });
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        return await desk.TokenMailedAsync(user.Email);
    }

    private Task<HttpResponseMessage> ResetAsync(string tenant, string token, string newPassword = NewPassword) =>
        desk.PostAsync(tenant, "v1/auth/password/reset", new { token, newPassword });
}
