using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Tests.Integration.Kernel;

namespace ServerlessBusiness.Tests.Integration.Users;

public sealed class ExportTests(ExportDesk desk) : IClassFixture<ExportDesk>
{
    [Fact]
    public async Task An_export_holds_what_all_services_know_page_after_page_or_nothing()
    {
        using var client = desk.Apps.Client(FunctionApp.Users, "default", await desk.Sessions.SignInAsync("default", desk.User));

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

        await desk.Apps[FunctionApp.Payments].KillAsync();
        using var refused = await client.GetAsync("v1/me/export");
        await Problem.AssertAsync(refused, HttpStatusCode.ServiceUnavailable, "SERVICE_UNAVAILABLE");
        await desk.Apps.StartAppAsync(FunctionApp.Payments);
    }

    [Fact]
    public async Task Only_services_read_personal_data_and_only_of_their_tenant()
    {
        foreach (var app in FunctionApp.All)
        {
            using var user = desk.Apps.Client(app, "default", await desk.Sessions.SignInAsync("default", desk.User, ["*"]));
            await Problem.AssertAsync(await user.GetAsync($"v1/personal-data/{desk.User}"), HttpStatusCode.Forbidden, "SERVICE_REQUIRED");
        }

        var token = desk.Sessions.ServiceToken(ServiceIdentity.Users, ServiceIdentity.Billing);
        using var service = desk.Apps.Client(FunctionApp.Billing, "default", token);
        await Problem.AssertAsync(await service.GetAsync($"v1/personal-data/{desk.User}?cursor=x"), HttpStatusCode.BadRequest, "INVALID_CURSOR");
        Assert.Equal(HttpStatusCode.OK, (await service.GetAsync($"v1/personal-data/{desk.User}")).StatusCode);
    }
}
