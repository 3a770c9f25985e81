using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class RoleTests(UsersDesk desk)
{
    private static readonly string[] ManagerOfRoles = ["roles:read", "roles:write", "roles:assign", "invoices:read", "payments:*"];

    [Fact]
    public async Task A_role_is_made_read_changed_and_deleted()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, client) = await desk.NewMemberAsync(tenant, ManagerOfRoles);

        var role = await CreateAsync(client, "accountant", "invoices:read");
        using (var twice = await client.PostAsJsonAsync("v1/roles", new { name = "accountant", permissions = Array.Empty<string>() }))
            await Problem.AssertAsync(twice, HttpStatusCode.Conflict, "ROLE_NAME_TAKEN");
        using (var changed = await client.PutAsJsonAsync($"v1/roles/{role}", new { name = "book-keeper", permissions = new[] { "payments:read" } }))
            Assert.Equal(HttpStatusCode.OK, changed.StatusCode);

        var read = (await client.GetFromJsonAsync<JsonNode>($"v1/roles/{role}"))!;
        Assert.Equal(("book-keeper", false), ((string)read["name"]!, (bool)read["builtIn"]!));
        Assert.Equal("payments:read", (string)Assert.Single(read["permissions"]!.AsArray())!);
        using (var deleted = await client.DeleteAsync($"v1/roles/{role}"))
            Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using (var gone = await client.GetAsync($"v1/roles/{role}"))
            await Problem.AssertAsync(gone, HttpStatusCode.NotFound, "ROLE_NOT_FOUND");
        Assert.Equal(["role.created", "role.changed", "role.deleted"], await desk.AuditAsync(tenant));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("invoices:*")]
    [InlineData("invoices:write")]
    [InlineData("users:read")]
    public async Task Nobody_makes_changes_or_gives_a_role_that_holds_what_he_lacks(string lacking)
    {
        var tenant = await desk.NewTenantAsync();
        var (user, client) = await desk.NewMemberAsync(tenant, ManagerOfRoles);
        var own = await CreateAsync(client, "mine", "invoices:read");
        var holder = await desk.NewUserAsync(tenant, lacking);
        var theirs = await desk.ReadAsync<Guid>("select role_id from user_management.user_roles where user_id = @Id", new { holder.Id });

        using (var made = await client.PostAsJsonAsync("v1/roles", new { name = "new", permissions = new[] { lacking } }))
            await Problem.AssertAsync(made, HttpStatusCode.Forbidden, "PERMISSION_NOT_HELD");
        using (var widened = await client.PutAsJsonAsync($"v1/roles/{own}", new { name = "mine", permissions = new[] { "invoices:read", lacking } }))
            await Problem.AssertAsync(widened, HttpStatusCode.Forbidden, "PERMISSION_NOT_HELD");
        using (var emptied = await client.PutAsJsonAsync($"v1/roles/{theirs}", new { name = "theirs", permissions = Array.Empty<string>() }))
            await Problem.AssertAsync(emptied, HttpStatusCode.Forbidden, "PERMISSION_NOT_HELD");
        using (var deleted = await client.DeleteAsync($"v1/roles/{theirs}"))
            await Problem.AssertAsync(deleted, HttpStatusCode.Forbidden, "PERMISSION_NOT_HELD");
        using (var toHimself = await client.PutAsync($"v1/users/{user.Id}/roles/{theirs}", null))
            await Problem.AssertAsync(toHimself, HttpStatusCode.Forbidden, "PERMISSION_NOT_HELD");
        using (var onHolder = await client.PutAsync($"v1/users/{holder.Id}/roles/{own}", null))
            await Problem.AssertAsync(onHolder, HttpStatusCode.Forbidden, "USER_MAY_MORE");
        using (var taken = await client.DeleteAsync($"v1/users/{holder.Id}/roles/{theirs}"))
            await Problem.AssertAsync(taken, HttpStatusCode.Forbidden, "PERMISSION_NOT_HELD");

        Assert.Equal(["role.created"], await desk.AuditAsync(tenant));
        Assert.Equal([lacking], await desk.DeniedAsync(tenant, count: 1));
    }

    [Fact]
    public async Task A_star_of_an_area_gives_whatever_the_area_holds()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, client) = await desk.NewMemberAsync(tenant, ManagerOfRoles);

        await CreateAsync(client, "payer", "payments:write", "payments:*");
    }

    [Theory]
    [InlineData("""["Invoices:read"]""")]
    [InlineData("""["invoices"]""")]
    [InlineData("""["invoices:read\n"]""")]
    [InlineData("""["*:read"]""")]
    [InlineData("""["**"]""")]
    [InlineData("""[""]""")]
    [InlineData("""[null]""")]
    [InlineData("null")]
    public async Task What_is_no_permission_is_refused(string permissions)
    {
        var (_, client) = await desk.NewAdministratorAsync(await desk.NewTenantAsync());

        using var made = await client.PostAsync("v1/roles", Json($$"""{"name":"odd","permissions":{{permissions}}}"""));
        Assert.True(made.StatusCode == HttpStatusCode.BadRequest, await made.Content.ReadAsStringAsync());
        using var asked = await client.PostAsync("v1/authorize/check", Json($$"""{"permissions":{{permissions}}}"""));
        Assert.True(asked.StatusCode == HttpStatusCode.BadRequest, await asked.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Built_in_roles_are_there_and_nobody_changes_them()
    {
        var (_, client) = await desk.NewAdministratorAsync(await desk.NewTenantAsync());
        await CreateAsync(client, "first", "invoices:read");

        var newest = (await client.GetFromJsonAsync<JsonNode>("v1/roles?limit=2"))!;
        var older = (await client.GetFromJsonAsync<JsonNode>($"v1/roles?cursor={newest["next"]}"))!;
        Assert.Equal((2, 3, (string?)null), (newest["items"]!.AsArray().Count, older["items"]!.AsArray().Count, (string?)older["next"]));
        var builtIn = newest["items"]!.AsArray().Concat(older["items"]!.AsArray()).Where(role => (bool)role!["builtIn"]!).ToList();
        Assert.Equal(["admin", "billing", "support", "user"], builtIn.Select(role => (string)role!["name"]!).Order());
        foreach (var role in builtIn)
        {
            using var changed = await client.PutAsJsonAsync($"v1/roles/{(string)role!["id"]!}", new { name = "mine", permissions = new[] { "*" } });
            await Problem.AssertAsync(changed, HttpStatusCode.Conflict, "ROLE_BUILT_IN");
            using var deleted = await client.DeleteAsync($"v1/roles/{(string)role["id"]!}");
            await Problem.AssertAsync(deleted, HttpStatusCode.Conflict, "ROLE_BUILT_IN");
            using var again = await client.PostAsJsonAsync("v1/roles", new { name = (string)role["name"]!, permissions = Array.Empty<string>() });
            await Problem.AssertAsync(again, HttpStatusCode.Conflict, "ROLE_NAME_TAKEN");
        }
    }

    [Fact]
    public async Task A_role_can_be_deleted_after_somebody_was_invited_with_it()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, client) = await desk.NewAdministratorAsync(tenant);
        var role = await CreateAsync(client, "guest", "invoices:read");
        var email = $"u{Guid.CreateVersion7():N}@example.com";
        using (var invited = await client.PostAsJsonAsync("v1/invitations", new { email, roleId = role }))
            Assert.Equal(HttpStatusCode.Created, invited.StatusCode);
        var token = await desk.TokenMailedAsync(email);

        using (var deleted = await client.DeleteAsync($"v1/roles/{role}"))
            Assert.True(deleted.StatusCode == HttpStatusCode.NoContent, await deleted.Content.ReadAsStringAsync());

        using var accepted = await desk.PostAsync(
            tenant, "v1/auth/invitations/accept", new { token, username = $"u{Guid.CreateVersion7():N}", password = UsersDesk.Password });
        await Problem.AssertAsync(accepted, HttpStatusCode.BadRequest, "TOKEN_INVALID");
        Assert.Equal(["role.created", "invitation.sent", "role.deleted", "invitation.revoked"], await desk.AuditAsync(tenant));
    }

    [Fact]
    public async Task A_role_that_is_deleted_while_it_is_given_is_given_or_not_found()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, client) = await desk.NewAdministratorAsync(tenant);
        var user = await desk.NewUserAsync(tenant);
        for (var turn = 0; turn < 6; turn++)
        {
            var role = await CreateAsync(client, $"short-lived-{turn}", "invoices:read");
            var answers = await Task.WhenAll(
                client.PutAsync($"v1/users/{user.Id}/roles/{role}", null),
                client.PostAsJsonAsync("v1/invitations", new { email = $"u{Guid.CreateVersion7():N}@example.com", roleId = role }),
                client.DeleteAsync($"v1/roles/{role}"));
            foreach (var answer in answers)
                Assert.True((int)answer.StatusCode is < 300 or 404, await answer.Content.ReadAsStringAsync());
        }

        Assert.Equal(0, await desk.ReadAsync<long>("select count(*) from user_management.user_roles where user_id = @Id", new { user.Id }));
    }

    [Fact]
    public async Task The_last_administrator_stays_whatever_is_tried()
    {
        var tenant = await desk.NewTenantAsync();
        var (last, client) = await desk.NewAdministratorAsync(tenant);
        var admin = await AdminRoleAsync(tenant);
        // Neither of them could take his place.
        var suspended = await desk.NewUserAsync(tenant);
        var unproven = await desk.NewUserAsync(tenant);
        foreach (var other in new[] { suspended, unproven })
            await desk.GiveRoleAsync(other, "admin");
        await desk.ExecuteAsync("update user_management.users set status = 'suspended' where id = @Id", new { suspended.Id });
        await desk.ExecuteAsync("update user_management.users set email_verified = false where id = @Id", new { unproven.Id });

        using (var revoked = await client.DeleteAsync($"v1/users/{last.Id}/roles/{admin}"))
            await Problem.AssertAsync(revoked, HttpStatusCode.Conflict, "LAST_ADMINISTRATOR");
        using (var outside = await client.PostAsJsonAsync($"v1/users/{last.Id}/suspend", new { reason = "a coup" }))
            await Problem.AssertAsync(outside, HttpStatusCode.Conflict, "LAST_ADMINISTRATOR");
        var (second, _) = await desk.NewAdministratorAsync(tenant);
        using (var now = await client.DeleteAsync($"v1/users/{second.Id}/roles/{admin}"))
            Assert.Equal(HttpStatusCode.NoContent, now.StatusCode);

        using var still = await client.GetAsync("v1/users");
        Assert.Equal(HttpStatusCode.OK, still.StatusCode);
    }

    [Fact]
    public async Task Two_administrators_who_remove_each_other_at_once_leave_one()
    {
        for (var turn = 0; turn < 5; turn++)
        {
            var tenant = await desk.NewTenantAsync();
            var (one, ofOne) = await desk.NewAdministratorAsync(tenant);
            var (other, ofOther) = await desk.NewAdministratorAsync(tenant);
            var admin = await AdminRoleAsync(tenant);

            var answers = await Task.WhenAll(
                ofOne.DeleteAsync($"v1/users/{other.Id}/roles/{admin}"), ofOther.PostAsJsonAsync($"v1/users/{one.Id}/suspend", new { reason = "a coup" }));

            Assert.All(answers, answer => Assert.Contains(
                answer.StatusCode, new[] { HttpStatusCode.NoContent, HttpStatusCode.Conflict, HttpStatusCode.Forbidden, HttpStatusCode.Unauthorized }));
            Assert.Equal(1, await desk.ReadAsync<long>(
                """
                select count(*) from user_management.users u join user_management.user_roles ur on ur.tenant_id = u.tenant_id and ur.user_id = u.id
                where u.tenant_id = @tenant and u.status = 'active'
                """,
                new { tenant }));
        }
    }

    [Fact]
    public async Task Whoever_shuts_somebody_out_or_makes_him_administrator_waits_for_who_decides_about_administrators()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, client) = await desk.NewAdministratorAsync(tenant);
        var user = await desk.NewUserAsync(tenant);
        var admin = await AdminRoleAsync(tenant);
        List<Task<HttpResponseMessage>> asked;
        await using (var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(desk.Database.OwnerConnectionString) { Pooling = false }.ConnectionString))
        {
            await connection.OpenAsync();
            await connection.ExecuteAsync("select pg_advisory_lock(hashtextextended('administrators:' || @tenant, 0))", new { tenant });
            asked =
            [
                client.PostAsJsonAsync($"v1/users/{user.Id}/suspend", new { reason = "a coup" }),
                client.PutAsync($"v1/users/{user.Id}/roles/{admin}", null),
            ];
            // He was no administrator when it began, and may be one before it ends.
            await Eventually.HoldsAsync(
                async () => await desk.ReadAsync<long>(
                    """
                    select count(*) from pg_locks
                    where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())
                    """) == 2,
                "They do not wait.");
        }

        Assert.All(await Task.WhenAll(asked), answer => Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode));
    }

    [Fact]
    public async Task A_check_answers_by_the_roles_of_the_one_who_is_asked_about()
    {
        var tenant = await desk.NewTenantAsync();
        var (_, support) = await desk.NewMemberAsync(tenant, "users:read");
        var (user, client) = await desk.NewMemberAsync(tenant, "invoices:*", "payments:read");

        var own = await CheckAsync(client, new { permissions = new[] { "invoices:write", "payments:read" } });
        Assert.True((bool)own["allowed"]!);
        var mixed = await CheckAsync(support, new { userId = user.Id, permissions = new[] { "invoices:write", "payments:write" } });
        Assert.False((bool)mixed["allowed"]!);
        Assert.Equal((true, false), ((bool)mixed["permissions"]!["invoices:write"]!, (bool)mixed["permissions"]!["payments:write"]!));
        using (var curious = await client.PostAsJsonAsync("v1/authorize/check", new { userId = Guid.CreateVersion7(), permissions = new[] { "a:b" } }))
            await Problem.AssertAsync(curious, HttpStatusCode.Forbidden, "PERMISSION_DENIED");
        using (var unknown = await support.PostAsJsonAsync("v1/authorize/check", new { userId = Guid.CreateVersion7(), permissions = new[] { "a:b" } }))
            await Problem.AssertAsync(unknown, HttpStatusCode.NotFound, "USER_NOT_FOUND");

        await desk.ExecuteAsync("update user_management.users set status = 'suspended' where id = @Id", new { user.Id });
        Assert.False((bool)(await CheckAsync(support, new { userId = user.Id, permissions = new[] { "invoices:write" } }))["allowed"]!);
    }

    private static StringContent Json(string text) => new(text, System.Text.Encoding.UTF8, "application/json");

    private static async Task<JsonNode> CheckAsync(HttpClient client, object body)
    {
        using var answer = await client.PostAsJsonAsync("v1/authorize/check", body);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private static async Task<Guid> CreateAsync(HttpClient client, string name, params string[] permissions)
    {
        using var answer = await client.PostAsJsonAsync("v1/roles", new { name, permissions });
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, text);
        return (Guid)JsonNode.Parse(text)!["id"]!;
    }

    private Task<Guid> AdminRoleAsync(string tenant) =>
        desk.ReadAsync<Guid>("select id from user_management.roles where tenant_id = @tenant and name = 'admin'", new { tenant });
}
