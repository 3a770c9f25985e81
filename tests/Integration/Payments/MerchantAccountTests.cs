using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Payments.Midtrans;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class MerchantAccountTests(PaymentsDesk desk)
{
    private readonly string serverKey = $"own-server-key-{Guid.NewGuid():N}";
    private readonly string merchantId = $"M{Guid.NewGuid():N}"[..10];

    [Fact]
    public async Task A_tenant_is_charged_and_notified_through_its_own_account()
    {
        var tenant = await OwnAccountAsync();
        using var billing = desk.As(tenant);
        var payment = await ChargeAsync(billing);
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{payment["orderId"]}"))!;
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");

        Assert.Equal(merchantId, (string?)there["merchantId"]);
        Assert.Equal([200], await desk.AnswersAsync((string)payment["orderId"]!, "settlement"));
        Assert.Equal("success", await StatusAsync(billing, payment));
    }

    [Fact]
    public async Task The_platforms_key_and_address_say_nothing_about_a_payment_of_a_tenants_own_account()
    {
        var tenant = await OwnAccountAsync();
        using var billing = desk.As(tenant);
        var payment = await ChargeAsync(billing);
        var order = (string)payment["orderId"]!;

        Assert.Equal(HttpStatusCode.NotFound, await NotifyAsync(Signed(order, PaymentsDesk.ServerKey), PaymentsDesk.Webhook));
        Assert.Equal(HttpStatusCode.BadRequest, await NotifyAsync(Signed(order, serverKey), PaymentsDesk.Webhook));
        Assert.Equal(HttpStatusCode.NotFound, await NotifyAsync(Signed(order, PaymentsDesk.ServerKey), PaymentsDesk.WebhookOf(tenant)));
        Assert.Equal(HttpStatusCode.OK, await NotifyAsync(Signed(order, serverKey), PaymentsDesk.WebhookOf(tenant)));
    }

    [Fact]
    public async Task A_tenants_key_says_nothing_about_the_platforms_payments()
    {
        var tenant = await OwnAccountAsync();
        var platforms = await desk.ChargeAsync();

        Assert.Equal(HttpStatusCode.NotFound, await NotifyAsync(Signed((string)platforms["orderId"]!, serverKey), PaymentsDesk.WebhookOf(tenant)));
    }

    [Fact]
    public async Task A_payment_stays_with_its_account_when_the_tenant_goes_back_to_the_platforms()
    {
        var tenant = await OwnAccountAsync();
        using var billing = desk.As(tenant);
        using var administrator = await desk.SignInAsync(Guid.CreateVersion7(), tenant, "payments:*");
        var before = await ChargeAsync(billing);
        using var gone = await administrator.DeleteAsync("v1/merchant-account");
        var after = await ChargeAsync(billing);
        await desk.ControlAsync($"transactions/{before["orderId"]}/settle");

        Assert.Equal(HttpStatusCode.NoContent, gone.StatusCode);
        Assert.Equal("success", await StatusAsync(billing, before));
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/transactions/{after["orderId"]}"))!;
        Assert.Equal("G000000000", (string?)there["merchantId"]);
    }

    [Fact]
    public async Task A_server_key_goes_in_and_never_comes_out()
    {
        var tenant = await OwnAccountAsync();
        using var administrator = await desk.SignInAsync(Guid.CreateVersion7(), tenant, "payments:*");
        using var clerk = await desk.SignInAsync(Guid.CreateVersion7(), tenant, "payments:read");
        var shown = await administrator.GetStringAsync("v1/merchant-account");
        var kept = await desk.QueryAsync<string>("select m::text from payment_management.merchant_accounts m where tenant_id = @tenant", new { tenant });

        Assert.True((bool)JsonNode.Parse(shown)!["isOwn"]!);
        Assert.DoesNotContain(serverKey, shown + string.Concat(kept) + await desk.ReadLogAsync());
        Assert.Equal(HttpStatusCode.Forbidden, (await clerk.GetAsync("v1/merchant-account")).StatusCode);
    }

    [Fact]
    public async Task A_key_that_cannot_be_read_stops_its_own_account_and_nothing_else()
    {
        var tenant = await OwnAccountAsync();
        using var billing = desk.As(tenant);
        var earlier = await ChargeAsync(billing);
        using var administrator = await desk.SignInAsync(Guid.CreateVersion7(), tenant, "payments:*");
        using var put = await administrator.PutAsJsonAsync(
            "v1/merchant-account", new { merchantId = $"{merchantId}2", serverKey = $"{serverKey}-2", clientKey = "second-client-key" });
        await desk.QueryAsync<int>(
            "update payment_management.merchant_accounts set server_key = 'v1.00000000.AA.AA.AA' where tenant_id = @tenant and merchant_id = @merchantId",
            new { tenant, merchantId });
        await administrator.DeleteAsync("v1/merchant-account");

        // The platform's key signs a notice of the platform's payment, while one of the unreadable key may be true.
        await PaymentsDesk.WaitForAsync(
            async () => (await PaymentsDesk.PostAsync(billing, "v1/payments", PaymentsDesk.Request())).Status == HttpStatusCode.Created,
            "The tenant cannot be charged.");
        var order = (string)(await ChargeAsync(billing))["orderId"]!;
        Assert.Equal(HttpStatusCode.OK, await NotifyAsync(Signed(order, PaymentsDesk.ServerKey), PaymentsDesk.WebhookOf(tenant)));
        Assert.Equal(
            HttpStatusCode.ServiceUnavailable, await NotifyAsync(Signed((string)earlier["orderId"]!, serverKey), PaymentsDesk.WebhookOf(tenant)));
        var (status, refused) = await PaymentsDesk.PostAsync(billing, $"v1/payments/{earlier["id"]}/cancel");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "MERCHANT_ACCOUNT_UNREADABLE"), (status, (string?)refused!["code"]));
    }

    [Theory]
    [InlineData("Mid-server-aaaa", "Mid-server-bbbb")]
    [InlineData("Mid-server-aaaa", "SB-Mid-client-bbbb")]
    [InlineData("SB-Mid-client-aaaa", "SB-Mid-client-bbbb")]
    public async Task Keys_that_are_mixed_up_are_refused_and_none_is_published(string server, string client)
    {
        var tenant = await desk.NewTenantAsync();
        using var administrator = await desk.SignInAsync(Guid.CreateVersion7(), tenant, "payments:*");
        using var put = await administrator.PutAsJsonAsync("v1/merchant-account", new { merchantId, serverKey = server, clientKey = client });
        var refused = JsonNode.Parse(await put.Content.ReadAsStringAsync())!;
        using var anybody = desk.Apps.Client(ServerlessBusiness.Local.Stack.FunctionApp.Payments, tenant);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "WRONG_KEYS"), (put.StatusCode, (string?)refused["code"]));
        Assert.Equal("SB-Mid-client-local-SAMPLE", (string?)JsonNode.Parse(await anybody.GetStringAsync("v1/client-key"))!["clientKey"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Accounts_that_are_set_at_the_same_time_are_set_one_after_the_other(bool same)
    {
        var tenant = await desk.NewTenantAsync();
        using var administrator = await desk.SignInAsync(Guid.CreateVersion7(), tenant, "payments:*");
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(async at =>
        {
            using var put = await administrator.PutAsJsonAsync(
                "v1/merchant-account", new { merchantId = same ? merchantId : $"{merchantId}-{at}", serverKey, clientKey = "own-client-key" });
            return put.StatusCode;
        }));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        Assert.Equal([(same ? 1L : 8L, 1L)], await desk.QueryAsync<(long, long)>(
            "select count(*), count(*) filter (where active) from payment_management.merchant_accounts where tenant_id = @tenant", new { tenant }));
    }

    private async Task<string> OwnAccountAsync()
    {
        var tenant = await desk.NewTenantAsync();
        using var administrator = await desk.SignInAsync(Guid.CreateVersion7(), tenant, "payments:*");
        using var put = await administrator.PutAsJsonAsync("v1/merchant-account", new { merchantId, serverKey, clientKey = "own-client-key" });
        var account = JsonNode.Parse(await put.Content.ReadAsStringAsync())!;
        Assert.True(put.IsSuccessStatusCode, account.ToJsonString());
        var notificationUrl = new Uri(desk.Payments.BaseAddress!, (string)account["webhookPath"]!);
        await desk.ControlAsync("merchants", new { serverKey, merchantId, notificationUrl });
        return tenant;
    }

    private static async Task<JsonNode> ChargeAsync(HttpClient billing)
    {
        var (status, payment) = await PaymentsDesk.PostAsync(billing, "v1/payments", PaymentsDesk.Request());
        Assert.Equal(HttpStatusCode.Created, status);
        return payment!;
    }

    private async Task<HttpStatusCode> NotifyAsync(string body, string path)
    {
        using var answer = await desk.NotifyAsync(body, path);
        return answer.StatusCode;
    }

    private static async Task<string?> StatusAsync(HttpClient billing, JsonNode payment) =>
        (string?)JsonNode.Parse(await billing.GetStringAsync($"v1/payments/{payment["id"]}"))!["status"];

    private static string Signed(string order, string key) => new JsonObject
    {
        ["order_id"] = order,
        ["status_code"] = "201",
        ["gross_amount"] = "531690.00",
        ["transaction_status"] = "pending",
        ["signature_key"] = MidtransSignature.Of(order, "201", "531690.00", key),
    }.ToJsonString();
}
