using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class RegistrationTests(UsersDesk desk)
{
    [Fact]
    public async Task A_registered_user_proves_his_address_and_signs_in()
    {
        var tenant = await desk.NewTenantAsync();
        var name = Name();
        using var registered = await RegisterAsync(tenant, $"{name}@example.com", name);
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var view = (await registered.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.False((bool)view["emailVerified"]!);

        using (var early = await desk.TrySignInAsync(tenant, name))
            await Problem.AssertAsync(early, HttpStatusCode.Unauthorized, "INVALID_CREDENTIALS");
        var token = await desk.TokenMailedAsync($"{name}@example.com");
        using (var verified = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token }))
            Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
        using (var again = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token }))
            await Problem.AssertAsync(again, HttpStatusCode.BadRequest, "TOKEN_INVALID");

        using var signedIn = await desk.TrySignInAsync(tenant, name);
        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        Assert.Equal(["account.registered", "sign_in.failed", "account.email_verified", "session.started"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task One_address_written_in_six_ways_thirty_times_at_once_is_one_account_and_two_mails()
    {
        var tenant = await desk.NewTenantAsync();
        var name = Name()[..20];
        var plain = $"{name}\u00e9@example.com";
        string[] ways =
        [
            plain, $"{name}e\u0301@example.com", plain.ToUpperInvariant(), $"{name}\u00c9@Example.Com", $"  {plain} ",
            $"{FullWidth(name)}\u00e9{FullWidth("@example.com")}",
        ];

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(turn => RegisterAsync(tenant, ways[turn % ways.Length], Name())));

        foreach (var answer in answers)
            Assert.True(answer.StatusCode == HttpStatusCode.Created, await answer.Content.ReadAsStringAsync());
        Assert.Equal(plain, await desk.ReadAsync<string>("select email_normalized from user_management.users where tenant_id = @tenant", new { tenant }));
        await desk.UntilQuietAsync();
        // Whoever registers somebody else's address again and again does not fill his mailbox.
        Assert.Equal(2, await desk.ReadAsync<long>("select count(*) from user_management.one_time_tokens where tenant_id = @tenant", new { tenant }));
        var audit = await desk.AuditAsync(tenant);
        Assert.Equal((1, 29), (audit.Count(action => action == "account.registered"), audit.Count(action => action == "account.registered_again")));
    }

    [Fact]
    public async Task A_mail_goes_to_the_address_that_full_width_letters_mean()
    {
        var tenant = await desk.NewTenantAsync();
        var name = Name();

        using var registered = await RegisterAsync(tenant, FullWidth($"{name}@example.com"), name);

        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        using var verified = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token = await desk.TokenMailedAsync($"{name}@example.com") });
        Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
    }

    [Fact]
    public async Task A_taken_address_is_answered_like_a_new_one_and_its_owner_hears_of_it()
    {
        var tenant = await desk.NewTenantAsync();
        var owner = await desk.NewUserAsync(tenant);

        using var ofNew = await RegisterAsync(tenant, $"{Name()}@example.com", Name());
        using var ofTaken = await RegisterAsync(tenant, owner.Email.ToUpperInvariant(), Name());

        Assert.Equal((ofNew.StatusCode, Shape(ofNew)), (ofTaken.StatusCode, Shape(ofTaken)));
        Assert.Equal(await ShapeOfBodyAsync(ofNew), await ShapeOfBodyAsync(ofTaken));
        Assert.Equal(1, await desk.ReadAsync<long>("select count(*) from user_management.users where email_normalized = @Email", new { owner.Email }));
        // The mail helps whoever has forgotten that he has an account.
        var token = await desk.TokenMailedAsync(owner.Email);
        using var reset = await desk.PostAsync(tenant, "v1/auth/password/reset", new { token, newPassword = "seven wild geese fly south" });
        Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);
    }

    [Fact]
    public async Task Two_who_register_a_taken_address_at_the_same_moment_send_its_owner_one_mail()
    {
        var tenant = await desk.NewTenantAsync();
        var owner = await desk.NewUserAsync(tenant);
        await using var data = NpgsqlDataSource.Create(desk.Database.OwnerConnectionString);
        List<Task<HttpResponseMessage>> registering;
        // Neither of them can look whether a mail was sent before both have come that far.
        await using (await TableLock.TakeAsync(data, "user_management.one_time_tokens"))
        {
            registering = [.. Enumerable.Range(0, 2).Select(_ => RegisterAsync(tenant, owner.Email, Name()))];
            await Eventually.HoldsAsync(
                async () => await desk.ReadAsync<long>(
                    "select count(*) from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()") >= 2,
                "Nobody waits.");
        }

        Assert.All(await Task.WhenAll(registering), answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(1, await desk.ReadAsync<long>("select count(*) from user_management.one_time_tokens where tenant_id = @tenant", new { tenant }));
    }

    [Fact]
    public async Task An_account_that_is_cleared_away_while_somebody_registers_its_address_makes_way()
    {
        var tenant = await desk.NewTenantAsync();
        var owner = await desk.NewUserAsync(tenant);
        await using var data = NpgsqlDataSource.Create(desk.Database.OwnerConnectionString);
        await using var connection = await data.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select from user_management.users where id = @Id for update", new { owner.Id }, transaction);

        var registering = RegisterAsync(tenant, owner.Email, Name());
        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<bool>(
                "select exists (select from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database())"),
            "The registration does not wait for the account.");
        await connection.ExecuteAsync("delete from user_management.users where id = @Id", new { owner.Id }, transaction);
        await transaction.CommitAsync();

        using var registered = await registering;
        Assert.True(registered.StatusCode == HttpStatusCode.Created, await registered.Content.ReadAsStringAsync());
        Assert.Equal(1, await desk.ReadAsync<long>(
            "select count(*) from user_management.users where email_normalized = @Email and id <> @Id", new { owner.Email, owner.Id }));
    }

    [Fact]
    public async Task A_username_is_gone_whether_its_address_was_new_or_taken()
    {
        var tenant = await desk.NewTenantAsync();
        var owner = await desk.NewUserAsync(tenant);
        foreach (var email in new[] { $"{Name()}@example.com", owner.Email })
        {
            var username = Name();
            using (var first = await RegisterAsync(tenant, email, username))
                Assert.Equal(HttpStatusCode.Created, first.StatusCode);

            using var second = await RegisterAsync(tenant, $"{Name()}@example.com", username.ToUpperInvariant());
            await Problem.AssertAsync(second, HttpStatusCode.Conflict, "USERNAME_TAKEN");
        }
    }

    [Theory]
    [InlineData("\u1f08\u03bb\u03ad\u03be\u03b1\u03bd\u03b4\u03c1\u03bf\u03c2")]
    [InlineData("\u0645\u062d\u0645\u062f_\u0639\u0644\u064a")]
    [InlineData("\U0001f680Moon\u2764\ufe0f")]
    public async Task A_username_of_any_writing_is_shown_as_it_was_typed_and_signs_in(string username)
    {
        var tenant = await desk.NewTenantAsync();
        using var registered = await RegisterAsync(tenant, $"{Name()}@example.com", username);
        Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        await desk.ExecuteAsync("update user_management.users set email_verified = true where tenant_id = @tenant", new { tenant });

        using var signedIn = await desk.TrySignInAsync(tenant, username.ToUpperInvariant());

        Assert.Equal(HttpStatusCode.OK, signedIn.StatusCode);
        var tokens = (await signedIn.Content.ReadFromJsonAsync<JsonNode>())!;
        using var client = desk.Apps.Client(Local.Stack.FunctionApp.Users, tenant, (string)tokens["accessToken"]!);
        Assert.Equal(username, (string)(await client.GetFromJsonAsync<JsonNode>("v1/me"))!["username"]!);
    }

    [Theory]
    [InlineData("ad\u200bmin", "ad\u200bmin@example.com")]
    [InlineData("\u0430dmin", "\u0430dmin@example.com")]
    [InlineData("admin\u202e", "admin@ex\u00adample.com")]
    [InlineData("ad\u2060min", "admin@ex\u0430mple.com")]
    public async Task What_imitates_another_name_is_refused(string username, string email)
    {
        var tenant = await desk.NewTenantAsync();
        using (var byUsername = await RegisterAsync(tenant, $"{Name()}@example.com", username))
            await Problem.AssertAsync(byUsername, HttpStatusCode.BadRequest, "INVALID_USERNAME");
        using (var byEmail = await RegisterAsync(tenant, email, Name()))
            await Problem.AssertAsync(byEmail, HttpStatusCode.BadRequest, "INVALID_EMAIL");

        Assert.Equal(0, await desk.ReadAsync<long>("select count(*) from user_management.usernames where tenant_id = @tenant", new { tenant }));
    }

    [Fact]
    public async Task A_new_link_leaves_the_one_before_good_and_no_answer_tells_whether_there_is_an_account()
    {
        var tenant = await desk.NewTenantAsync();
        var email = $"{Name()}@example.com";
        using (var registered = await RegisterAsync(tenant, email, Name()))
            Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        var first = await desk.TokenMailedAsync(email);
        var verified = await desk.NewUserAsync(tenant);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(2));

        foreach (var address in new[] { email.ToUpperInvariant(), email, $"{Name()}@example.com", verified.Email })
        {
            using var asked = await desk.PostAsync(tenant, "v1/auth/email/resend", new { email = address });
            Assert.Equal((HttpStatusCode.Accepted, ""), (asked.StatusCode, await asked.Content.ReadAsStringAsync()));
        }

        var second = await desk.TokenMailedAsync(email, count: 2);
        await desk.UntilQuietAsync();
        Assert.Equal(2, (await desk.ReadMailsAsync(email)).Count);
        Assert.Empty(await desk.ReadMailsAsync(verified.Email));
        Assert.NotEqual(first, second);
        using (var good = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token = first }))
            Assert.Equal(HttpStatusCode.NoContent, good.StatusCode);
        using var again = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token = first });
        await Problem.AssertAsync(again, HttpStatusCode.BadRequest, "TOKEN_INVALID");
    }

    [Fact]
    public async Task Who_asks_on_the_last_day_of_an_unproven_account_gets_a_link_that_ends_with_it()
    {
        var tenant = await desk.NewTenantAsync();
        var email = $"{Name()}@example.com";
        using (var registered = await RegisterAsync(tenant, email, Name()))
            Assert.Equal(HttpStatusCode.Created, registered.StatusCode);
        await desk.TokenMailedAsync(email);
        await desk.ExecuteAsync("update user_management.users set created_at = created_at - interval '7.5 days' where tenant_id = @tenant", new { tenant });
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(2));

        using (var asked = await desk.PostAsync(tenant, "v1/auth/email/resend", new { email }))
            Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);

        var token = await desk.TokenMailedAsync(email, count: 2);
        Assert.Equal(1, await desk.ReadAsync<long>(
            """
            select count(*) from user_management.one_time_tokens t join user_management.users u on u.tenant_id = t.tenant_id and u.id = t.user_id
            where t.tenant_id = @tenant and t.expires_at = u.created_at + interval '8 days'
            """,
            new { tenant }));
        using var verified = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token });
        Assert.Equal(HttpStatusCode.NoContent, verified.StatusCode);
    }

    [Fact]
    public async Task A_link_is_refused_by_another_tenant_stays_good_in_its_own_and_ends_after_a_day()
    {
        var (tenant, other) = (await desk.NewTenantAsync(), await desk.NewTenantAsync());
        var (soon, late) = ($"{Name()}@example.com", $"{Name()}@example.com");
        foreach (var email in new[] { soon, late })
            Assert.Equal(HttpStatusCode.Created, (await RegisterAsync(tenant, email, Name())).StatusCode);
        var (soonToken, lateToken) = (await desk.TokenMailedAsync(soon), await desk.TokenMailedAsync(late));

        using (var elsewhere = await desk.PostAsync(other, "v1/auth/email/verify", new { token = soonToken }))
            await Problem.AssertAsync(elsewhere, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        using (var asPassword = await desk.PostAsync(
            tenant, "v1/auth/password/reset", new { token = soonToken, newPassword = "seven wild geese fly south" }))
            await Problem.AssertAsync(asPassword, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        desk.Apps.Clock.Advance(TimeSpan.FromHours(23.9));
        using (var here = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token = soonToken }))
            Assert.Equal(HttpStatusCode.NoContent, here.StatusCode);
        desk.Apps.Clock.Advance(TimeSpan.FromHours(0.2));

        using var tooLate = await desk.PostAsync(tenant, "v1/auth/email/verify", new { token = lateToken });
        await Problem.AssertAsync(tooLate, HttpStatusCode.BadRequest, "TOKEN_INVALID");
    }

    private static string Name() => $"u{Guid.CreateVersion7():N}";

    private static string FullWidth(string ascii) => string.Concat(ascii.Select(letter => (char)(letter + 0xFEE0)));

    // What is different for every request anyway.
    private static string Shape(HttpResponseMessage answer) => string.Join(
        ' ', answer.Headers.Concat(answer.Content.Headers).Select(header => header.Key)
            .Where(name => name is not "Date" and not "Content-Length").Order());

    private static async Task<string> ShapeOfBodyAsync(HttpResponseMessage answer) => string.Join(
        ' ', (await answer.Content.ReadFromJsonAsync<JsonNode>())!.AsObject().Select(member => $"{member.Key}:{member.Value?.GetValueKind()}"));

    private Task<HttpResponseMessage> RegisterAsync(string tenant, string email, string username, string password = UsersDesk.Password) =>
        desk.PostAsync(tenant, "v1/auth/register", new { email, username, password });
}
