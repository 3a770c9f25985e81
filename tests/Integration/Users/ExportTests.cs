using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServerlessBusiness.Local.Processes;
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
            // Written in JSON they are six megabytes, more than a service takes in one answer.
            Assert.Equal(300, file["notifications"]!["notifications"]!.AsArray().Select(row => (string)row!["title"]!).Distinct().Count());
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
    public async Task An_export_tells_where_he_was_and_not_where_those_were_who_acted_upon_him()
    {
        using var client = desk.Apps.Client(FunctionApp.Users, "default", await desk.Sessions.SignInAsync("default", desk.User));

        var text = await client.GetStringAsync("v1/me/export");

        Assert.All(Enumerable.Range(1, 4), number => Assert.Contains($"203.0.113.{number}\"", text));
        Assert.DoesNotContain("198.51.100.", text);
        Assert.DoesNotContain("yours/1", text);
        Assert.Contains("a role he was invited to", text);
        Assert.DoesNotContain("of another", text);
        var users = JsonNode.Parse(text)!["users"]!;
        Assert.Equal([false, true], users["sessions"]!.AsArray().Select(session => (bool)session!["impersonated"]!).Order());
        Assert.Single(users["impersonations"]!.AsArray());
        Assert.Equal(4, users["auditLog"]!.AsArray().Count(entry => (string?)entry!["action"] == "test.act"));
    }

    [Fact]
    public async Task A_service_that_fails_half_way_cuts_the_download_so_that_half_a_file_passes_for_none()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        await using var billing = builder.Build();
        var address = $"http://127.0.0.1:{Ports.FreeBlock(1)}";
        billing.Urls.Add(address);
        // The second page waits until the download has begun, or nobody would see that it was cut.
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        billing.Run(async http =>
        {
            var isFirst = !http.Request.Query.ContainsKey("cursor");
            if (!isFirst)
                await begun.Task;
            var page = isFirst
                ? Results.Text("""{"items":[{"source":"history","data":{"event_type":"the_first"}}],"next":"0.1"}""", "application/json")
                : Results.StatusCode(500);
            await page.ExecuteAsync(http);
        });
        await billing.StartAsync();
        await desk.Apps.StartAppAsync(
            FunctionApp.Users, new Dictionary<string, string?> { ["BILLING_URL"] = address, ["SERVICE_RETRIES"] = "0" });
        try
        {
            using var client = desk.Apps.Client(FunctionApp.Users, "default", await desk.Sessions.SignInAsync("default", desk.User));
            using var answer = await client.GetAsync("v1/me/export", HttpCompletionOption.ResponseHeadersRead);
            begun.SetResult();

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            await Assert.ThrowsAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync());
        }
        finally
        {
            await desk.Apps.StartAppAsync(FunctionApp.Users);
        }
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
