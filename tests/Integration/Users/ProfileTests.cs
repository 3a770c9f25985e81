using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class ProfileTests(UsersDesk desk)
{
    [Fact]
    public async Task A_user_sets_his_names_and_phone_and_another_number_is_not_proven()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.ExecuteAsync("update user_management.users set phone = '+6281234567890', phone_verified = true where id = @Id", new { user.Id });
        using var client = await SignedInAsync(user);

        var same = await PutAsync(client, new { firstName = "Budi", lastName = "Santoso", phone = "+62 812 3456 7890" });
        Assert.Equal(("Budi", "Santoso", true), ((string?)same["firstName"], (string?)same["lastName"], (bool)same["phoneVerified"]!));

        var other = await PutAsync(client, new { firstName = "Budi", phone = "+62 811 1111 1111" });
        Assert.Equal(((string?)null, "+6281111111111", false), ((string?)other["lastName"], (string?)other["phone"], (bool)other["phoneVerified"]!));
        Assert.Contains("account.profile_changed", await desk.AuditAsync(user.Tenant));
    }

    [Fact]
    public async Task A_change_that_a_deletion_overtakes_writes_nothing_into_the_deleted_account()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await SignedInAsync(user);
        await desk.ExecuteAsync("update user_management.users set status = 'deleted' where id = @Id", new { user.Id });

        using var answer = await client.PutAsJsonAsync("v1/me", new { firstName = "Budi", phone = "+62 811 1111 1111" });

        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "SESSION_ENDED");
        Assert.Equal(0, await desk.ReadAsync<long>(
            "select count(*) from user_management.users where id = @Id and (first_name is not null or phone is not null)", new { user.Id }));
    }

    [Theory]
    [InlineData("""{"email":"other@example.com"}""")]
    [InlineData("""{"status":"active"}""")]
    [InlineData("""{"emailVerified":true}""")]
    [InlineData("""{"id":"0198a1a0-0000-7000-8000-000000000001"}""")]
    [InlineData("""{"tenantId":"default"}""")]
    [InlineData("""{"roles":["admin"]}""")]
    public async Task Nothing_else_of_an_account_can_be_set(string body)
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await SignedInAsync(user);

        using var answer = await client.PutAsync("v1/me", new StringContent(body, null, "application/json"));

        await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "UNKNOWN_MEMBER");
    }

    [Fact]
    public async Task A_deletion_waits_fourteen_days_and_leaves_nothing_personal()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var session = await desk.SignInAsync(user);
        using var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)session["accessToken"]!);

        using (var asked = await client.DeleteAsync("v1/me"))
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Contains("2", (string)(await desk.MailsAsync(user.Email))[0]["text"]!);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("v1/me")).StatusCode);

        desk.Apps.Clock.Advance(TimeSpan.FromDays(14) - TimeSpan.FromMinutes(5));
        await CleanUpAsync();
        Assert.Equal("active", await StatusAsync(user));
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(10));
        await CleanUpAsync();

        Assert.Equal("deleted", await StatusAsync(user));
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync("v1/me")).StatusCode);
        Assert.Equal(0, await desk.ReadAsync<long>(
            """
            select (select count(*) from user_management.users where email ilike @part or username ilike @part)
                + (select count(*) from user_management.usernames where user_id = @Id)
                + (select count(*) from user_management.user_sessions where user_id = @Id and (ip_address is not null or user_agent is not null))
            """,
            new { user.Id, part = $"%{user.Username}%" }));
        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<long>(
                "select count(*) from notification_management.notification_history where recipient_email = @Email", new { user.Email }) == 0,
            "Notifications remembers the address.");
        Assert.Contains("account.deleted", await desk.AuditAsync(user.Tenant));
        // The address and the name are free again.
        using var anew = await desk.PostAsync(
            user.Tenant, "v1/auth/register", new { email = user.Email, username = user.Username, password = UsersDesk.Password });
        Assert.Equal(HttpStatusCode.Created, anew.StatusCode);
    }

    [Fact]
    public async Task No_invitation_remembers_a_deleted_address_and_none_is_kept_a_month_after_its_end()
    {
        var tenant = await desk.NewTenantAsync();
        var user = await desk.NewUserAsync(tenant);
        // Accepted by himself, revoked and still open; and of others: ended long ago, lately and not yet.
        await desk.ExecuteAsync(
            """
            insert into user_management.roles (tenant_id, id, name, created_at) values (@tenant, @role, 'guest', now());
            insert into user_management.invitations
                (tenant_id, id, email, email_normalized, role_id, role_name, token_hash, created_at, expires_at, accepted_at, revoked_at)
            select @tenant, id, email, email, @role, 'guest', decode(md5(id::text), 'hex'), @now, expires_at, accepted_at, revoked_at
            from (values
                (@Id, @Email, @now + interval '20 days', @now, null),
                (gen_random_uuid(), @Email, @now + interval '20 days', null::timestamptz, @now),
                (gen_random_uuid(), @Email, @now + interval '20 days', null, null),
                (gen_random_uuid(), 'long.ago@example.com', @now + interval '90 days', @now - interval '20 days', null),
                (gen_random_uuid(), 'ran.out@example.com', @now - interval '20 days', null, null),
                (gen_random_uuid(), 'lately@example.com', @now + interval '90 days', @now - interval '10 days', null),
                (gen_random_uuid(), 'open@example.com', @now + interval '20 days', null, null))
                as one (id, email, expires_at, accepted_at, revoked_at)
            """,
            new { tenant, role = Guid.CreateVersion7(), user.Id, user.Email, now = desk.Apps.Clock.Now });
        using (var client = await SignedInAsync(user))
        using (await client.DeleteAsync("v1/me"))
            desk.Apps.Clock.Advance(TimeSpan.FromDays(14.1));

        await CleanUpAsync();
        using (var host = desk.Apps.Client(FunctionApp.Users, tenant: null))
            (await host.PostAsJsonAsync("admin/functions/Housekeeping", new { input = "" })).EnsureSuccessStatusCode();
        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<long>(
                "select count(*) from user_management.invitations where tenant_id = @tenant and email in ('long.ago@example.com', 'ran.out@example.com')",
                new { tenant }) == 0,
            "Invitations that ended long ago stay.");

        Assert.Equal(
            [("deleted", false), ("deleted", false), ("deleted", false), ("lately@example.com", false), ("open@example.com", true)],
            await desk.QueryAsync<(string, bool)>(
                """
                select email, accepted_at is null and revoked_at is null from user_management.invitations where tenant_id = @tenant order by email
                """,
                new { tenant }));
        Assert.Equal(0, await desk.ReadAsync<long>(
            "select count(*) from user_management.invitations where email_normalized = @Email", new { user.Email }));
    }

    [Fact]
    public async Task Nobody_stops_deletions_by_taking_the_name_that_a_deleted_account_will_have()
    {
        var tenant = await desk.NewTenantAsync();
        var (user, other) = (await desk.NewUserAsync(tenant), await desk.NewUserAsync(tenant));
        foreach (var one in new[] { user, other })
        {
            using var client = await SignedInAsync(one);
            using var asked = await client.DeleteAsync("v1/me");
            Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        }

        foreach (var (email, username) in new[]
        {
            ($"deleted-{user.Id}@deleted.invalid", $"n{Guid.CreateVersion7():N}"), ($"{Guid.CreateVersion7():N}@example.com", $"deleted-{user.Id}"),
        })
        {
            using var registered = await desk.PostAsync(tenant, "v1/auth/register", new { email, username, password = UsersDesk.Password });
            Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        }

        foreach (var (email, username, code) in new[]
        {
            ($"deleted:{user.Id}", $"n{Guid.CreateVersion7():N}", "INVALID_EMAIL"), ($"{Guid.CreateVersion7():N}@example.com", $"deleted:{user.Id}", "INVALID_USERNAME"),
        })
        {
            using var refused = await desk.PostAsync(tenant, "v1/auth/register", new { email, username, password = UsersDesk.Password });
            await Problem.AssertAsync(refused, HttpStatusCode.BadRequest, code);
        }

        desk.Apps.Clock.Advance(TimeSpan.FromDays(14.1));
        await CleanUpAsync();

        Assert.Equal("deleted", await StatusAsync(user));
        Assert.Equal("deleted", await StatusAsync(other));
    }

    [Fact]
    public async Task An_account_that_cannot_be_forgotten_keeps_no_other_and_no_later_step_from_being_done()
    {
        var tenant = await desk.NewTenantAsync();
        var (stuck, other) = (await desk.NewUserAsync(tenant), await desk.NewUserAsync(tenant));
        // Something that only a fault of ours could leave behind.
        var inTheWay = await desk.NewUserAsync(tenant);
        await desk.ExecuteAsync(
            """
            update user_management.users set email_normalized = 'deleted:' || @stuck where id = @inTheWay;
            update user_management.users set deletion_due_at = now() - interval '2 days' where id = @stuck;
            update user_management.users set deletion_due_at = now() - interval '1 day' where id = @other;
            """,
            new { stuck = stuck.Id, other = other.Id, inTheWay = inTheWay.Id });

        await CleanUpAsync();

        Assert.Equal(("active", "deleted"), (await StatusAsync(stuck), await StatusAsync(other)));
        await desk.ExecuteAsync("update user_management.users set email_normalized = email where id = @Id", new { inTheWay.Id });
        await CleanUpAsync();
        Assert.Equal("deleted", await StatusAsync(stuck));
    }

    [Fact]
    public async Task A_deletion_can_be_withdrawn()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await SignedInAsync(user);
        using (await client.DeleteAsync("v1/me"))
        using (var kept = await client.PostAsync("v1/me/keep", null))
            Assert.Equal(HttpStatusCode.OK, kept.StatusCode);

        using (var again = await client.PostAsync("v1/me/keep", null))
            await Problem.AssertAsync(again, HttpStatusCode.Conflict, "NO_DELETION");
        desk.Apps.Clock.Advance(TimeSpan.FromDays(15));
        await CleanUpAsync();

        Assert.Equal("active", await StatusAsync(user));
    }

    [Fact]
    public async Task The_last_administrator_cannot_delete_himself()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        await desk.GiveRoleAsync(user, "admin", "*");
        using var client = await SignedInAsync(user);

        using var answer = await client.DeleteAsync("v1/me");

        await Problem.AssertAsync(answer, HttpStatusCode.Conflict, "LAST_ADMINISTRATOR");
    }

    [Fact]
    public async Task An_account_that_nobody_proves_is_gone_after_eight_days_with_its_name()
    {
        var tenant = await desk.NewTenantAsync();
        var name = $"n{Guid.CreateVersion7():N}";
        using (await desk.PostAsync(tenant, "v1/auth/register", new { email = $"{name}@example.com", username = name, password = UsersDesk.Password }))
            desk.Apps.Clock.Advance(TimeSpan.FromDays(8.1));

        await CleanUpAsync();

        Assert.Equal(0, await desk.ReadAsync<long>(
            "select count(*) from user_management.users u full join user_management.usernames n using (tenant_id) where tenant_id = @tenant", new { tenant }));
        Assert.Equal(["account.registered", "account.removed"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task Whatever_was_mailed_to_an_address_is_forgotten_with_it_under_whichever_id()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var role = await desk.ReadAsync<Guid>("select id from user_management.roles where tenant_id = @tenant", new { tenant });
        // One who registered himself after he was invited, one who never answered, one whose account made way for his invitation, one who never came.
        var (deleted, invited, accepted, unproven) = (NewEmail(), NewEmail(), NewEmail(), NewEmail());
        foreach (var email in new[] { deleted, invited, accepted })
            Assert.Equal(HttpStatusCode.Created, (await administrator.PostAsJsonAsync("v1/invitations", new { email, roleId = role })).StatusCode);
        var token = await desk.TokenMailedAsync(accepted);
        foreach (var email in new[] { deleted, accepted, unproven })
            Assert.Equal(HttpStatusCode.Created, await RegisterAsync(tenant, email, email.Split('@')[0]));
        foreach (var (email, count) in new[] { (deleted, 2), (invited, 1), (accepted, 2), (unproven, 1) })
            await desk.MailsAsync(email, count);
        var squatter = await desk.ReadAsync<Guid>("select id from user_management.users where email = @accepted", new { accepted });

        using (var answer = await desk.PostAsync(
            tenant, "v1/auth/invitations/accept", new { token, username = $"n{Guid.CreateVersion7():N}", password = UsersDesk.Password }))
            Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await desk.ExecuteAsync(
            """
            update user_management.users set email_verified = true, deletion_due_at = @now where email = @deleted;
            update user_management.users set created_at = @now - interval '9 days' where email = @unproven;
            update user_management.invitations set expires_at = @now - interval '31 days' where email = @invited;
            """,
            new { deleted, unproven, invited, now = desk.Apps.Clock.Now });
        await CleanUpAsync();

        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<long>(
                """
                select count(*) from notification_management.notification_history
                where tenant_id = @tenant and (user_id = @squatter or recipient_email in (@deleted, @invited, @unproven))
                    and (recipient_email is not null or title <> '' or message <> '')
                """,
                new { tenant, squatter, deleted, invited, unproven }) == 0,
            "Notifications remembers somebody.");
        // What was sent to an account that is there stays.
        Assert.True(await desk.ReadAsync<bool>(
            "select exists (select from notification_management.notification_history where tenant_id = @tenant and recipient_email = @accepted)",
            new { tenant, accepted }));
    }

    [Fact]
    public async Task A_name_that_is_held_and_that_of_an_account_which_nobody_proved_are_free_from_the_same_moment()
    {
        var tenant = await desk.NewTenantAsync();
        var owner = await desk.NewUserAsync(tenant);
        // Whether the address was new or taken, nobody is to learn by asking for the name again.
        string[] names = [$"n{Guid.CreateVersion7():N}", $"n{Guid.CreateVersion7():N}"];
        Assert.Equal(HttpStatusCode.Created, await RegisterAsync(tenant, $"{names[0]}@example.com", names[0]));
        Assert.Equal(HttpStatusCode.Created, await RegisterAsync(tenant, owner.Email, names[1]));
        await using (await HoldTimerAsync())
        {
            desk.Apps.Clock.Advance(TimeSpan.FromDays(8.1));
            foreach (var name in names)
                Assert.Equal(HttpStatusCode.Conflict, await RegisterAsync(tenant, NewEmail(), name));
        }

        await CleanUpAsync();

        foreach (var name in names)
            Assert.Equal(HttpStatusCode.Created, await RegisterAsync(tenant, NewEmail(), name));
    }

    [Fact]
    public async Task Who_registers_again_before_the_clean_up_takes_his_overdue_account_gets_another_one_and_its_mail()
    {
        var tenant = await desk.NewTenantAsync();
        var email = NewEmail();
        string[] names = [$"n{Guid.CreateVersion7():N}", $"n{Guid.CreateVersion7():N}"];
        Assert.Equal(HttpStatusCode.Created, await RegisterAsync(tenant, email, names[0]));
        await desk.MailsAsync(email);
        await using (await HoldTimerAsync())
        {
            desk.Apps.Clock.Advance(TimeSpan.FromDays(8.1));
            Assert.Equal(HttpStatusCode.Created, await RegisterAsync(tenant, email, names[1]));
            // Free at once it would tell that the address had been free.
            Assert.Equal(HttpStatusCode.Conflict, await RegisterAsync(tenant, NewEmail(), names[0]));
        }

        using (var verified = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token = await desk.TokenMailedAsync(email, count: 2) }))
            Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        using (var signedIn = await desk.TrySignInAsync(tenant, names[1]))
            Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        await CleanUpAsync();
        Assert.Equal(HttpStatusCode.Created, await RegisterAsync(tenant, NewEmail(), names[0]));
        Assert.Equal(["account.registered", "account.removed", "account.registered"], (await desk.AuditAsync(tenant)).Take(3));
    }

    [Fact]
    public async Task An_unproven_account_goes_with_the_sessions_that_were_opened_in_its_name()
    {
        var tenant = await desk.NewTenantAsync();
        var user = await desk.NewUserAsync(tenant);
        await desk.SignInAsync(user);
        await desk.ExecuteAsync(
            "update user_management.users set email_verified = false, created_at = now() - interval '9 days' where id = @Id", new { user.Id });

        await CleanUpAsync();

        Assert.Equal(0, await desk.ReadAsync<long>("select count(*) from user_management.users where tenant_id = @tenant", new { tenant }));
    }

    private static string NewEmail() => $"u{Guid.CreateVersion7():N}@example.com";

    private async Task<HttpStatusCode> RegisterAsync(string tenant, string email, string username)
    {
        using var answer = await desk.PostAsync(tenant, "v1/auth/register", new { email, username, password = UsersDesk.Password });
        return answer.StatusCode;
    }

    // Until it is disposed of, the turn of the clean-up is taken: it does not run, whatever the clock says.
    private async Task<NpgsqlConnection> HoldTimerAsync()
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(desk.Database.OwnerConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync("select pg_advisory_lock(hashtextextended(name, 0)) from local_broker.timers where name like '%/CleanUpAccounts'");
        return connection;
    }

    private async Task<HttpClient> SignedInAsync(TestUser user) =>
        desk.Apps.Client(FunctionApp.Users, user.Tenant, await desk.Sessions.SignInAsync(user.Tenant, user.Id));

    private static async Task<JsonNode> PutAsync(HttpClient client, object body)
    {
        using var answer = await client.PutAsJsonAsync("v1/me", body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private Task<string> StatusAsync(TestUser user) =>
        desk.ReadAsync<string>("select status from user_management.users where id = @Id", new { user.Id });

    // By hand, as the real host lets an administrator do. Its last act is to free names that nobody holds any more: one is put there to be found.
    private async Task CleanUpAsync()
    {
        var mark = $"mark-{Guid.CreateVersion7():N}";
        await desk.ExecuteAsync(
            "insert into user_management.usernames (tenant_id, username_normalized, held_until) values ('default', @mark, '2020-01-01')", new { mark });
        using var host = new HttpClient { BaseAddress = new Uri(desk.Apps.Endpoints.Url(FunctionApp.Users)) };
        using var fired = await host.PostAsync("admin/functions/CleanUpAccounts", new StringContent("{}", null, "application/json"));
        Assert.Equal(HttpStatusCode.Accepted, fired.StatusCode);
        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<long>("select count(*) from user_management.usernames where username_normalized = @mark", new { mark }) == 0,
            "The clean-up did not come to its end.");
    }
}
