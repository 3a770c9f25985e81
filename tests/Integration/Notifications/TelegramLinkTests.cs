using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Notifications;

[Collection(nameof(NotificationsDesk))]
public sealed class TelegramLinkTests(NotificationsDesk desk)
{
    private const string Linked = "This chat is now linked to your account. ✅";
    private const string SecretHeader = "X-Telegram-Bot-Api-Secret-Token";

    [Fact]
    public async Task A_start_link_ties_the_chat_in_which_it_is_pressed()
    {
        var chat = desk.NewChat();
        await PressAsync(chat, await NewTokenAsync());

        Assert.Equal([Linked], await desk.TextsAsync(chat, 1));
        Assert.Equal(chat, await LinkedChatAsync());
        var preferences = (await desk.DemoCaller.GetFromJsonAsync<JsonNode>("v1/preferences"))!;
        Assert.True((bool)preferences["telegram"]!["linked"]!);
        Assert.Equal(1, await ToldAsync());
    }

    [Fact]
    public async Task A_link_works_once()
    {
        var (first, second) = (desk.NewChat(), desk.NewChat());
        var token = await NewTokenAsync();
        await PressAsync(first, token);
        await desk.TextsAsync(first, 1);
        await PressAsync(second, token);

        Assert.StartsWith("Hello!", Assert.Single(await desk.TextsAsync(second, 1)));
        Assert.Equal(first, await LinkedChatAsync());
    }

    [Theory]
    [InlineData("update notification_management.telegram_link_tokens set expires_at = now() - interval '1 second' where used_at is null", "default")]
    [InlineData("select 1", "premium")]
    public async Task An_expired_link_and_one_of_another_bot_link_nothing(string spoil, string bot)
    {
        var chat = desk.NewChat();
        var token = await NewTokenAsync();
        await desk.QueryAsync<int>(spoil, new { });
        await PressAsync(chat, token, bot);

        Assert.StartsWith("Hello!", Assert.Single(await desk.TextsAsync(chat, 1)));
        Assert.NotEqual(chat, await LinkedChatAsync());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task A_webhook_without_the_bots_secret_is_refused(string? secret)
    {
        var chat = desk.NewChat();
        var token = await NewTokenAsync();
        var start = new { update_id = 1, message = new { message_id = 1, date = 1, text = $"/start {token}", chat = new { id = chat, type = "private" } } };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/telegram/webhook/default") { Content = JsonContent.Create(start) };
        if (secret is not null)
            request.Headers.Add(SecretHeader, secret);
        using var answer = await desk.App.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.NotEqual(chat, await LinkedChatAsync());
    }

    [Fact]
    public async Task A_bot_that_does_not_exist_is_refused_like_a_wrong_secret()
    {
        using var answer = await desk.App.PostAsync("v1/telegram/webhook/other", new StringContent("{}", Encoding.UTF8, "application/json"));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Preferences_are_kept_and_mandatory_kinds_cannot_be_switched_off()
    {
        using var saved = await desk.DemoCaller.PutAsJsonAsync(
            "v1/preferences", new { locale = "en", active = true, notificationTypes = new { trading_alert = false } });
        using var refused = await desk.DemoCaller.PutAsJsonAsync(
            "v1/preferences", new { locale = "en", active = true, notificationTypes = new { payment_received = false } });

        Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
        Assert.False((bool)(await saved.Content.ReadFromJsonAsync<JsonNode>())!["notificationTypes"]!["trading_alert"]!);
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal("NOTIFICATION_TYPE_MANDATORY", (string?)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["code"]);
    }

    private async Task<string> NewTokenAsync()
    {
        using var answer = await desk.DemoCaller.PostAsync("v1/telegram/links", null);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var url = (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["url"]!;
        Assert.StartsWith("https://t.me/ai_trading_", url);
        return url[(url.IndexOf('=', StringComparison.Ordinal) + 1)..];
    }

    private async Task PressAsync(long chat, string token, string bot = "default") =>
        (await desk.Telegram.PostAsJsonAsync($"control/chats/{chat}/start", new { bot, payload = token })).EnsureSuccessStatusCode();

    private async Task<long?> LinkedChatAsync() => Assert.Single(await desk.QueryAsync<long?>(
        "select chat_id from notification_management.telegram_links where user_id = @user and bot = 'default'", new { user = NotificationsDesk.DemoUser }));

    private async Task<int> ToldAsync() => (await NotificationsDesk.UntilAsync(
        () => desk.QueryAsync<int>(
            """
            select 1 from notification_management.notification_history h
            where user_id = @user and notification_type = 'telegram_linked' and status = 'sent'
            """,
            new { user = NotificationsDesk.DemoUser }),
        rows => rows.Count > 0)).First();
}
