using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Simulators.Midtrans;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

// A merchant with a simulator of its own and a webhook that the simulator notifies.
public sealed class Shop : IAsyncDisposable
{
    public const string ServerKey = "SB-Mid-server-test";

    Shop(MidtransSimulator simulator, WebhookReceiver webhook, HttpClient http)
    {
        Simulator = simulator;
        Webhook = webhook;
        Http = http;
    }

    public MidtransSimulator Simulator { get; }
    public WebhookReceiver Webhook { get; }
    public HttpClient Http { get; }

    public static async Task<Shop> OpenAsync(Func<MidtransSimulatorOptions, MidtransSimulatorOptions>? configure = null)
    {
        var webhook = await WebhookReceiver.StartAsync();
        var options = new MidtransSimulatorOptions
        {
            ServerKey = ServerKey,
            WebhookUrl = webhook.Url,
            PendingNotices = false,
            RetryScale = 0.00001
        };
        var simulator = await MidtransSimulator.StartAsync(configure?.Invoke(options) ?? options);
        var http = new HttpClient { BaseAddress = simulator.BaseAddress, Timeout = TimeSpan.FromSeconds(30) };
        http.DefaultRequestHeaders.Authorization = Basic(ServerKey);
        http.DefaultRequestHeaders.Accept.ParseAdd("application/json");
        return new Shop(simulator, webhook, http);
    }

    public static AuthenticationHeaderValue Basic(string serverKey) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(serverKey + ":")));

    public static JsonObject BcaCharge(string orderId, long amount = 44_000) =>
        Charge("bank_transfer", orderId, amount, """{"bank":"bca"}""");

    public static JsonObject Charge(string paymentType, string orderId, long amount, string methodObject = "{}") => new()
    {
        ["payment_type"] = paymentType,
        ["transaction_details"] = new JsonObject { ["order_id"] = orderId, ["gross_amount"] = amount },
        [paymentType] = JsonNode.Parse(methodObject)
    };

    public Task<JsonObject> ChargeAsync(JsonObject body, params (string Name, string Value)[] headers) =>
        PostAsync("v2/charge", body, headers);

    public Task<JsonObject> StatusAsync(string id) => ReadAsync(new HttpRequestMessage(HttpMethod.Get, $"v2/{id}/status"));

    public Task<JsonObject> PostAsync(string path, JsonObject? body = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = Json(body ?? []) };
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        return ReadAsync(request);
    }

    // The simulator's control API; an unexpected refusal fails the test with its own words.
    public async Task ControlAsync(string path, JsonObject? body = null)
    {
        using var response = await Http.PostAsync($"control/{path}", Json(body ?? []));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<JsonArray> NotificationsAsync(string orderId) =>
        JsonNode.Parse(await Http.GetStringAsync($"control/notifications?orderId={orderId}"))!.AsArray();

    public async Task<string> CardTokenAsync(string cardNumber = "4811111111111114")
    {
        var answer = JsonNode.Parse(await Http.GetStringAsync(
            $"v2/token?client_key=any&card_number={cardNumber}&card_exp_month=12&card_exp_year=2030&card_cvv=123"))!;
        return (string)answer["token_id"]!;
    }

    public static ByteArrayContent Json(JsonNode body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.ToJsonString()));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Simulator.DisposeAsync();
        await Webhook.DisposeAsync();
    }

    async Task<JsonObject> ReadAsync(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
    }
}

// One shop for a whole class; orders of its tests have names of their own.
public sealed class ShopFixture : IAsyncLifetime
{
    public Shop Shop { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Shop = await Shop.OpenAsync();

    public ValueTask DisposeAsync() => Shop.DisposeAsync();
}
