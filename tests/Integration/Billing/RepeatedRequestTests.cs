using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CyclesCollection>]
public sealed class RepeatedRequestTests(CyclesDesk desk)
{
    [Fact]
    public async Task A_repeated_request_whose_first_answer_was_lost_finds_what_it_made()
    {
        var tenant = await desk.NewTenantAsync();
        var administrator = await desk.SignInAdministratorAsync(tenant);
        var user = Guid.CreateVersion7();
        var work = new { userId = user, currency = "IDR", lines = new[] { new { description = "work", unitPrice = 100_000 } } };
        var draft = await TwiceAsync(administrator, "v1/invoices", work, work with { currency = "USD" });
        var invoice = await TwiceAsync(administrator, $"v1/invoices/{draft["id"]}/finalise", new { }, new { more = true });
        var coupon = await TwiceAsync(
            administrator, "v1/coupons", new { code = "HALF", percent = 50 }, new { code = "HALF", percent = 60 });
        var redemption = await TwiceAsync(
            administrator, "v1/coupon-redemptions", new { code = "HALF", userId = user }, new { code = "HALF", userId = Guid.CreateVersion7() });

        Assert.Equal((string?)draft["id"], (string?)invoice["id"]);
        Assert.EndsWith("-0001", (string?)invoice["number"]);
        Assert.Equal(("HALF", 1), ((string?)coupon["code"], (int)redemption["invoicesLeft"]!));
        Assert.Equal(1, await desk.CountInvoicesAsync(tenant));
    }

    // The answer of both requests; the same key with another body is refused.
    private async Task<JsonNode> TwiceAsync(BillingClient client, string path, object body, object other)
    {
        var key = $"key-{Guid.CreateVersion7()}";
        var first = await SendAsync(client, path, body, key);
        var second = await SendAsync(client, path, body, key);
        var refused = await SendAsync(client, path, other, key);

        Assert.NotNull((string?)first["id"]);
        Assert.Equal((string?)first["id"], (string?)second["id"]);
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (string?)refused["code"]);
        return first;
    }

    private async Task<JsonNode> SendAsync(BillingClient client, string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.Client.SendAsync(request);
        // A process that dies before it has kept its answer, or a caller who leaves meanwhile, leaves the key to whoever asks again.
        await desk.ExecuteAsync("delete from billing_management.idempotency_keys where tenant_id = @Tenant", new { client.Tenant });
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
