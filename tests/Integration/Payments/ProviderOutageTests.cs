using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>A breaker that closes again soon, and few calls of one tenant at a time.</summary>
public sealed class OutageDesk(StackFixture stack) : PaymentsDesk(stack)
{
    protected override Dictionary<string, string?> Settings { get; } = new()
    {
        ["MIDTRANS_SERVER_KEY"] = ServerKey, ["MIDTRANS_TIMEOUT_SECONDS"] = "10", ["MIDTRANS_BREAKER_SECONDS"] = "3",
        ["MIDTRANS_CALLS_PER_TENANT"] = "2",
    };
}

public sealed class ProviderOutageTests(OutageDesk desk) : IClassFixture<OutageDesk>
{
    [Fact]
    public async Task Ten_failures_open_the_breaker_webhooks_are_taken_meanwhile_and_processed_when_it_closes()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync("next-charge", new { mode = "http503", times = 12 });
        (HttpStatusCode Status, JsonNode? Body) answer;
        var calls = 0;
        do
            answer = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", PaymentsDesk.Request());
        while (answer.Status == HttpStatusCode.Accepted && ++calls < 15);

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "PROVIDER_UNAVAILABLE"), (answer.Status, (string?)answer.Body!["code"]));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        Assert.Equal([200], await desk.AnswersAsync((string)payment["orderId"]!, "settlement"));
        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
        await desk.ControlAsync("reset");
        await desk.ControlAsync("merchants", new { serverKey = PaymentsDesk.ServerKey, merchantId = "G000000000" });
        Assert.Equal("pending", (string?)(await desk.ChargeAsync())["status"]);
    }

    [Fact]
    public async Task A_tenant_whose_calls_hang_does_not_take_the_others_places()
    {
        var tenant = await desk.NewTenantAsync();
        using var slow = desk.As(tenant);
        await desk.ControlAsync("next-charge", new { mode = "slow", times = 2, delayMs = 4000 });
        var hanging = Enumerable.Range(0, 2).Select(_ => PaymentsDesk.PostAsync(slow, "v1/payments", PaymentsDesk.Request())).ToList();
        await PaymentsDesk.WaitForAsync(async () => await CountThereAsync(tenant) == 2, "The slow charges did not reach the provider.");

        var (refused, problem) = await PaymentsDesk.PostAsync(slow, "v1/payments", PaymentsDesk.Request());
        var other = await desk.ChargeAsync();

        Assert.Equal((HttpStatusCode.ServiceUnavailable, "PROVIDER_UNAVAILABLE"), (refused, (string?)problem!["code"]));
        Assert.Equal("pending", (string?)other["status"]);
        Assert.All(await Task.WhenAll(hanging), answer => Assert.Equal(HttpStatusCode.Created, answer.Status));
    }

    [Fact]
    public async Task A_charge_whose_caller_has_left_is_brought_to_its_end()
    {
        var tenant = await desk.NewTenantAsync();
        using var billing = desk.As(tenant);
        await desk.ControlAsync("next-charge", new { mode = "slow", delayMs = 2000 });
        using var patience = new CancellationTokenSource();
        var charge = billing.PostAsJsonAsync("v1/payments", PaymentsDesk.Request(), patience.Token);
        await PaymentsDesk.WaitForAsync(async () => await CountThereAsync(tenant) == 1, "The charge did not reach the provider.");
        await patience.CancelAsync();
        await Task.WhenAny(charge);

        // No time has passed that would bring the reconciliation.
        await PaymentsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<bool>(
                "select instructions is not null from payment_management.payment_transactions where tenant_id = @tenant", new { tenant }))[0],
            "What the provider answered was not kept.");
    }

    [Fact]
    public async Task Fifty_identical_notices_over_two_processes_settle_once()
    {
        var payment = await desk.ChargeAsync();
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle", new { notification = new { drop = true } });
        var sent = JsonNode.Parse(await desk.Midtrans.GetStringAsync($"control/notifications?orderId={payment["orderId"]}"))!.AsArray();
        var notice = (string)sent.Last(attempt => ((string)attempt!["body"]!).Contains("settlement", StringComparison.Ordinal))!["body"]!;
        await using var second = await desk.Database.StartAppsAsync(
            new Dictionary<string, string?>
            {
                ["MIDTRANS_SERVER_KEY"] = PaymentsDesk.ServerKey, ["MIDTRANS_API_URL"] = desk.Midtrans.BaseAddress!.ToString(),
                ["LOCAL_CLOCK_FILE"] = desk.Apps.Clock.Path,
            },
            FunctionApp.Payments);
        using var other = second.Client(FunctionApp.Payments, tenant: null);

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(async at =>
        {
            using var answer = at % 2 == 0
                ? await desk.NotifyAsync(notice)
                : await other.PostAsync(PaymentsDesk.Webhook, new StringContent(notice, System.Text.Encoding.UTF8, "application/json"));
            return answer.StatusCode;
        }));

        Assert.All(answers, status => Assert.Equal(HttpStatusCode.OK, status));
        await desk.WaitForStatusAsync((string)payment["id"]!, "success");
        Assert.Equal(["opened", "placed", "succeeded"], await desk.HistoryAsync((string)payment["id"]!));
        Assert.Equal(["PaymentSucceeded"], await desk.FactsAsync((string)payment["id"]!));
    }

    private async Task<int> CountThereAsync(string tenant)
    {
        var orders = await desk.QueryAsync<string>("select order_id from payment_management.payment_transactions where tenant_id = @tenant", new { tenant });
        var there = JsonNode.Parse(await desk.Midtrans.GetStringAsync("control/transactions"))!.AsArray();
        return there.Count(transaction => orders.Contains((string)transaction!["orderId"]!));
    }
}
