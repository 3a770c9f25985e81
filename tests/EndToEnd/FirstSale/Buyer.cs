using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.EndToEnd.FirstSale;

/// <summary>Somebody who buys: every step is a request as a browser would send it.</summary>
public sealed partial class Buyer(Shop shop, string tenant, long chat)
{
    private const string Password = "correct horse battery staple";
    private string? _accessToken;

    public string Tenant => tenant;

    /// <summary>Sent with every request when set.</summary>
    public string? TraceParent { get; set; }

    private string Name => $"buyer{chat}";

    // The mailbox is shared by all tenants of the shop.
    public string Email => $"{Name}@{tenant}.example.com";

    /// <summary>Registers and follows the link of the mail that proves the address.</summary>
    public async Task RegisterAsync()
    {
        await PostAsync(
            FunctionApp.Users, "v1/auth/register", new { email = Email, username = Name, password = Password, firstName = "Budi" });
        var mail = await Eventually.FindAsync(
            async () => (await Shop.InspectAsync(shop.Apps.Mail, $"messages?to={Uri.EscapeDataString(Email)}")).AsArray().FirstOrDefault(),
            "No mail asked to prove the address.");
        var token = MailedToken().Match((string)mail["text"]!).Groups[1].Value;
        using var client = Client(FunctionApp.Users, tenant);
        using var answer = await client.PostAsJsonAsync("v1/auth/email/verify", new { token });
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
    }

    public async Task SignInAsync()
    {
        var tokens = await PostAsync(FunctionApp.Users, "v1/auth/login", new { login = Name, password = Password });
        _accessToken = (string)tokens["accessToken"]!;
    }

    /// <summary>Presses the start link in the chat; returns when the chat was told that it is linked.</summary>
    public async Task LinkTelegramAsync()
    {
        await WaitForNotificationAsync("welcome");
        var link = await PostAsync(FunctionApp.Notifications, "v1/telegram/links", new { });
        var payload = ((string)link["url"]!).Split("?start=")[1];
        await Shop.ControlAsync(shop.Apps.Telegram, $"chats/{chat}/start", new { bot = "default", payload });
        await WaitForNotificationAsync("telegram_linked");
    }

    public Task<JsonNode> SubscribeAsync() =>
        PostAsync(FunctionApp.Subscriptions, "v1/subscriptions", new { tier = "pro", cycle = "monthly", currency = "IDR" });

    public Task<JsonNode> WaitForInvoiceAsync() => Eventually.FindAsync(
        async () => (await ReadAsync(FunctionApp.Billing, "v1/invoices"))["items"]!.AsArray().SingleOrDefault(), "No invoice was issued.");

    public Task<JsonNode> PayAsync(JsonNode invoice) =>
        PostAsync(FunctionApp.Billing, $"v1/invoices/{invoice["id"]}/pay", new { method = "bank_transfer", bank = "bca" });

    /// <summary>Subscribes and asks how to pay; what is left is the transfer.</summary>
    public async Task<JsonNode> OrderAsync()
    {
        await SubscribeAsync();
        return await PayAsync(await WaitForInvoiceAsync());
    }

    public Task WaitForNotificationAsync(string type) => Eventually.HoldsAsync(
        async () => (await ReadAsync(FunctionApp.Notifications, "v1/notifications"))["items"]!.AsArray()
            .Any(told => (string?)told!["type"] == type && (string?)told["status"] == "sent"),
        $"The notification '{type}' was not sent.");

    public Task WaitForStatusAsync(FunctionApp app, string path, string status) => Eventually.HoldsAsync(
        async () => (string?)(await ReadAsync(app, path))["status"] == status, $"{path} did not become {status}.");

    /// <summary>What the buyer reads in the chat.</summary>
    public async Task<IReadOnlyList<string>> ReadChatAsync()
    {
        var view = await Shop.InspectAsync(shop.Apps.Telegram, $"chats/{chat}");
        return [.. view["messages"]!.AsArray().Select(message => (string)message!["text"]!)];
    }

    public async Task<JsonNode> ReadAsync(FunctionApp app, string path)
    {
        using var client = Client(app, tenant);
        using var answer = await client.GetAsync(path);
        return await JsonOfAsync(answer, path);
    }

    /// <summary>The status of a GET, in the buyer's own tenant or with the header of another.</summary>
    public async Task<HttpStatusCode> TryReadAsync(FunctionApp app, string path, string? asTenant = null)
    {
        using var client = Client(app, asTenant ?? tenant);
        using var answer = await client.GetAsync(path);
        return answer.StatusCode;
    }

    private async Task<JsonNode> PostAsync(FunctionApp app, string path, object body)
    {
        using var client = Client(app, tenant);
        using var answer = await client.PostAsJsonAsync(path, body);
        return await JsonOfAsync(answer, path);
    }

    private HttpClient Client(FunctionApp app, string asTenant)
    {
        var client = shop.Apps.Client(app, asTenant, _accessToken);
        if (TraceParent is not null)
            client.DefaultRequestHeaders.Add("traceparent", TraceParent);
        return client;
    }

    private static async Task<JsonNode> JsonOfAsync(HttpResponseMessage answer, string path)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    [GeneratedRegex("[?&]token=([A-Za-z0-9_-]+)")]
    private static partial Regex MailedToken();
}
