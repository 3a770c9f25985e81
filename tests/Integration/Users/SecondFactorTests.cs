using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Caching;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class SecondFactorTests(UsersDesk desk)
{
    [Fact]
    public async Task With_a_second_factor_the_password_opens_nothing_and_the_code_does()
    {
        var phone = await EnrolAsync();
        var mfaToken = await phone.GivePasswordAsync();
        using (var asBearer = desk.Apps.Client(FunctionApp.Users, phone.User.Tenant, mfaToken))
            await Problem.AssertAsync(await asBearer.GetAsync("v1/me"), HttpStatusCode.Unauthorized, "TOKEN_INVALID");

        using var answer = await phone.GiveCodeAsync(mfaToken, phone.NextCode());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var tokens = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        using var client = desk.Apps.Client(FunctionApp.Users, phone.User.Tenant, (string)tokens["accessToken"]!);
        var me = (await client.GetFromJsonAsync<JsonNode>("v1/me"))!;
        Assert.True((bool)me["mfaEnabled"]!);
        Assert.NotNull((string?)tokens["refreshToken"]);
        Assert.Equal(["session.started", "mfa.enrolled", "mfa.confirmed", "sign_in.second_factor_asked", "session.started"], await desk.AuditAsync(phone.User.Tenant));
    }

    [Fact]
    public async Task A_phone_counts_only_after_its_first_code()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await ClientAsync(user);
        var first = await Authenticator.EnrolAsync(client);
        var second = await Authenticator.EnrolAsync(client);
        Assert.False((bool)(await desk.SignInAsync(user))["mfaRequired"]!);

        using (var replaced = await ConfirmAsync(client, Authenticator.CodeOf(first, desk.Apps.Clock.Now)))
            await Problem.AssertAsync(replaced, HttpStatusCode.Forbidden, "WRONG_CODE");
        Assert.False((bool)(await desk.SignInAsync(user))["mfaRequired"]!);
        using (var confirmed = await ConfirmAsync(client, Authenticator.CodeOf(second, desk.Apps.Clock.Now)))
            Assert.Equal(HttpStatusCode.OK, confirmed.StatusCode);

        Assert.True((bool)(await desk.SignInAsync(user))["mfaRequired"]!);
        using var again = await client.PostAsync("v1/me/mfa/totp", null);
        await Problem.AssertAsync(again, HttpStatusCode.Conflict, "MFA_ALREADY_ON");
    }

    [Fact]
    public async Task Recovery_codes_are_shown_although_Redis_cannot_be_told_that_the_code_was_right()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await ClientAsync(user);
        var code = Authenticator.CodeOf(await Authenticator.EnrolAsync(client), desk.Apps.Clock.Now);
        await using var owner = NpgsqlDataSource.Create(desk.Database.OwnerConnectionString);
        await using var connection = await owner.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select from user_management.totp_devices where user_id = @Id for update", new { user.Id }, transaction);

        var confirming = ConfirmAsync(client, code);
        await Eventually.HoldsAsync(
            async () => await desk.ReadAsync<bool>(
                "select exists (select from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database())"),
            "The code does not wait for its device.");
        // No script can settle a place in that: it fails as it would without Redis.
        await desk.Sessions.Redis.StringSetAsync(CacheKeys.Lockout(TenantId.Parse(user.Tenant), $"{user.Id:N}-codes"), "no hash");
        await transaction.CommitAsync();

        using var confirmed = await confirming;
        var text = await confirmed.Content.ReadAsStringAsync();
        Assert.True(confirmed.StatusCode == HttpStatusCode.OK, text);
        Assert.Equal(10, Authenticator.CodesIn(JsonNode.Parse(text)!).Count);
    }

    [Fact]
    public async Task A_code_counts_once()
    {
        var phone = await EnrolAsync();
        using (var confirming = await phone.GiveCodeAsync(await phone.GivePasswordAsync(), phone.FirstCode))
            await Problem.AssertAsync(confirming, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        string[] tokens = [await phone.GivePasswordAsync(), await phone.GivePasswordAsync(), await phone.GivePasswordAsync()];
        var code = phone.NextCode();

        var answers = await Task.WhenAll(tokens.Select(token => phone.GiveCodeAsync(token, code)));

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized], answers.Select(answer => answer.StatusCode).Order());
    }

    [Fact]
    public async Task The_token_of_a_sign_in_is_used_up_by_the_first_right_code()
    {
        var phone = await EnrolAsync();
        var mfaToken = await phone.GivePasswordAsync();

        var answers = await Task.WhenAll(phone.RecoveryCodes.Take(4).Select(code => phone.GiveRecoveryCodeAsync(mfaToken, code)));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        using var late = await phone.GiveCodeAsync(mfaToken, phone.NextCode());
        await Problem.AssertAsync(late, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        // What came too late is not used up.
        Assert.Equal(1, await desk.ReadAsync<long>(
            "select count(*) from user_management.recovery_codes where user_id = @Id and used_at is not null", new { phone.User.Id }));
    }

    [Fact]
    public async Task The_token_of_a_sign_in_lives_five_minutes_and_in_its_tenant()
    {
        var phone = await EnrolAsync();
        var (early, late) = (await phone.GivePasswordAsync(), await phone.GivePasswordAsync());
        var other = await desk.NewTenantAsync();
        using (var elsewhere = await desk.PostAsync(other, "v1/auth/mfa", new { mfaToken = early, code = phone.NextCode() }))
            await Problem.AssertAsync(elsewhere, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        using (var here = await phone.GiveCodeAsync(early, phone.NextCode()))
            Assert.Equal(HttpStatusCode.OK, here.StatusCode);

        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(5));

        using var answer = await phone.GiveCodeAsync(late, phone.NextCode());
        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "MFA_REFUSED");
    }

    [Fact]
    public async Task The_token_of_a_sign_in_is_good_for_five_tries()
    {
        var phone = await EnrolAsync();
        var mfaToken = await phone.GivePasswordAsync();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var wrong = await phone.GiveCodeAsync(mfaToken, phone.WrongCode());
            await Problem.AssertAsync(wrong, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        }

        // The lock of the fifth wrong code is over by then.
        using (var sixth = await phone.GiveCodeAsync(mfaToken, phone.NextCode()))
            await Problem.AssertAsync(sixth, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        using var anew = await phone.GiveCodeAsync(await phone.GivePasswordAsync(), phone.NextCode());
        Assert.Equal(HttpStatusCode.OK, anew.StatusCode);
    }

    [Fact]
    public async Task Ten_wrong_codes_lock_codes_for_a_quarter_of_an_hour_and_right_passwords_do_not_forgive_them()
    {
        var phone = await EnrolAsync();
        using var client = phone.Client();
        for (var wrong = 1; wrong <= 10; wrong++)
        {
            using var refused = await StepUpAsync(client, new { code = phone.WrongCode() });
            await Problem.AssertAsync(refused, HttpStatusCode.Forbidden, "WRONG_CODE");
            if (wrong < 10)
                desk.Apps.Clock.Advance(TimeSpan.FromMinutes(6));
            if (wrong == 7)
                await phone.GivePasswordAsync();
        }

        using (var locked = await phone.GiveCodeAsync(await phone.GivePasswordAsync(), phone.NextCode()))
            await Problem.AssertAsync(locked, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(15));

        using var open = await phone.GiveCodeAsync(await phone.GivePasswordAsync(), phone.NextCode());
        Assert.Equal(HttpStatusCode.OK, open.StatusCode);
        Assert.Equal(11, (await desk.AuditAsync(phone.User.Tenant)).Count(action => action == "mfa.failed"));
    }

    [Fact]
    public async Task A_token_that_is_none_and_an_account_that_is_shut_out_meanwhile_are_written_down()
    {
        var phone = await EnrolAsync();
        var mfaToken = await phone.GivePasswordAsync();
        using (var none = await phone.GiveCodeAsync("no-token-of-ours", phone.NextCode()))
            await Problem.AssertAsync(none, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        await desk.ExecuteAsync("update user_management.users set status = 'suspended' where id = @Id", new { phone.User.Id });

        using (var late = await phone.GiveCodeAsync(mfaToken, phone.NextCode()))
            await Problem.AssertAsync(late, HttpStatusCode.Unauthorized, "MFA_REFUSED");

        Assert.Equal(
            [(null, "wrong_token"), ((Guid?)phone.User.Id, "not_allowed")],
            await desk.QueryAsync<(Guid?, string)>(
                """
                select target_id, detail ->> 'reason' from user_management.audit_log where tenant_id = @Tenant and action = 'mfa.failed' order by seq
                """,
                new { phone.User.Tenant }));
    }

    [Fact]
    public async Task Second_factors_and_the_log_outlive_a_change_of_the_secret()
    {
        var phone = await EnrolAsync();
        var old = LocalSettings.Shared(desk.Apps.Endpoints)["JWT_SECRET"]!;
        var settings = new Dictionary<string, string?> { ["JWT_SECRET"] = "another-secret-that-is-long-enough-for-everything", ["JWT_OLD_SECRETS"] = old };
        await using var later = await desk.Database.StartAppsAsync(settings, FunctionApp.Users);
        later.CatchUpWith(desk.Apps);
        using var client = later.Client(FunctionApp.Users, phone.User.Tenant);

        var code = phone.NextCode();
        later.CatchUpWith(desk.Apps);
        var byCode = await SignInAsync(client, phone.User, new { code });
        await SignInAsync(client, phone.User, new { recoveryCode = phone.RecoveryCodes[0] });
        using (var user = later.Client(FunctionApp.Users, phone.User.Tenant, (string)byCode["accessToken"]!))
            Assert.Equal(HttpStatusCode.OK, (await user.GetAsync("v1/me")).StatusCode);
        await desk.GiveRoleAsync(phone.User, "admin", "*");
        var administrator = await SignInAsync(client, phone.User, new { recoveryCode = phone.RecoveryCodes[1] });
        using (var user = later.Client(FunctionApp.Users, phone.User.Tenant, (string)administrator["accessToken"]!))
            Assert.True((bool)(await user.GetFromJsonAsync<JsonNode>("v1/audit-log/verify"))!["intact"]!);

        // Without the old one there is a sentence that says what is missing.
        settings["JWT_OLD_SECRETS"] = null;
        await later.StartAppAsync(FunctionApp.Users, settings);
        using var refused = await GiveFactorAsync(client, phone.User, new { code = "123456" });
        await Problem.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, "SECOND_FACTOR_UNREADABLE");
    }

    [Fact]
    public async Task Who_leaves_while_his_device_is_in_use_leaves_no_transaction_behind()
    {
        using var client = await desk.SignedInAsync(await desk.NewUserAsync(await desk.NewTenantAsync()));
        await using var data = NpgsqlDataSource.Create(desk.Database.OwnerConnectionString);
        await using var table = await TableLock.TakeAsync(data, "user_management.totp_devices");
        using var patience = new CancellationTokenSource();
        var request = client.DeleteAsync("v1/me/mfa/totp", patience.Token);
        await table.UntilSomebodyWaitsAsync();
        Assert.Equal(1, await CountAsync());

        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request);
        await Eventually.HoldsAsync(async () => await CountAsync() == 0, "His transaction is still open.");

        Task<long> CountAsync() => desk.ReadAsync<long>(
            """
            select count(*) from pg_stat_activity
            where datname = current_database() and usename = 'users_app' and state <> 'idle' and query like '%totp_devices%'
            """);
    }

    private static async Task<HttpResponseMessage> GiveFactorAsync(HttpClient client, TestUser user, object factor)
    {
        using var asked = await client.PostAsJsonAsync("v1/auth/login", new { login = user.Email, password = UsersDesk.Password });
        var text = await asked.Content.ReadAsStringAsync();
        Assert.True(asked.StatusCode == HttpStatusCode.OK, text);
        var body = JsonSerializer.SerializeToNode(factor)!;
        body["mfaToken"] = (string)JsonNode.Parse(text)!["mfaToken"]!;
        return await client.PostAsJsonAsync("v1/auth/mfa", body);
    }

    private static async Task<JsonNode> SignInAsync(HttpClient client, TestUser user, object factor)
    {
        using var answer = await GiveFactorAsync(client, user, factor);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    [Fact]
    public async Task A_recovery_code_opens_one_session()
    {
        var phone = await EnrolAsync();
        Assert.Equal(10, phone.RecoveryCodes.Count);

        using (var first = await phone.GiveRecoveryCodeAsync(await phone.GivePasswordAsync(), phone.RecoveryCodes[3].ToUpperInvariant()))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        using (var second = await phone.GiveRecoveryCodeAsync(await phone.GivePasswordAsync(), phone.RecoveryCodes[3]))
            await Problem.AssertAsync(second, HttpStatusCode.Unauthorized, "MFA_REFUSED");

        Assert.Contains("mfa.recovery_code_used", await desk.AuditAsync(phone.User.Tenant));
    }

    [Fact]
    public async Task New_recovery_codes_replace_the_old_ones_even_when_they_are_asked_for_twice_at_once()
    {
        var phone = await EnrolAsync();
        using var client = phone.Client();

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => client.PostAsync("v1/me/mfa/recovery-codes", null)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal(10, await desk.ReadAsync<long>("select count(*) from user_management.recovery_codes where user_id = @Id", new { phone.User.Id }));
        using var old = await phone.GiveRecoveryCodeAsync(await phone.GivePasswordAsync(), phone.RecoveryCodes[0]);
        await Problem.AssertAsync(old, HttpStatusCode.Unauthorized, "MFA_REFUSED");
    }

    [Fact]
    public async Task Neither_secret_nor_recovery_codes_can_be_read_from_the_tables()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await ClientAsync(user);
        var secret = await Authenticator.EnrolAsync(client);
        using var confirmed = await ConfirmAsync(client, Authenticator.CodeOf(secret, desk.Apps.Clock.Now));
        var codes = Authenticator.CodesIn((await confirmed.Content.ReadFromJsonAsync<JsonNode>())!);

        var stored = await desk.ReadAsync<byte[]>("select sealed_secret from user_management.totp_devices where user_id = @Id", new { user.Id });
        var hashes = await desk.QueryAsync<byte[]>("select hash from user_management.recovery_codes where user_id = @Id", new { user.Id });
        Assert.Equal(-1, stored.AsSpan().IndexOf(secret));
        Assert.Equal(10, hashes.Count);
        Assert.All(hashes, hash => Assert.Equal(32, hash.Length));
        Assert.All(codes, code => Assert.DoesNotContain(hashes, hash => hash.AsSpan().IndexOf(Encoding.UTF8.GetBytes(code)) >= 0));
    }

    [Fact]
    public async Task A_secret_sealed_for_one_user_is_worth_nothing_in_the_row_of_another()
    {
        var tenant = await desk.NewTenantAsync();
        var mine = await Authenticator.EnrolAsync(desk, await desk.NewUserAsync(tenant));
        var theirs = await Authenticator.EnrolAsync(desk, await desk.NewUserAsync(tenant));
        await desk.ExecuteAsync(
            """
            update user_management.totp_devices
            set sealed_secret = (select sealed_secret from user_management.totp_devices where user_id = @mine) where user_id = @theirs
            """,
            new { mine = mine.User.Id, theirs = theirs.User.Id });

        using var answer = await theirs.GiveCodeAsync(await theirs.GivePasswordAsync(), mine.NextCode());

        Assert.False(answer.IsSuccessStatusCode);
    }

    [Fact]
    public async Task A_second_factor_survives_a_password_reset()
    {
        var phone = await EnrolAsync();
        var before = await phone.GivePasswordAsync();
        (await desk.PostAsync(phone.User.Tenant, "v1/auth/password/forgot", new { email = phone.User.Email })).Dispose();
        var token = await desk.TokenMailedAsync(phone.User.Email);
        const string newPassword = "another long pass phrase";
        using (var reset = await desk.PostAsync(phone.User.Tenant, "v1/auth/password/reset", new { token, newPassword }))
            Assert.Equal(HttpStatusCode.NoContent, reset.StatusCode);

        // Begun with the old password, which proves nothing any more.
        using (var refused = await phone.GiveCodeAsync(before, phone.NextCode()))
            await Problem.AssertAsync(refused, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        using var answer = await phone.GiveCodeAsync(await phone.GivePasswordAsync(newPassword), phone.NextCode());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task An_old_password_that_was_looked_at_while_it_was_changed_opens_nothing_with_a_code()
    {
        var phone = await EnrolAsync();
        var before = await phone.GivePasswordAsync();
        // The change has the earlier time: hashing took so long, or another instance's clock is behind.
        await desk.ExecuteAsync(
            "update user_management.users set password_changed_at = @earlier where id = @Id",
            new { phone.User.Id, earlier = desk.Apps.Clock.Now.AddMinutes(-1) });

        using (var refused = await phone.GiveCodeAsync(before, phone.NextCode()))
            await Problem.AssertAsync(refused, HttpStatusCode.Unauthorized, "MFA_REFUSED");
        using var answer = await phone.GiveCodeAsync(await phone.GivePasswordAsync(), phone.NextCode());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Who_is_suspended_after_his_password_gets_no_session_by_his_code()
    {
        var phone = await EnrolAsync();
        var mfaToken = await phone.GivePasswordAsync();
        await desk.ExecuteAsync("update user_management.users set status = 'suspended' where id = @Id", new { phone.User.Id });

        using var answer = await phone.GiveCodeAsync(mfaToken, phone.NextCode());

        await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "MFA_REFUSED");
    }

    [Fact]
    public async Task Either_a_code_or_a_recovery_code_is_sent()
    {
        var phone = await EnrolAsync();
        var mfaToken = await phone.GivePasswordAsync();

        using var none = await desk.PostAsync(phone.User.Tenant, "v1/auth/mfa", new { mfaToken });
        using var both = await desk.PostAsync(phone.User.Tenant, "v1/auth/mfa", new { mfaToken, code = "000000", recoveryCode = "x" });

        await Problem.AssertAsync(none, HttpStatusCode.BadRequest, "SECOND_FACTOR_NEEDED");
        await Problem.AssertAsync(both, HttpStatusCode.BadRequest, "SECOND_FACTOR_NEEDED");
    }

    private static Task<HttpResponseMessage> ConfirmAsync(HttpClient client, string code) =>
        client.PostAsJsonAsync("v1/me/mfa/totp/confirm", new { code });

    private static Task<HttpResponseMessage> StepUpAsync(HttpClient client, object proof) => client.PostAsJsonAsync("v1/auth/step-up", proof);

    private async Task<Authenticator> EnrolAsync() => await Authenticator.EnrolAsync(desk, await desk.NewUserAsync(await desk.NewTenantAsync()));

    private async Task<HttpClient> ClientAsync(TestUser user) =>
        desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)(await desk.SignInAsync(user))["accessToken"]!);
}
