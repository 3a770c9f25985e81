using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class PasskeySignInTests(UsersDesk desk)
{
    private const string Options = "v1/auth/passkey/options";

    [Fact]
    public async Task A_passkey_signs_in_without_name_and_password()
    {
        var (user, device) = await NewUserAsync();

        using var answer = await SignInAsync(user.Tenant, options => device.Sign(options));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var tokens = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.False((bool)tokens["mfaRequired"]!);
        Assert.NotNull((string?)tokens["refreshToken"]);
        using var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["accessToken"]!);
        var me = (await client.GetFromJsonAsync<JsonNode>("v1/me"))!;
        Assert.Equal(user.Id.ToString(), (string)me["id"]!);
        Assert.NotNull(me["lastLoginAt"]);
        Assert.NotNull(Assert.Single((await client.GetFromJsonAsync<JsonNode>("v1/me/passkeys"))!["items"]!.AsArray())!["lastUsedAt"]);
        Assert.Equal(["passkey.added", "session.started"], await desk.AuditAsync(user.Tenant));
        Assert.Equal("passkey", await DetailAsync(user, "by"));
    }

    [Fact]
    public async Task What_a_page_is_told_to_ask_for_names_nobody()
    {
        var (user, _) = await NewUserAsync();
        using var here = desk.Anonymous(user.Tenant);
        using var there = desk.Anonymous(await desk.NewTenantAsync());

        var (with, without) = (await PasskeyDevice.OptionsAsync(here, Options), await PasskeyDevice.OptionsAsync(there, Options));

        Assert.Empty(with["allowCredentials"]!.AsArray());
        Assert.NotEqual((string)with["challenge"]!, (string)without["challenge"]!);
        with["challenge"] = without["challenge"]!.DeepClone();
        Assert.Equal(with.ToJsonString(), without.ToJsonString());
    }

    [Theory]
    [InlineData("origin", "not_valid")]
    [InlineData("domain", "not_valid")]
    [InlineData("signature", "not_valid")]
    [InlineData("key", "not_valid")]
    [InlineData("user", "not_valid")]
    [InlineData("nobody", "no_user")]
    [InlineData("challenge", "challenge")]
    [InlineData("old", "challenge")]
    [InlineData("of a step-up", "challenge")]
    [InlineData("of another tenant", "challenge")]
    [InlineData("suspended", "not_allowed")]
    [InlineData("unverified", "not_allowed")]
    [InlineData("reset required", "not_allowed")]
    [InlineData("deleted", "not_allowed")]
    [InlineData("removed", "unknown_passkey")]
    [InlineData("unknown", "unknown_passkey")]
    public async Task Whatever_is_wrong_the_answer_is_one_and_the_log_notes_it(string wrong, string reason)
    {
        var (user, device) = await NewUserAsync();
        var other = new PasskeyDevice { CredentialId = device.CredentialId, UserHandle = device.UserHandle };
        var foreign = await PasskeyDevice.OptionsAsync(desk.Anonymous(await desk.NewTenantAsync()), Options);
        using var client = await desk.SignedInAsync(user);
        var stepUp = await PasskeyDevice.OptionsAsync(client, "v1/auth/step-up/passkey/options");
        var change = wrong switch
        {
            "suspended" => "update user_management.users set status = 'suspended' where id = @Id",
            "unverified" => "update user_management.users set email_verified = false where id = @Id",
            "reset required" => "update user_management.users set password_reset_required = true where id = @Id",
            "deleted" => "update user_management.users set status = 'deleted' where id = @Id",
            "removed" => "delete from user_management.passkeys where user_id = @Id",
            _ => "select 1",
        };
        await desk.ExecuteAsync(change, new { user.Id });

        using var answer = await SignInAsync(user.Tenant, options =>
        {
            if (wrong == "old")
                desk.Apps.Clock.Advance(TimeSpan.FromMinutes(5));
            if (wrong is "user" or "nobody")
                device.UserHandle = wrong == "user" ? Guid.NewGuid().ToByteArray() : null;
            return wrong switch
            {
                "origin" => device.Sign(options, origin: "https://localhost:3000"),
                "domain" => device.Sign(options, domain: "evil.example"),
                "signature" => device.Sign(options, tamper: signature => signature[^1] ^= 1),
                "challenge" => device.Sign(options, challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                "of a step-up" => device.Sign(stepUp),
                "of another tenant" => device.Sign(foreign),
                "key" => other.Sign(options),
                "unknown" => new PasskeyDevice { UserHandle = device.UserHandle }.Sign(options),
                _ => device.Sign(options),
            };
        });

        var problem = await Problem.AssertAsync(answer, HttpStatusCode.Unauthorized, "PASSKEY_REFUSED");
        Assert.Equal(
            "This passkey opens nothing here, or its challenge is used or too old. Try again, or sign in another way.", (string)problem["detail"]!);
        Assert.Equal("sign_in.failed", (await desk.AuditAsync(user.Tenant))[^1]);
        // What nobody has is written down without an owner.
        Assert.Equal(
            (reason == "unknown_passkey" ? null : user.Id, reason),
            await desk.ReadAsync<(Guid?, string)>(
                "select target_id, detail ->> 'reason' from user_management.audit_log where tenant_id = @Tenant order by seq desc limit 1",
                new { user.Tenant }));
    }

    [Fact]
    public async Task A_challenge_is_good_once_whether_it_opens_a_session_or_not()
    {
        var (user, device) = await NewUserAsync();
        using var client = desk.Anonymous(user.Tenant);
        var options = await PasskeyDevice.OptionsAsync(client, Options);
        var credential = device.Sign(options);

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.PostAsJsonAsync("v1/auth/passkey", new { credential })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        var next = await PasskeyDevice.OptionsAsync(client, Options);
        using (var wrong = await client.PostAsJsonAsync("v1/auth/passkey", new { credential = device.Sign(next, origin: "https://evil.example") }))
            await Problem.AssertAsync(wrong, HttpStatusCode.Unauthorized, "PASSKEY_REFUSED");
        using var right = await client.PostAsJsonAsync("v1/auth/passkey", new { credential = device.Sign(next) });
        await Problem.AssertAsync(right, HttpStatusCode.Unauthorized, "PASSKEY_REFUSED");
    }

    [Fact]
    public async Task A_passkey_opens_nothing_in_another_tenant()
    {
        var (user, device) = await NewUserAsync();

        using (var there = await SignInAsync(await desk.NewTenantAsync(), options => device.Sign(options)))
            await Problem.AssertAsync(there, HttpStatusCode.Unauthorized, "PASSKEY_REFUSED");

        using var here = await SignInAsync(user.Tenant, options => device.Sign(options));
        Assert.Equal(HttpStatusCode.OK, here.StatusCode);
    }

    [Theory]
    [InlineData(5u)]
    [InlineData(3u)]
    [InlineData(0u)]
    public async Task A_counter_that_has_not_risen_betrays_a_copy(uint counter)
    {
        var (user, device) = await NewUserAsync();
        device.Counter = 4;
        using (var first = await SignInAsync(user.Tenant, options => device.Sign(options)))
            Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        // Signing adds one.
        device.Counter = counter == 0 ? null : counter - 1;
        using (var copy = await SignInAsync(user.Tenant, options => device.Sign(options)))
            await Problem.AssertAsync(copy, HttpStatusCode.Unauthorized, "PASSKEY_REFUSED");
        Assert.Equal("counter", await DetailAsync(user, "reason"));

        device.Counter = 5;
        using var next = await SignInAsync(user.Tenant, options => device.Sign(options));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task Of_an_authenticator_and_its_copy_at_the_same_count_one_gets_in()
    {
        var (user, device) = await NewUserAsync();
        using var client = desk.Anonymous(user.Tenant);
        var asked = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PasskeyDevice.OptionsAsync(client, Options)));
        var signed = asked.Select(options =>
        {
            device.Counter = 6;
            return device.Sign(options);
        }).ToList();

        var answers = await Task.WhenAll(signed.Select(credential => client.PostAsJsonAsync("v1/auth/passkey", new { credential })));

        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_authenticator_that_does_not_count_signs_in_again_and_again()
    {
        var (user, device) = await NewUserAsync(new PasskeyDevice { Counter = null });
        for (var time = 0; time < 3; time++)
        {
            using var answer = await SignInAsync(user.Tenant, options => device.Sign(options));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_passkey_that_knows_its_owner_is_both_factors_and_one_that_does_not_is_the_first()
    {
        var phone = await Authenticator.EnrolAsync(desk, await desk.NewUserAsync(await desk.NewTenantAsync()));
        using var client = phone.Client();
        var device = new PasskeyDevice();
        await device.AddAsync(client);

        Assert.NotNull((string?)(await TokensAsync(phone.User, device))["accessToken"]);
        device.VerifiesUser = false;
        var touched = await TokensAsync(phone.User, device);

        Assert.True((bool)touched["mfaRequired"]!);
        Assert.Null(touched["accessToken"]);
        Assert.Null(touched["refreshToken"]);
        using var answer = await phone.GiveCodeAsync((string)touched["mfaToken"]!, phone.NextCode());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Without_a_second_factor_a_touch_is_as_good_as_a_password()
    {
        var (user, device) = await NewUserAsync();
        device.VerifiesUser = false;

        Assert.NotNull((string?)(await TokensAsync(user, device))["accessToken"]);
    }

    private async Task<(TestUser User, PasskeyDevice Device)> NewUserAsync(PasskeyDevice? device = null)
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await desk.SignedInAsync(user);
        device ??= new PasskeyDevice();
        await device.AddAsync(client);
        return (user, device);
    }

    private async Task<HttpResponseMessage> SignInAsync(string tenant, Func<JsonNode, JsonObject> sign)
    {
        using var client = desk.Anonymous(tenant);
        var credential = sign(await PasskeyDevice.OptionsAsync(client, Options));
        return await client.PostAsJsonAsync("v1/auth/passkey", new { credential });
    }

    private async Task<JsonNode> TokensAsync(TestUser user, PasskeyDevice device)
    {
        using var answer = await SignInAsync(user.Tenant, options => device.Sign(options));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    // Of the newest entry of the user's tenant.
    private Task<string> DetailAsync(TestUser user, string member) => desk.ReadAsync<string>(
        """
        select coalesce(detail ->> @member, '') from user_management.audit_log
        where tenant_id = @Tenant and target_id = @Id order by seq desc limit 1
        """,
        new { user.Tenant, user.Id, member });
}
