using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Simulators.Telegram;

namespace ServerlessBusiness.Tests.Unit.Simulators.Telegram;

// A simulator with its own chats, and the calls that a bot library would make.
sealed class Messenger : IAsyncDisposable
{
    public const string Token = "1000001:test-token";

    Messenger(TelegramSimulator simulator, HttpClient http)
    {
        Simulator = simulator;
        Http = http;
    }

    public TelegramSimulator Simulator { get; }
    public HttpClient Http { get; }

    public static async Task<Messenger> OpenAsync(Func<TelegramSimulatorOptions, TelegramSimulatorOptions>? configure = null)
    {
        var options = new TelegramSimulatorOptions
        {
            Bots = [new BotAccount("default", Token), new BotAccount("premium", "1000002:premium-token")],
            StartedChats = "1001:default",
            RetryScale = 0.001
        };
        var simulator = await TelegramSimulator.StartAsync(configure?.Invoke(options) ?? options);
        return new Messenger(simulator, new HttpClient { BaseAddress = simulator.BaseAddress, Timeout = TimeSpan.FromSeconds(30) });
    }

    public async Task<(HttpStatusCode Status, JsonObject Body)> CallAsync(string method, JsonObject parameters, string token = Token)
    {
        // A path with a colon in its first segment would be read as an absolute address.
        using var response = await Http.PostAsync(new Uri(Simulator.BaseAddress, $"/bot{token}/{method}"), Json(parameters));
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject());
    }

    public Task<(HttpStatusCode Status, JsonObject Body)> SendAsync(string text, long chatId = 1001, string? parseMode = null)
    {
        var parameters = new JsonObject { ["chat_id"] = chatId, ["text"] = text };
        if (parseMode is not null)
            parameters["parse_mode"] = parseMode;
        return CallAsync("sendMessage", parameters);
    }

    public async Task ControlAsync(string path, JsonObject body)
    {
        using var response = await Http.PostAsync($"control/{path}", Json(body));
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    public async Task<string[]> TextsAsync(long chatId)
    {
        var chat = JsonNode.Parse(await Http.GetStringAsync($"control/chats/{chatId}"))!;
        return [.. chat["messages"]!.AsArray().Select(message => (string)message!["text"]!)];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Simulator.DisposeAsync();
    }

    static StringContent Json(JsonObject body) => new(body.ToJsonString(), Encoding.UTF8, "application/json");
}
