using System.Net;
using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Users;

/// <summary>All five apps, because each of them holds something of a person.</summary>
public sealed class ExportTests(StackFixture stack) : IAsyncLifetime
{
    private static readonly Guid User = Guid.CreateVersion7();
    private TestDatabase? database;
    private NpgsqlDataSource? owner;
    private TestApps? apps;
    private TestSessions? sessions;

    public async ValueTask InitializeAsync()
    {
        database = await stack.CreateDatabaseAsync(seeded: true);
        owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        apps = await database.StartAppsAsync();
        sessions = await TestSessions.OpenAsync(apps, await TestSigningKey.PublishAsync(owner, apps));
        await using var connection = await owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into user_management.users (tenant_id, id, email, email_normalized, username, username_normalized, password_hash, created_at, updated_at)
            values ('default', @User, 'me@example.com', 'me@example.com', 'me', 'me', 'the-hash-of-a-password', now(), now());
            insert into billing_management.billing_history (tenant_id, id, user_id, event_type, event_data, created_at)
            select 'default', gen_random_uuid(), @User, 'told', jsonb_build_object('number', n), now() from generate_series(1, 1234) as n;
            insert into billing_management.billing_history (tenant_id, id, user_id, event_type, created_at)
            values ('default', gen_random_uuid(), gen_random_uuid(), 'of_another', now());
            """,
            new { User });
    }

    public async ValueTask DisposeAsync()
    {
        await (apps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (owner?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [Fact]
    public async Task An_export_holds_what_all_services_know_page_after_page_or_nothing()
    {
        using var client = apps!.Client(FunctionApp.Users, "default", await sessions!.SignInAsync("default", User));

        using (var answer = await client.GetAsync("v1/me/export"))
        {
            var text = await answer.Content.ReadAsStringAsync();
            Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
            Assert.StartsWith("attachment", answer.Content.Headers.ContentDisposition!.ToString(), StringComparison.Ordinal);
            var file = JsonNode.Parse(text)!;
            Assert.Equal("me@example.com", (string?)file["users"]!["account"]![0]!["email"]);
            Assert.Equal(1234, file["billing"]!["history"]!.AsArray().Select(row => (int)row!["eventData"]!["number"]!).Distinct().Count());
            Assert.Equal(
                ServiceIdentity.All.Select(service => service.Key), file.AsObject().Select(member => member.Key).Except(["exportedAt", "userId"]));
            Assert.DoesNotContain("of_another", text);
            Assert.DoesNotContain("the-hash-of-a-password", text);
        }

        await apps[FunctionApp.Payments].KillAsync();
        using var refused = await client.GetAsync("v1/me/export");
        await Problem.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, "SERVICE_UNAVAILABLE");
    }

    [Fact]
    public async Task Only_services_read_personal_data_and_only_of_their_tenant()
    {
        foreach (var app in FunctionApp.All)
        {
            using var user = apps!.Client(app, "default", await sessions!.SignInAsync("default", User, ["*"]));
            await Problem.AssertAsync(await user.GetAsync($"v1/personal-data/{User}"), HttpStatusCode.Forbidden, "SERVICE_REQUIRED");
        }

        var token = sessions!.ServiceToken(ServiceIdentity.Users, ServiceIdentity.Billing);
        using var service = apps!.Client(FunctionApp.Billing, "default", token);
        await Problem.AssertAsync(await service.GetAsync($"v1/personal-data/{User}?cursor=x"), HttpStatusCode.BadRequest, "INVALID_CURSOR");
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"v1/personal-data/{User}")).StatusCode);
    }
}
