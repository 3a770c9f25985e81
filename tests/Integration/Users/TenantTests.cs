using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class TenantTests(UsersDesk desk)
{
    [Fact]
    public async Task A_new_tenant_invites_its_administrator_who_may_everything_there_and_nothing_elsewhere()
    {
        var (_, platform) = await desk.NewAdministratorAsync("default");
        var (tenant, email) = (NewId(), $"u{Guid.CreateVersion7():N}@example.com");
        using (var made = await CreateAsync(platform, tenant, email))
            Assert.True(made.StatusCode == HttpStatusCode.Created, await made.Content.ReadAsStringAsync());
        using (var twice = await CreateAsync(platform, tenant, email))
            await Problem.AssertAsync(twice, HttpStatusCode.Conflict, "TENANT_EXISTS");
        var username = $"u{Guid.CreateVersion7():N}";
        var token = await desk.TokenMailedAsync(email);
        using (var accepted = await desk.PostAsync(tenant, "v1/auth/invitations/accept", new { token, username, password = UsersDesk.Password }))
            Assert.True(accepted.StatusCode == HttpStatusCode.Created, await accepted.Content.ReadAsStringAsync());

        var tokens = await desk.SignInAsync(new TestUser(Guid.Empty, tenant, email, username));
        using var administrator = desk.Apps.Client(FunctionApp.Users, tenant, (string)tokens["accessToken"]!);

        Assert.Equal(4, (await administrator.GetFromJsonAsync<JsonNode>("v1/roles"))!["items"]!.AsArray().Count);
        Assert.Equal("Acme", (string)(await administrator.GetFromJsonAsync<JsonNode>("v1/tenant"))!["name"]!);
        Assert.Equal(["tenant.created", "invitation.sent", "invitation.accepted", "session.started"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task A_tenant_whose_first_invitation_went_astray_or_ran_out_is_invited_again()
    {
        var (_, platform) = await desk.NewAdministratorAsync("default");
        var (tenant, mistyped, email) = (NewId(), $"u{Guid.CreateVersion7():N}@example.com", $"u{Guid.CreateVersion7():N}@example.com");
        using var created = await CreateAsync(platform, tenant, mistyped);
        // Its mail is out before it is revoked.
        var token = await desk.TokenMailedAsync(mistyped);
        using (var sent = await InviteAsync(platform, tenant, email))
            Assert.True(sent.StatusCode == HttpStatusCode.Created, await sent.Content.ReadAsStringAsync());
        using (var astray = await AcceptAsync(tenant, token))
            await Problem.AssertAsync(astray, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        // A mail that waits for as long as its link lives is not sent any more.
        token = await desk.TokenMailedAsync(email);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(7.1));
        using (var late = await AcceptAsync(tenant, token))
            await Problem.AssertAsync(late, HttpStatusCode.BadRequest, "TOKEN_INVALID");

        var (_, later) = await desk.NewAdministratorAsync("default");
        foreach (var count in new[] { 2, 3 })
        {
            using var again = await InviteAsync(later, tenant, email);
            Assert.True(again.StatusCode == HttpStatusCode.Created, await again.Content.ReadAsStringAsync());
            await desk.MailsAsync(email, count);
        }

        using (var accepted = await AcceptAsync(tenant, await desk.TokenMailedAsync(email, count: 3)))
            Assert.True(accepted.StatusCode == HttpStatusCode.Created, await accepted.Content.ReadAsStringAsync());
        await Problem.AssertAsync(await InviteAsync(later, tenant, email), HttpStatusCode.Conflict, "ALREADY_A_USER");
        Assert.Equal(
            [
                "tenant.created", "invitation.sent", "invitation.sent", "invitation.revoked", "invitation.sent", "invitation.revoked",
                "invitation.sent", "invitation.revoked", "invitation.accepted",
            ],
            await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task The_platform_leaves_the_invitations_of_a_tenants_own_administrator_alone()
    {
        var (_, platform) = await desk.NewAdministratorAsync("default");
        var tenant = await desk.NewTenantAsync();
        var (_, own) = await desk.NewAdministratorAsync(tenant);
        var role = (Guid)(await (await own.PostAsJsonAsync("v1/roles", new { name = "guest", permissions = Array.Empty<string>() }))
            .Content.ReadFromJsonAsync<JsonNode>())!["id"]!;
        var email = $"u{Guid.CreateVersion7():N}@example.com";
        using (await own.PostAsJsonAsync("v1/invitations", new { email, roleId = role }))
        using (await InviteAsync(platform, tenant, $"u{Guid.CreateVersion7():N}@example.com"))
        using (var accepted = await AcceptAsync(tenant, await desk.TokenMailedAsync(email)))
            Assert.Equal(HttpStatusCode.Created, accepted.StatusCode);
    }

    [Fact]
    public async Task Only_administrators_of_the_platform_manage_tenants()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, administrator) = await desk.NewAdministratorAsync(tenant);
        var (_, reader) = await desk.NewMemberAsync("default", "tenants:read");
        foreach (var (client, code) in new[] { (administrator, "PLATFORM_ONLY"), (reader, "PERMISSION_DENIED") })
        {
            await Problem.AssertAsync(await CreateAsync(client, NewId(), "a@example.com"), HttpStatusCode.Forbidden, code);
            await Problem.AssertAsync(await client.PutAsJsonAsync($"v1/tenants/{tenant}", Settings()), HttpStatusCode.Forbidden, code);
            await Problem.AssertAsync(await SuspendAsync(client, tenant), HttpStatusCode.Forbidden, code);
            await Problem.AssertAsync(await client.PostAsync($"v1/tenants/{tenant}/reinstate", null), HttpStatusCode.Forbidden, code);
            await Problem.AssertAsync(await InviteAsync(client, tenant, "a@example.com"), HttpStatusCode.Forbidden, code);
        }

        await Problem.AssertAsync(await administrator.GetAsync("v1/tenants"), HttpStatusCode.Forbidden, "PLATFORM_ONLY");
        await Problem.AssertAsync(await administrator.GetAsync($"v1/tenants/{tenant}"), HttpStatusCode.Forbidden, "PLATFORM_ONLY");
        Assert.Equal(HttpStatusCode.OK, (await reader.GetAsync($"v1/tenants/{tenant}")).StatusCode);
        Assert.Equal(["tenants:read", "tenants:write"], await desk.DeniedAsync(tenant, count: 2));
    }

    [Fact]
    public async Task Tenants_are_listed_by_the_beginning_of_their_id_page_by_page()
    {
        var (_, platform) = await desk.NewAdministratorAsync("default");
        var prefix = $"p{Guid.CreateVersion7():N}"[..20];
        string[] ids = [.. Enumerable.Range(0, 5).Select(number => $"{prefix}-{number}")];
        await desk.ExecuteAsync("insert into user_management.tenants (id, name) select id, 'Test' from unnest(@ids) as id", new { ids });

        var (seen, cursor) = (new List<string>(), "");
        do
        {
            var page = (await platform.GetFromJsonAsync<JsonNode>($"v1/tenants?search={prefix}&limit=2{cursor}"))!;
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["id"]!));
            cursor = page["next"] is { } next ? $"&cursor={(string)next!}" : "";
        }
        while (cursor.Length > 0);

        Assert.Equal(ids, seen);
        foreach (var wrong in new[] { "%21", "" })
            await Problem.AssertAsync(await platform.GetAsync($"v1/tenants?cursor={wrong}"), HttpStatusCode.BadRequest, "INVALID_CURSOR");
    }

    [Fact]
    public async Task A_tenant_is_changed_by_the_platform_and_by_its_own_administrator_save_for_its_limits()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, platform) = await desk.NewAdministratorAsync("default");
        var (_, own) = await desk.NewAdministratorAsync(tenant);
        // From here on Users remembers the old limits for some seconds, and must not write them back.
        Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("v1/tenant")).StatusCode);

        using (var changed = await platform.PutAsJsonAsync($"v1/tenants/{tenant}", Settings(limits: new { read = 77, auth = 60000 })))
            Assert.True(changed.StatusCode == HttpStatusCode.OK, await changed.Content.ReadAsStringAsync());
        using (var limits = await own.PutAsJsonAsync("v1/tenant", Settings(limits: new { read = 100000 })))
            await Problem.AssertAsync(limits, HttpStatusCode.BadRequest, "UNKNOWN_MEMBER");
        using (var changed = await own.PutAsJsonAsync(
            "v1/tenant", new { name = "Ours", defaultCurrency = "USD", locale = "id-ID", timeZone = "Asia/Makassar" }))
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        var read = (await platform.GetFromJsonAsync<JsonNode>($"v1/tenants/{tenant}"))!;
        Assert.Equal(("Ours", "USD", "id-ID", "Asia/Makassar"), (
            (string)read["name"]!, (string)read["defaultCurrency"]!, (string)read["locale"]!, (string)read["timeZone"]!));
        Assert.Equal(77, (int)read["rateLimits"]!["read"]!);
        Assert.Equal(["tenant.changed", "tenant.changed"], await desk.AuditAsync(tenant));
    }

    [Theory]
    [InlineData("defaultCurrency", "EUR", "INVALID_CURRENCY")]
    [InlineData("locale", "de", "VALIDATION_FAILED")]
    [InlineData("timeZone", "Mars/Olympus", "INVALID_TIME_ZONE")]
    [InlineData("timeZone", "../../etc/passwd", "INVALID_TIME_ZONE")]
    [InlineData("timeZone", "Eastern Standard Time", "INVALID_TIME_ZONE")]
    [InlineData("name", "x", "VALIDATION_FAILED")]
    public async Task Settings_that_nobody_could_use_are_refused(string member, string value, string code)
    {
        var tenant = await desk.NewTenantAsync();
        var (_, platform) = await desk.NewAdministratorAsync("default");
        var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Settings()))!;
        body[member] = value;

        using var answer = await platform.PutAsJsonAsync($"v1/tenants/{tenant}", body);

        await Problem.AssertAsync(answer, HttpStatusCode.BadRequest, code);
    }

    [Theory]
    [InlineData("""{"read":0}""")]
    [InlineData("""{"nothing":5}""")]
    [InlineData("null")]
    public async Task Limits_that_nobody_could_keep_are_refused(string limits)
    {
        var tenant = await desk.NewTenantAsync();
        var (_, platform) = await desk.NewAdministratorAsync("default");
        var body = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(Settings()))!;
        body["rateLimits"] = JsonNode.Parse(limits);

        using var answer = await platform.PutAsJsonAsync($"v1/tenants/{tenant}", body);

        Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_suspended_tenant_is_shut_out_of_every_app_and_comes_back()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, platform) = await desk.NewAdministratorAsync("default");
        var user = await desk.NewUserAsync(tenant);
        var tokens = await desk.SignInAsync(user);
        using var billing = desk.Apps.Client(FunctionApp.Billing, tenant, (string)tokens["accessToken"]!);
        // After a leap of the clock in another test the key may be one that Billing hears of in a moment.
        await Eventually.HoldsAsync(
            async () => (await billing.GetAsync("v1/invoices")).StatusCode == HttpStatusCode.OK, "Billing does not let the user in.");

        using (var suspended = await SuspendAsync(platform, tenant))
            Assert.True((bool)(await suspended.Content.ReadFromJsonAsync<JsonNode>())!["suspended"]!);
        await Problem.AssertAsync(await SuspendAsync(platform, tenant), HttpStatusCode.Conflict, "ALREADY_SUSPENDED");
        await Eventually.HoldsAsync(
            async () => (await billing.GetAsync("v1/invoices")).StatusCode == HttpStatusCode.Forbidden, "Billing did not hear of the suspension.");
        await Problem.AssertAsync(await billing.GetAsync("v1/invoices"), HttpStatusCode.Forbidden, "TENANT_SUSPENDED");
        await Eventually.HoldsAsync(
            async () => (await desk.TrySignInAsync(tenant, user.Email)).StatusCode == HttpStatusCode.Forbidden, "Users did not hear of the suspension.");
        using (var refreshed = await desk.PostAsync(tenant, "v1/auth/refresh", new { refreshToken = (string)tokens["refreshToken"]! }))
            await Problem.AssertAsync(refreshed, HttpStatusCode.Forbidden, "TENANT_SUSPENDED");

        Assert.Equal(HttpStatusCode.OK, (await platform.PostAsync($"v1/tenants/{tenant}/reinstate", null)).StatusCode);
        await Problem.AssertAsync(await platform.PostAsync($"v1/tenants/{tenant}/reinstate", null), HttpStatusCode.Conflict, "NOT_SUSPENDED");
        await Eventually.HoldsAsync(
            async () => (await billing.GetAsync("v1/invoices")).StatusCode == HttpStatusCode.OK, "Billing did not hear of the return.");
        var audit = await desk.AuditAsync(tenant);
        Assert.Contains("tenant.suspended", audit);
        Assert.Contains("tenant.reinstated", audit);
    }

    [Fact]
    public async Task What_is_no_tenant_is_not_found_and_the_platform_is_never_suspended()
    {
        var (_, platform) = await desk.NewAdministratorAsync("default");
        foreach (var id in new[] { NewId(), "not%20a%20name" })
        {
            await Problem.AssertAsync(await platform.GetAsync($"v1/tenants/{id}"), HttpStatusCode.NotFound, "TENANT_NOT_FOUND");
            await Problem.AssertAsync(await platform.PutAsJsonAsync($"v1/tenants/{id}", Settings()), HttpStatusCode.NotFound, "TENANT_NOT_FOUND");
            await Problem.AssertAsync(await SuspendAsync(platform, id), HttpStatusCode.NotFound, "TENANT_NOT_FOUND");
            await Problem.AssertAsync(await platform.PostAsync($"v1/tenants/{id}/reinstate", null), HttpStatusCode.NotFound, "TENANT_NOT_FOUND");
            await Problem.AssertAsync(await InviteAsync(platform, id, "a@example.com"), HttpStatusCode.NotFound, "TENANT_NOT_FOUND");
        }

        await Problem.AssertAsync(await InviteAsync(platform, "default", "a@example.com"), HttpStatusCode.Conflict, "PLATFORM_TENANT");
        await Problem.AssertAsync(await SuspendAsync(platform, "default"), HttpStatusCode.Conflict, "PLATFORM_TENANT");
        foreach (var id in new[] { "", "with space", new string('x', 51), "a\n", "Ünicode" })
        {
            using var made = await CreateAsync(platform, id, "a@example.com");
            Assert.True(made.StatusCode == HttpStatusCode.BadRequest, $"'{id}': {await made.Content.ReadAsStringAsync()}");
        }
    }

    private static string NewId() => $"t-{Guid.CreateVersion7():N}";

    private static object Settings(object? limits = null) =>
        new { name = "Acme", defaultCurrency = "IDR", locale = "en", timeZone = "Asia/Jakarta", rateLimits = limits ?? new { auth = 60000 } };

    private static Task<HttpResponseMessage> CreateAsync(HttpClient client, string id, string administratorEmail) => client.PostAsJsonAsync(
        "v1/tenants", new { id, administratorEmail, name = "Acme", rateLimits = new { auth = 60000 } });

    private static Task<HttpResponseMessage> InviteAsync(HttpClient client, string id, string administratorEmail) =>
        client.PostAsJsonAsync($"v1/tenants/{id}/invitations", new { administratorEmail });

    private Task<HttpResponseMessage> AcceptAsync(string tenant, string token) => desk.PostAsync(
        tenant, "v1/auth/invitations/accept", new { token, username = $"u{Guid.CreateVersion7():N}", password = UsersDesk.Password });

    private static Task<HttpResponseMessage> SuspendAsync(HttpClient client, string tenant) =>
        client.PostAsJsonAsync($"v1/tenants/{tenant}/suspend", new { reason = "has not paid" });
}
