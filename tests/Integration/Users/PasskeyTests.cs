using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class PasskeyTests(UsersDesk desk)
{
    private const string Options = "v1/me/passkeys/options";

    [Fact]
    public async Task A_passkey_is_asked_for_with_what_a_browser_needs()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await desk.SignedInAsync(user);
        var known = new PasskeyDevice();
        await known.AddAsync(client);

        var options = await PasskeyDevice.OptionsAsync(client, Options);

        Assert.Equal(("localhost", "Test"), ((string)options["rp"]!["id"]!, (string)options["rp"]!["name"]!));
        Assert.Equal(user.Email, (string)options["user"]!["name"]!);
        Assert.Equal([-7, -257], options["pubKeyCredParams"]!.AsArray().Select(one => (int)one!["alg"]!));
        Assert.Equal(("required", "preferred"),
            ((string)options["authenticatorSelection"]!["residentKey"]!, (string)options["authenticatorSelection"]!["userVerification"]!));
        Assert.Equal("none", (string)options["attestation"]!);
        var excluded = Assert.Single(options["excludeCredentials"]!.AsArray())!;
        Assert.Equal(Base64Url.EncodeToString(known.CredentialId), (string)excluded["id"]!);
        Assert.Equal(["internal", "hybrid"], excluded["transports"]!.AsArray().Select(one => (string)one!));
    }

    [Fact]
    public async Task Its_owner_lists_renames_and_removes_a_passkey_and_hears_of_it()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await desk.SignedInAsync(user);
        var id = (string)(await new PasskeyDevice().AddAsync(client, "  Ponsel 📱 "))["id"]!;

        using (var renamed = await client.PutAsJsonAsync($"v1/me/passkeys/{id}", new { name = "Old phone" }))
            Assert.Equal(HttpStatusCode.OK, renamed.StatusCode);
        var listed = Assert.Single(await ListAsync(client))!;
        Assert.Equal((id, "Old phone", false), ((string)listed["id"]!, (string)listed["name"]!, (bool)listed["synced"]!));
        Assert.Null(listed["lastUsedAt"]);
        using (var removed = await client.DeleteAsync($"v1/me/passkeys/{id}"))
            Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);

        Assert.Empty(await ListAsync(client));
        Assert.Equal(["passkey.added", "passkey.renamed", "passkey.removed"], await desk.AuditAsync(user.Tenant));
        Assert.Equal(
            ["A passkey was added to your account", "A passkey was removed from your account"],
            (await desk.MailsAsync(user.Email, 2)).Select(mail => (string)mail["subject"]!).Order());
        using var again = await client.DeleteAsync($"v1/me/passkeys/{id}");
        await Problem.AssertAsync(again, HttpStatusCode.NotFound, "PASSKEY_NOT_FOUND");
    }

    [Fact]
    public async Task The_mail_speaks_the_language_of_the_tenant()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync("id"));
        using var client = await desk.SignedInAsync(user);

        await new PasskeyDevice().AddAsync(client);

        Assert.Equal("Passkey ditambahkan ke akun Anda", (string)Assert.Single(await desk.MailsAsync(user.Email))["subject"]!);
    }

    [Fact]
    public async Task Nobody_touches_the_passkeys_of_another()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await desk.SignedInAsync(user);
        var id = (string)(await new PasskeyDevice().AddAsync(client))["id"]!;
        foreach (var other in new[] { await desk.NewUserAsync(user.Tenant), await desk.NewUserAsync(await desk.NewTenantAsync()) })
        {
            using var stranger = await desk.SignedInAsync(other);
            Assert.Empty(await ListAsync(stranger));
            using var renamed = await stranger.PutAsJsonAsync($"v1/me/passkeys/{id}", new { name = "Mine" });
            await Problem.AssertAsync(renamed, HttpStatusCode.NotFound, "PASSKEY_NOT_FOUND");
            using var removed = await stranger.DeleteAsync($"v1/me/passkeys/{id}");
            await Problem.AssertAsync(removed, HttpStatusCode.NotFound, "PASSKEY_NOT_FOUND");
        }

        Assert.Equal("My phone", (string)Assert.Single(await ListAsync(client))!["name"]!);
    }

    [Fact]
    public async Task Adding_and_removing_ask_for_a_recent_proof()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await desk.SignedInAsync(user);
        var id = (string)(await new PasskeyDevice().AddAsync(client))["id"]!;
        var options = await PasskeyDevice.OptionsAsync(client, Options);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(11));

        HttpResponseMessage[] answers =
        [
            await client.PostAsync(Options, null),
            await client.PostAsJsonAsync("v1/me/passkeys", new { name = "Late", credential = new PasskeyDevice().Make(options) }),
            await client.DeleteAsync($"v1/me/passkeys/{id}"),
        ];

        foreach (var answer in answers)
            await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "STEP_UP_REQUIRED");
        Assert.Single(await ListAsync(client));
    }

    [Fact]
    public async Task An_administrator_in_the_users_name_has_nothing_to_do_with_passkeys()
    {
        var tenant = await desk.NewTenantAsync();
        var user = await desk.NewUserAsync(tenant);
        using var own = await desk.SignedInAsync(user);
        var id = (string)(await new PasskeyDevice().AddAsync(own))["id"]!;
        var administrator = await desk.NewUserAsync(tenant, "*");
        using var asAdministrator = desk.Apps.Client(FunctionApp.Users, tenant, (string)(await desk.SignInAsync(administrator))["accessToken"]!);
        using var impersonated = await asAdministrator.PostAsJsonAsync($"v1/users/{user.Id}/impersonate", new { reason = "Helping with passkeys" });
        var tokens = (await impersonated.Content.ReadFromJsonAsync<JsonNode>())!;
        using var client = desk.Apps.Client(FunctionApp.Users, tenant, (string)tokens["accessToken"]!);

        HttpResponseMessage[] answers =
        [
            await client.GetAsync("v1/me/passkeys"),
            await client.PostAsync(Options, null),
            await client.PutAsJsonAsync($"v1/me/passkeys/{id}", new { name = "Theirs" }),
            await client.DeleteAsync($"v1/me/passkeys/{id}"),
            await client.PostAsync("v1/auth/step-up/passkey/options", null),
        ];

        foreach (var answer in answers)
            await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "NOT_WHILE_IMPERSONATING");
    }

    [Theory]
    [InlineData("origin")]
    [InlineData("domain")]
    [InlineData("type")]
    [InlineData("challenge")]
    [InlineData("used")]
    [InlineData("old")]
    [InlineData("of another user")]
    [InlineData("of a sign-in")]
    public async Task A_passkey_made_for_something_else_is_not_added(string wrong)
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await desk.SignedInAsync(user);
        using var neighbour = await desk.SignedInAsync(await desk.NewUserAsync(user.Tenant));
        var options = await PasskeyDevice.OptionsAsync(wrong == "of another user" ? neighbour : client, Options);
        var device = new PasskeyDevice();
        var credential = wrong switch
        {
            "origin" => device.Make(options, origin: "http://localhost.evil.example"),
            "domain" => device.Make(options, domain: "evil.example"),
            "type" => device.Make(options, type: "webauthn.get"),
            "challenge" => device.Make(options, challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
            "of a sign-in" => device.Make(options, challenge: (string)(await PasskeyDevice.OptionsAsync(client, "v1/auth/passkey/options"))["challenge"]!),
            _ => device.Make(options),
        };
        if (wrong == "used")
            (await client.PostAsJsonAsync("v1/me/passkeys", new { name = "First", credential = new PasskeyDevice().Make(options) })).Dispose();
        if (wrong == "old")
            desk.Apps.Clock.Advance(TimeSpan.FromMinutes(5));

        using var answer = await client.PostAsJsonAsync("v1/me/passkeys", new { name = "Phone", credential });

        await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, "PASSKEY_NOT_ADDED");
        Assert.Equal(wrong == "used" ? 1 : 0, (await ListAsync(client)).Count);
    }

    [Fact]
    public async Task What_is_no_credential_is_told_so_by_field()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await desk.SignedInAsync(user);
        var credential = new PasskeyDevice().Make(await PasskeyDevice.OptionsAsync(client, Options));
        var text = credential.ToJsonString();
        credential["rawId"] = "no base64url!";

        using var garbled = await client.PostAsJsonAsync("v1/me/passkeys", new { name = "Phone", credential });
        using var unnamed = await client.PostAsJsonAsync("v1/me/passkeys", new { name = " \t ", credential = JsonNode.Parse(text) });
        using var empty = await client.PostAsJsonAsync("v1/me/passkeys", new { name = "Phone" });

        var problem = await Problem.AssertAsync(garbled, HttpStatusCode.BadRequest, "INVALID_BASE64URL");
        Assert.NotNull(problem["errors"]!["credential.rawId"]);
        await Problem.AssertAsync(unnamed, HttpStatusCode.BadRequest, "VALIDATION_FAILED");
        await Problem.AssertAsync(empty, HttpStatusCode.BadRequest, "VALIDATION_FAILED");
    }

    [Fact]
    public async Task A_credential_is_added_once_in_a_tenant()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var elsewhere = await desk.NewUserAsync(await desk.NewTenantAsync());
        var device = new PasskeyDevice();
        using var client = await desk.SignedInAsync(user);
        using var neighbour = await desk.SignedInAsync(await desk.NewUserAsync(user.Tenant));
        using var stranger = await desk.SignedInAsync(elsewhere);
        await device.AddAsync(client);

        using (var again = await device.TryAddAsync(client))
            await Problem.AssertAsync(again, HttpStatusCode.Conflict, "PASSKEY_KNOWN");
        using (var taken = await device.TryAddAsync(neighbour))
            await Problem.AssertAsync(taken, HttpStatusCode.Conflict, "PASSKEY_KNOWN");
        await device.AddAsync(stranger);
    }

    [Fact]
    public async Task An_account_has_twenty_passkeys_at_most_even_when_they_are_added_at_once()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        using var client = await desk.SignedInAsync(user);
        var asked = await Task.WhenAll(Enumerable.Range(0, 25).Select(_ => PasskeyDevice.OptionsAsync(client, Options)));

        var answers = await Task.WhenAll(asked.Select((options, number) =>
            client.PostAsJsonAsync("v1/me/passkeys", new { name = $"Key {number}", credential = new PasskeyDevice().Make(options) })));

        Assert.Equal(20, answers.Count(answer => answer.StatusCode == HttpStatusCode.Created));
        var newest = (await client.GetFromJsonAsync<JsonNode>("v1/me/passkeys?limit=15"))!;
        var older = (await client.GetFromJsonAsync<JsonNode>($"v1/me/passkeys?cursor={newest["next"]}"))!;
        Assert.Equal((15, 5, (string?)null), (newest["items"]!.AsArray().Count, older["items"]!.AsArray().Count, (string?)older["next"]));
        foreach (var refused in answers.Where(answer => !answer.IsSuccessStatusCode).Append(await client.PostAsync(Options, null)))
            await Problem.AssertAsync(refused, HttpStatusCode.Conflict, "TOO_MANY_PASSKEYS");
    }

    private static async Task<JsonArray> ListAsync(HttpClient client) =>
        (await client.GetFromJsonAsync<JsonNode>("v1/me/passkeys"))!["items"]!.AsArray();
}
