using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Notifications.TelegramChats;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>Three bots, of which a user has started some, and what their webhooks are told.</summary>
[Collection(nameof(NotificationsDesk))]
public sealed class BotTests(NotificationsDesk desk)
{
    private static int lastUpdate = 900_000_000;

    [Fact]
    public async Task After_an_upgrade_the_old_bot_goes_on_and_hands_over_until_the_new_one_was_started()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.PublishAsync(Activated(user, "pro"));

        var texts = await desk.TextsAsync(chat, 2);
        Assert.Contains("Your Pro subscription is now active! ✅", texts);
        var link = Assert.Single(texts, text => text.Contains("https://t.me/ai_trading_premium_bot?start=", StringComparison.Ordinal));
        Assert.All(await desk.HistoryAsync(user, 2), row => Assert.Equal("default", row.Bot));
        // The link is a secret and stands nowhere.
        Assert.Equal(0, Assert.Single(await desk.QueryAsync<long>(
            "select count(*) from notification_management.notification_history where user_id = @user and message like '%start=%'", new { user })));

        await PressAsync(chat, "premium", link[(link.IndexOf("start=", StringComparison.Ordinal) + 6)..].Split('\n')[0]);
        await desk.HistoryAsync(user, 3);
        await desk.PublishAsync(new SubscriptionCancelled(Guid.CreateVersion7(), user, DateTimeOffset.UnixEpoch));

        var cancelled = Assert.Single(await desk.HistoryAsync(user, 4), row => row.NotificationType == "subscription_cancelled");
        Assert.Equal(("sent", "premium"), (cancelled.Status, cancelled.Bot));
    }

    [Fact]
    public async Task Who_starts_the_old_bot_after_the_upgrade_is_handed_over_at_once()
    {
        var (user, _) = await desk.NewUserAsync(hasChat: false);
        var chat = desk.NewChat();
        const string token = "made-before-the-upgrade";
        await desk.QueryAsync<int>(
            """
            insert into notification_management.telegram_link_tokens (tenant_id, token_hash, user_id, bot, created_at, expires_at)
            values ('default', @hash, @user, 'default', now(), now() + interval '1 day')
            """,
            new { hash = LinkToken.Hash(token), user });
        await desk.PublishAsync(Activated(user, "pro"));
        await desk.HistoryAsync(user);
        await PressAsync(chat, "default", token);

        var texts = await desk.TextsAsync(chat, 2);
        Assert.Contains("This chat is now linked to your account. ✅", texts);
        Assert.Single(texts, text => text.Contains("https://t.me/ai_trading_premium_bot?start=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Who_has_started_the_new_bot_before_the_upgrade_is_told_of_it_by_the_new_bot()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.StartChatAsync(chat, "enterprise");
        await desk.LinkAsync(user, chat, "enterprise");
        // Until then the one linked last serves; the desired one is still the default.
        await desk.PublishAsync(Activated(user, "enterprise"));

        var row = Assert.Single(await desk.HistoryAsync(user));
        Assert.Equal(("subscription_activated", "sent", "enterprise"), (row.NotificationType, row.Status, row.Bot));
    }

    [Fact]
    public async Task Late_news_of_an_older_tier_does_not_take_the_bot_away()
    {
        var (user, _) = await desk.NewUserAsync();
        await desk.PublishAsync(Activated(user, "enterprise"));
        await desk.HistoryAsync(user, 2);
        await desk.PublishAsync(Activated(user, "pro") with { PeriodStart = DateTimeOffset.UtcNow.AddDays(-30) });
        await desk.HistoryAsync(user, 3);

        Assert.Equal("enterprise", Assert.Single(await desk.QueryAsync<string>(
            "select bot_assignment from notification_management.user_notification_preferences where user_id = @user", new { user })));
    }

    [Fact]
    public async Task Blocking_a_bot_ends_what_waits_for_it_in_one_go_and_leaves_the_other_bots_alone()
    {
        var (user, chat) = await desk.NewUserAsync(hasEmail: false);
        var (other, otherChat) = await desk.NewUserAsync(hasEmail: false);
        await desk.StartChatAsync(otherChat, "premium");
        await desk.LinkAsync(other, otherChat, "premium");
        var later = DateTimeOffset.UtcNow.AddDays(1);
        await desk.SendAsync(new { type = "welcome", recipients = new[] { user, other }, scheduleAt = later });
        await desk.SendAsync(new
        {
            type = "usage_limit_warning", recipients = new[] { user, other }, variables = new { percentage = 80, feature = "api" }, scheduleAt = later,
        });
        foreach (var closed in new[] { chat, otherChat })
            (await desk.Telegram.PostAsJsonAsync($"control/chats/{closed}/block", new { bot = "default" })).EnsureSuccessStatusCode();

        Assert.All(await desk.HistoryAsync(user, 2), row => Assert.Equal(("suppressed", "chat_closed"), (row.Status, row.ReasonCode)));
        // He has another bot: everything waits for that one.
        Assert.Equal(["pending", "pending"], await desk.QueryAsync<string>(
            "select status from notification_management.notification_history where user_id = @other", new { other }));
        await desk.PublishAsync(new SubscriptionCancelled(Guid.CreateVersion7(), other, DateTimeOffset.UnixEpoch));
        await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<string>(
                "select bot from notification_management.notification_history where user_id = @other and status = 'sent'", new { other }), sent => sent.Count == 1);
        Assert.Contains(await desk.TextsAsync(otherChat), text => text.StartsWith("Your subscription is cancelled", StringComparison.Ordinal));

        (await desk.Telegram.PostAsJsonAsync($"control/chats/{chat}/unblock", new { bot = "default" })).EnsureSuccessStatusCode();
        await desk.PublishAsync(new SubscriptionCancelled(Guid.CreateVersion7(), user, DateTimeOffset.UnixEpoch));
        Assert.Single(await desk.TextsAsync(chat, 1));
    }

    [Fact]
    public async Task A_message_that_finds_its_bot_blocked_goes_on_with_the_other_bot()
    {
        var (user, chat) = await desk.NewUserAsync(hasEmail: false);
        await desk.StartChatAsync(chat, "premium");
        await desk.LinkAsync(user, chat, "premium");
        await desk.NextAsync("403", chat);
        await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });

        var row = Assert.Single(await desk.HistoryAsync(user));
        Assert.Equal(("sent", "premium", 1), (row.Status, row.Bot, row.Attempts));
        Assert.Single(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task A_revoked_token_stops_that_bot_only_and_costs_no_attempt()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.StartChatAsync(chat, "enterprise");
        var (other, otherChat) = await desk.NewUserAsync();
        await desk.QueryAsync<int>("delete from notification_management.telegram_links where user_id = @user", new { user });
        await desk.LinkAsync(user, chat, "enterprise");
        (await desk.Telegram.PostAsync("control/bots/enterprise/revoke", null)).EnsureSuccessStatusCode();
        try
        {
            await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });
            await NotificationsDesk.UntilAsync(() => StatusAsync(user), status => status == "retrying");
            // The second finds the bot stopped and does not even call.
            await desk.SendAsync(new { type = "product_update", recipients = new[] { user }, variables = new { headline = "a", text = "b" } });
            await desk.SendAsync(new { type = "welcome", recipients = new[] { other } });

            Assert.Equal("sent", Assert.Single(await desk.HistoryAsync(other)).Status);
            Assert.Single(await desk.TextsAsync(otherChat));
            var waiting = await NotificationsDesk.UntilAsync(
                () => desk.QueryAsync<string>(
                    "select status || ' ' || attempts from notification_management.notification_history where user_id = @user", new { user }),
                rows => rows.All(row => row == "retrying 0"));
            Assert.Equal(["retrying 0", "retrying 0"], waiting);
            Assert.Equal(1, (await desk.CountsAsync("enterprise")).Refused["401"]);
        }
        finally
        {
            await desk.Telegram.PostAsync("control/bots/enterprise/restore", null);
            await desk.ResumeAsync("enterprise");
        }
    }

    [Fact]
    public async Task Stop_settings_and_status_are_answered_in_the_users_language()
    {
        var (user, chat) = await desk.NewUserAsync(locale: "id");
        await SayAsync(chat, "/settings");
        await SayAsync(chat, "/status");
        await SayAsync(chat, "/stop");

        var texts = await desk.TextsAsync(chat, 3);
        Assert.Contains("/settings/notifications", texts[0]);
        Assert.StartsWith("Obrolan ini terhubung", texts[1]);
        Assert.StartsWith("Anda tidak akan menerima pesan lagi", texts[2]);
        await desk.PublishAsync(new SubscriptionCancelled(Guid.CreateVersion7(), user, DateTimeOffset.UnixEpoch));
        Assert.Equal("email", Assert.Single(await desk.HistoryAsync(user)).Channel);
    }

    [Fact]
    public async Task A_bot_whose_answer_was_throttled_pauses_for_messages_too()
    {
        var (user, chat) = await desk.NewUserAsync();
        var before = (await desk.CountsAsync("default")).Refused.GetValueOrDefault("429");
        await desk.NextAsync("429", chat, retryAfter: 2);
        await SayAsync(chat, "/status");
        await NotificationsDesk.UntilAsync(() => desk.CountsAsync("default"), counts => counts.Refused.GetValueOrDefault("429") == before + 1);
        await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });

        var row = Assert.Single(await desk.HistoryAsync(user));
        // It found the pause and made no call of its own until it was over.
        var calls = (await desk.Admin.GetFromJsonAsync<JsonNode>($"v1/notifications/{row.Id}"))!["calls"]!.AsArray();
        Assert.Equal(["Sent"], calls.Select(call => (string?)call!["outcome"]));
    }

    [Fact]
    public async Task An_update_that_comes_again_does_nothing_again()
    {
        var chat = desk.NewChat();
        await desk.StartChatAsync(chat, "default");
        var update = StartUpdate(chat, "/start");
        foreach (var _ in Enumerable.Range(0, 3))
            Assert.Equal(HttpStatusCode.OK, await PostAsync("default", update));

        Assert.Single(await desk.TextsAsync(chat, 1));
    }

    [Fact]
    public async Task What_happened_first_and_is_heard_last_changes_nothing_any_more()
    {
        var (user, chat) = await desk.NewUserAsync();
        // He has blocked the bot and let it in again within a second, later said stop, and linked the chat anew.
        var (blocked, letIn) = (MemberUpdate(chat, "kicked", at: 100), MemberUpdate(chat, "member", at: 100));
        var stop = StartUpdate(chat, "/stop", at: 200);
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", letIn));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", blocked));
        Assert.Equal("active", await LinkAsync(user));
        const string token = "linked-after-the-stop";
        await WriteTokenAsync(token, user);
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", StartUpdate(chat, $"/start {token}", at: 201)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", stop));
        Assert.Equal("active", await LinkAsync(user));

        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", MemberUpdate(chat, "kicked", at: 300)));
        Assert.Equal("blocked", await LinkAsync(user));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", MemberUpdate(chat, "member", at: 299)));
        Assert.Equal("blocked", await LinkAsync(user));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", MemberUpdate(chat, "member", at: 301)));
        Assert.Equal("active", await LinkAsync(user));
    }

    [Fact]
    public async Task A_start_link_that_was_pressed_before_a_stop_and_is_heard_after_it_opens_nothing()
    {
        var (user, chat) = await desk.NewUserAsync();
        const string token = "pressed-before-the-stop";
        await WriteTokenAsync(token, user);
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", StartUpdate(chat, "/stop", at: 200)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", StartUpdate(chat, $"/start {token}", at: 199)));

        Assert.Equal("stopped", await LinkAsync(user));
        Assert.Empty(await desk.QueryAsync<int>("select 1 from notification_management.notification_history where user_id = @user", new { user }));
        // And the link is used up.
        Assert.Equal(HttpStatusCode.OK, await PostAsync("default", StartUpdate(chat, $"/start {token}", at: 201)));
        Assert.Equal("stopped", await LinkAsync(user));
    }

    [Fact]
    public async Task A_refusal_that_is_written_down_late_does_not_close_a_chat_that_was_opened_again_since()
    {
        var (user, chat) = await desk.NewUserAsync(hasEmail: false);
        await desk.NextAsync("403", chat);
        await using (var away = await AwayDatabase.RefuseAsync(desk, user, "failed", times: 1_000))
        {
            await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });
            await away.UntilRefusedAsync();
            var since = (int)desk.Now.AddMinutes(1).ToUnixTimeSeconds();
            Assert.Equal(HttpStatusCode.OK, await PostAsync("default", MemberUpdate(chat, "member", since)));
        }

        Assert.Equal(("failed", "recipient_gone"), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.ReasonCode) : default);
        Assert.Equal("active", await LinkAsync(user));
    }

    [Theory]
    [InlineData("{\"update_id\":", HttpStatusCode.BadRequest)]
    [InlineData("null", HttpStatusCode.BadRequest)]
    [InlineData("{}", HttpStatusCode.BadRequest)]
    [InlineData("[1]", HttpStatusCode.BadRequest)]
    [InlineData("{\"update_id\":1234567,\"poll_of_tomorrow\":{\"id\":1}}", HttpStatusCode.OK)]
    [InlineData("{\"update_id\":1234568,\"my_chat_member\":{\"new_chat_member\":{\"status\":\"a_status_of_tomorrow\"}}}", HttpStatusCode.OK)]
    public async Task A_malformed_update_is_refused_and_an_unknown_one_is_taken(string body, HttpStatusCode expected)
    {
        Assert.Equal(expected, await PostAsync("default", body));
    }

    [Fact]
    public async Task The_secret_of_another_bot_opens_nothing()
    {
        var chat = desk.NewChat();
        await desk.StartChatAsync(chat, "premium");

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync("premium", StartUpdate(chat, "/start"), secretOf: "default"));
        Assert.Empty(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task A_start_link_pressed_in_a_group_links_nothing_and_is_not_used_up()
    {
        var chat = desk.NewChat();
        using var made = await desk.DemoCaller.PostAsync("v1/telegram/links", null);
        var url = (string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["url"]!;
        var (bot, token) = (url.Split('/')[3].Split('_')[2], url.Split('=')[1]);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(bot, StartUpdate(chat, $"/start {token}", "group")));

        Assert.Equal(0, Assert.Single(await desk.QueryAsync<long>(
            "select count(*) from notification_management.telegram_links where chat_id = @chat", new { chat })));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(bot, StartUpdate(chat, $"/start {token}")));
        Assert.Equal(1, Assert.Single(await desk.QueryAsync<long>(
            "select count(*) from notification_management.telegram_links where chat_id = @chat", new { chat })));
    }

    [Fact]
    public async Task A_link_of_another_tenant_links_its_own_user_and_leaves_the_chats_user_alone()
    {
        var (user, chat) = await desk.NewUserAsync();
        var stranger = Guid.CreateVersion7();
        const string token = "token-of-another-tenant";
        await desk.QueryAsync<int>(
            """
            insert into notification_management.telegram_link_tokens (tenant_id, token_hash, user_id, bot, created_at, expires_at)
            values ('another', @hash, @stranger, 'default', now(), now() + interval '1 day')
            """,
            new { hash = LinkToken.Hash(token), stranger });
        await PressAsync(chat, "default", token);

        Assert.Equal(
            [$"another {stranger}", $"default {user}"],
            await desk.QueryAsync<string>(
                "select tenant_id || ' ' || user_id from notification_management.telegram_links where chat_id = @chat order by tenant_id", new { chat }));
    }

    private async Task<string> LinkAsync(Guid user) => Assert.Single(await desk.QueryAsync<string>(
        "select status from notification_management.telegram_links where user_id = @user and bot = 'default'", new { user }));

    private Task WriteTokenAsync(string token, Guid user) => desk.QueryAsync<int>(
        """
        insert into notification_management.telegram_link_tokens (tenant_id, token_hash, user_id, bot, created_at, expires_at)
        values ('default', @hash, @user, 'default', now(), now() + interval '1 day')
        """,
        new { hash = LinkToken.Hash(token), user });

    private async Task<string?> StatusAsync(Guid user) => (await desk.QueryAsync<string>(
        "select status from notification_management.notification_history where user_id = @user", new { user })).FirstOrDefault();

    private async Task PressAsync(long chat, string bot, string token) =>
        (await desk.Telegram.PostAsJsonAsync($"control/chats/{chat}/start", new { bot, payload = token })).EnsureSuccessStatusCode();

    private async Task SayAsync(long chat, string text) =>
        (await desk.Telegram.PostAsJsonAsync($"control/chats/{chat}/message", new { bot = "default", text })).EnsureSuccessStatusCode();

    private async Task<HttpStatusCode> PostAsync(string bot, string body, string? secretOf = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/telegram/webhook/{bot}") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var key = new TokenOptions { Secret = desk.Settings["JWT_SECRET"]! }.DeriveKey($"telegram-webhook:{secretOf ?? bot}");
        request.Headers.Add(TelegramFunctions.SecretHeader, System.Buffers.Text.Base64Url.EncodeToString(key));
        using var answer = await desk.App.SendAsync(request);
        return answer.StatusCode;
    }

    private static string MemberUpdate(long chat, string status, int at) => $$$$"""
        {"update_id":{{{{Interlocked.Increment(ref lastUpdate)}}}},"my_chat_member":{"chat":{"id":{{{{chat}}}},"type":"private"},"date":{{{{at}}}},
         "from":{"id":{{{{chat}}}},"is_bot":false,"first_name":"B"},
         "old_chat_member":{"user":{"id":5,"is_bot":true,"first_name":"b"},"status":"left"},
         "new_chat_member":{"user":{"id":5,"is_bot":true,"first_name":"b"},"status":"{{{{status}}}}","until_date":0}}}
        """;

    private static string StartUpdate(long chat, string text, string type = "private", int at = 1) => new JsonObject
    {
        ["update_id"] = Interlocked.Increment(ref lastUpdate),
        ["message"] = new JsonObject
        {
            ["message_id"] = 1, ["date"] = at, ["text"] = text, ["chat"] = new JsonObject { ["id"] = chat, ["type"] = type },
        },
    }.ToJsonString();

    private static SubscriptionActivated Activated(Guid user, string tier) => new(
        Guid.CreateVersion7(), user, tier, $"{char.ToUpperInvariant(tier[0])}{tier[1..]}", DateTimeOffset.UtcNow.AddSeconds(-1), DateTimeOffset.UtcNow.AddMonths(1));
}
