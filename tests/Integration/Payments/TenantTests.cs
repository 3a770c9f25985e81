using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class TenantTests(PaymentsDesk desk)
{
    [Theory]
    [InlineData("GET", "")]
    [InlineData("GET", "/refunds")]
    [InlineData("POST", "/refunds")]
    [InlineData("POST", "/cancel")]
    [InlineData("POST", "/expire")]
    [InlineData("POST", "/capture")]
    [InlineData("POST", "/approve")]
    [InlineData("POST", "/deny")]
    [InlineData("POST", "/surplus-handled")]
    public async Task Another_tenants_payment_is_not_there_on_any_route(string method, string route)
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("gopay"));
        using var others = desk.As(await desk.NewTenantAsync());
        using var request = new HttpRequestMessage(new HttpMethod(method), $"v1/payments/{payment["id"]}{route}");
        if (method == "POST")
            request.Content = JsonContent.Create(new { reason = "mine" });
        using var answer = await others.SendAsync(request);

        Assert.Equal((HttpStatusCode.NotFound, "pending"), (answer.StatusCode, (string?)(await desk.ReadAsync((string)payment["id"]!))["status"]));
    }

    [Theory]
    [InlineData("", HttpStatusCode.NotFound)]
    [InlineData("/cancel", HttpStatusCode.NotFound)]
    [InlineData("/refunds", HttpStatusCode.Forbidden)]
    [InlineData("/expire", HttpStatusCode.Forbidden)]
    [InlineData("/capture", HttpStatusCode.Forbidden)]
    [InlineData("/approve", HttpStatusCode.Forbidden)]
    [InlineData("/surplus-handled", HttpStatusCode.Forbidden)]
    public async Task Another_users_payment_is_not_there_either_and_power_over_money_needs_permission(string route, HttpStatusCode refusal)
    {
        var payment = await desk.ChargeAsync(PaymentsDesk.By("gopay"));
        using var stranger = await desk.SignInAsync(Guid.CreateVersion7());
        using var answer = route.Length == 0
            ? await stranger.GetAsync($"v1/payments/{payment["id"]}")
            : await stranger.PostAsJsonAsync($"v1/payments/{payment["id"]}{route}", new { reason = "mine" });

        Assert.Equal(refusal, answer.StatusCode);
    }

    [Fact]
    public async Task A_payer_withdraws_what_waits_but_not_what_is_paid()
    {
        var user = Guid.CreateVersion7();
        using var payer = await desk.SignInAsync(user);
        var waiting = await desk.ChargeAsync(PaymentsDesk.By("gopay", user));
        var paid = await desk.ChargeAsync(PaymentsDesk.By("credit_card", user, cardToken: await desk.CardTokenAsync()));
        await desk.ControlAsync($"transactions/{paid["orderId"]}/authenticate");

        Assert.Equal(HttpStatusCode.OK, (await PaymentsDesk.PostAsync(payer, $"v1/payments/{waiting["id"]}/cancel")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await PaymentsDesk.PostAsync(payer, $"v1/payments/{paid["id"]}/cancel")).Status);
    }

    [Fact]
    public async Task A_key_gives_the_same_answer_for_the_same_content_and_belongs_to_one_tenant()
    {
        var (invoice, user) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var request = PaymentsDesk.By("gopay", user, invoice);
        var reordered = new JsonObject(((JsonObject)request).Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        var dearer = PaymentsDesk.By("gopay", user, invoice, more: new { amount = new { amount = 531691, currency = "IDR" } });
        using var others = desk.As(await desk.NewTenantAsync());

        var first = await SendAsync(desk.Payments, "key-1", request);
        var again = await SendAsync(desk.Payments, "key-1", reordered);
        var other = await SendAsync(desk.Payments, "key-1", dearer);
        var elsewhere = await SendAsync(others, "key-1", dearer);

        Assert.Equal((HttpStatusCode.Created, first.Body!["id"]!.ToString(), true), (again.Status, again.Body!["id"]!.ToString(), again.IsReplay));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "IDEMPOTENCY_KEY_REUSED"), (other.Status, (string?)other.Body!["code"]));
        Assert.Equal((HttpStatusCode.Created, false), (elsewhere.Status, elsewhere.IsReplay));
    }

    [Fact]
    public async Task While_the_first_request_still_runs_its_key_is_in_use()
    {
        await desk.ControlAsync("next-charge", new { mode = "slow", delayMs = 1500 });
        var request = PaymentsDesk.By("gopay");
        var first = SendAsync(desk.Payments, "key-slow", request);
        await PaymentsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<int>("select 1 from payment_management.idempotency_keys where key = 'key-slow'", null)).Count == 1,
            "The first request did not begin.");
        var second = await SendAsync(desk.Payments, "key-slow", request);

        Assert.Equal((HttpStatusCode.Conflict, "IDEMPOTENCY_KEY_IN_USE"), (second.Status, (string?)second.Body!["code"]));
        Assert.Equal(HttpStatusCode.Created, (await first).Status);
    }

    private static async Task<(HttpStatusCode Status, JsonNode? Body, bool IsReplay)> SendAsync(HttpClient client, string key, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/payments") { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync()), answer.Headers.Contains("Idempotent-Replayed"));
    }
}
