using System.Net;
using System.Net.Http.Json;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

[Collection(nameof(UsersDesk))]
public sealed class ForeignTenantTests(UsersDesk desk)
{
    [Fact]
    public async Task A_token_of_one_tenant_with_the_header_of_another_is_refused_on_every_route_and_changes_nothing()
    {
        var (mine, theirs) = (await desk.NewTenantAsync(), await desk.NewTenantAsync());
        var (_, client) = await desk.NewAdministratorAsync(mine);
        client.DefaultRequestHeaders.Remove("X-Tenant-ID");
        client.DefaultRequestHeaders.Add("X-Tenant-ID", theirs);
        var ids = await FillAsync(theirs);
        var before = await RowsAsync(theirs);
        Assert.True(UsersRoutes.All.Count(route => !route.IsAnonymous) > 30);

        foreach (var route in UsersRoutes.All)
        {
            using var request = new HttpRequestMessage(route.Method, route.Path(name => ids.GetValueOrDefault(name, Guid.CreateVersion7().ToString())));
            if (route.Body is not null)
                request.Content = JsonContent.Create(new { });
            using var answer = await client.SendAsync(request);

            if (!route.IsAnonymous)
                await Problem.AssertAsync(answer, HttpStatusCode.Forbidden, "TENANT_MISMATCH");
        }

        Assert.Equal(before, await RowsAsync(theirs));
    }

    [Fact]
    public async Task Ids_of_another_tenant_are_not_found_on_any_route_and_nothing_changes_there()
    {
        var (mine, theirs) = (await desk.NewTenantAsync(), await desk.NewTenantAsync());
        var (_, client) = await desk.NewAdministratorAsync(mine);
        var ids = await FillAsync(theirs);
        var before = await RowsAsync(theirs);
        var withIds = UsersRoutes.All.Where(route => !route.IsAnonymous && route.Template.Contains(":guid") && route.Name != "ReadPersonalData").ToList();
        Assert.NotEmpty(withIds);

        foreach (var route in withIds)
        {
            using var request = new HttpRequestMessage(route.Method, route.Path(name => ids[name]));
            if (route.Body is not null)
                request.Content = JsonContent.Create(
                    route.Name.Contains("Role", StringComparison.Ordinal) ? new { name = "mine-now", permissions = new[] { "*" } }
                    : route.Name.Contains("Passkey", StringComparison.Ordinal) ? new { name = "mine-now" }
                    : (object)new { reason = "because" });
            using var answer = await client.SendAsync(request);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{route.Name}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }

        Assert.Equal(before, await RowsAsync(theirs));
    }

    [Fact]
    public async Task A_refresh_token_is_no_bearer_and_an_access_token_refreshes_nothing()
    {
        var user = await desk.NewUserAsync(await desk.NewTenantAsync());
        var tokens = await desk.SignInAsync(user);
        using var client = desk.Apps.Client(FunctionApp.Users, user.Tenant, (string)tokens["refreshToken"]!);
        using (var asBearer = await client.GetAsync("v1/me"))
            await Problem.AssertAsync(asBearer, HttpStatusCode.Unauthorized, "TOKEN_INVALID");

        using var asRefresh = await desk.PostAsync(user.Tenant, "v1/auth/refresh", new { refreshToken = (string)tokens["accessToken"]! });

        await Problem.AssertAsync(asRefresh, HttpStatusCode.Unauthorized, "REFRESH_TOKEN_INVALID");
    }

    // Something that each parameter of a route could mean.
    private async Task<Dictionary<string, string>> FillAsync(string tenant)
    {
        var user = await desk.NewUserAsync(tenant, "invoices:read");
        var tokens = await desk.SignInAsync(user);
        var role = await desk.ReadAsync<Guid>("select id from user_management.roles where tenant_id = @tenant", new { tenant });
        var invitation = Guid.CreateVersion7();
        await desk.ExecuteAsync(
            """
            insert into user_management.invitations (tenant_id, id, email, email_normalized, role_id, role_name, token_hash, created_at, expires_at)
            values (@tenant, @invitation, 'a@example.com', 'a@example.com', @role, 'a role', '', now(), now() + interval '90 days')
            """,
            new { tenant, invitation, role });
        var passkey = Guid.CreateVersion7();
        await desk.ExecuteAsync(
            """
            insert into user_management.passkeys (tenant_id, id, user_id, name, credential_id, public_key, sign_count, transports, synced, created_at)
            values (@tenant, @passkey, @Id, 'phone', '\x01', '\x01', 0, '', false, now())
            """,
            new { tenant, passkey, user.Id });
        return new Dictionary<string, string>
        {
            ["user"] = user.Id.ToString(),
            ["role"] = role.ToString(),
            ["session"] = (string)tokens["sessionId"]!,
            ["invitation"] = invitation.ToString(),
            ["passkey"] = passkey.ToString(),
            ["id"] = tenant,
        };
    }

    // A digest of each table's rows of the tenant.
    private async Task<IReadOnlyList<string>> RowsAsync(string tenant)
    {
        await desk.UntilQuietAsync();
        var tables = await desk.QueryAsync<string>(
            """
            select c.table_name from information_schema.columns c
            join information_schema.tables t using (table_schema, table_name)
            where c.table_schema = 'user_management' and c.column_name = 'tenant_id' and t.table_type = 'BASE TABLE'
                and c.table_name not in ('inbox', 'outbox')
            order by 1
            """);
        var digests = new List<string>();
        foreach (var table in tables)
            digests.Add(table + " " + await desk.ReadAsync<string>(
                $"select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from user_management.{table} t where tenant_id = @tenant", new { tenant }));
        return digests;
    }
}
