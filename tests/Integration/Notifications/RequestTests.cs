using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>Notifications asked for over the API: many, later, once, called off and sent again.</summary>
[Collection(nameof(NotificationsDesk))]
public sealed class RequestTests(NotificationsDesk desk)
{
    [Fact]
    public async Task A_thousand_recipients_are_told_once_each_however_often_it_is_asked()
    {
        var (user, chat) = await desk.NewUserAsync();
        var recipients = Enumerable.Range(0, 999).Select(_ => Guid.CreateVersion7()).Append(user).ToArray();
        var request = new
        {
            type = "product_update", recipients, variables = new { headline = "Charts", text = "Now in <b>colour</b> & {{more}} 🎨" },
            dedupKey = $"charts-{user}", expiresAt = desk.Now.AddSeconds(20),
        };
        var first = await desk.SendAsync(request);
        var second = await desk.SendAsync(request);

        Assert.Equal((1_000, 0), ((int)first["accepted"]!, (int)first["duplicates"]!));
        Assert.Equal((0, 1_000), ((int)second["accepted"]!, (int)second["duplicates"]!));
        Assert.Equal(Ids(first), Ids(second));
        Assert.Equal("Charts\n\nNow in <b>colour</b> & {{more}} 🎨", Assert.Single(await desk.TextsAsync(chat, 1)));
        Assert.Equal("sent", Assert.Single(await desk.HistoryAsync(user)).Status);
    }

    [Fact]
    public async Task A_process_that_dies_after_its_commit_tells_nobody_twice_when_the_request_is_repeated()
    {
        var (user, chat) = await desk.NewUserAsync();
        var key = $"after-commit-{user}";
        var first = await PostAsync(key, user, "in colour");
        Assert.Single(await desk.TextsAsync(chat, 1));
        // As the crash leaves it: the key is taken, and there is no answer under it.
        Assert.Equal(1, Assert.Single(await desk.QueryAsync<long>(
            """
            with crashed as (
                update notification_management.idempotency_keys
                set status = null, content_type = null, body = null, locked_until = @now - interval '1 second' where key = @key
                returning key)
            select count(*) from crashed
            """,
            new { key, now = desk.Now })));
        var second = await PostAsync(key, user, "in colour");

        Assert.Equal((1, 0), ((int)first["accepted"]!, (int)first["duplicates"]!));
        Assert.Equal((0, 1), ((int)second["accepted"]!, (int)second["duplicates"]!));
        Assert.Equal(Ids(first), Ids(second));
        Assert.Single(await desk.HistoryAsync(user));
        Assert.Single(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task More_recipients_and_a_missing_value_are_refused_and_nothing_is_written()
    {
        using var many = await desk.Admin.PostAsJsonAsync(
            "v1/notifications", new { type = "welcome", recipients = Enumerable.Range(0, 1_001).Select(_ => Guid.CreateVersion7()) });
        var user = Guid.CreateVersion7();
        using var missing = await desk.Admin.PostAsJsonAsync(
            "v1/notifications", new { type = "payment_received", recipients = new[] { user }, variables = new { } });
        using var forbidden = await desk.DemoCaller.PostAsJsonAsync("v1/notifications", new { type = "welcome", recipients = new[] { user } });

        Assert.Equal(HttpStatusCode.BadRequest, many.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, missing.StatusCode);
        Assert.Contains("'amount' needs an amount of money", (string?)(await missing.Content.ReadFromJsonAsync<JsonNode>())!["detail"]);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        Assert.Equal(0, Assert.Single(await desk.QueryAsync<long>(
            "select count(*) from notification_management.notification_history where user_id = @user", new { user })));
    }

    [Theory]
    [InlineData("v1/notifications", """{"type":"welcome","recipients":["01930000-0000-7000-8000-0000000000a2"],"variables":{"a":"\ud83d"}}""", "UNKNOWN_VARIABLE")]
    [InlineData("v1/notification-types/usage_limit_warning/preview", """{"variables":{"percentage":80,"feature":"\ud83d"}}""", "INVALID_VARIABLE")]
    [InlineData("v1/notification-types/usage_limit_warning/preview", """{"variables":{"percentage":80,"feature":"\ud83d\u0000"}}""", "INVALID_TEXT")]
    [InlineData("v1/notification-types/usage_limit_warning/preview", """{"variables":{"percentage":80,"\ud83d":"a"}}""", null)]
    public async Task Half_a_character_is_refused_and_breaks_nothing(string route, string body, string? code)
    {
        using var answer = await desk.Admin.PostAsync(route, new StringContent(body, Encoding.UTF8, "application/json"));

        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(code ?? (string?)problem["code"], (string?)problem["code"]);
    }

    [Fact]
    public async Task A_scheduled_notification_waits_for_its_time_and_can_be_called_off_until_then()
    {
        var (user, chat) = await desk.NewUserAsync();
        var (other, otherChat) = await desk.NewUserAsync();
        var at = desk.Now.AddMinutes(10);
        var kept = Ids(await desk.SendAsync(new { type = "welcome", recipients = new[] { user }, scheduleAt = at }))[0];
        var called = Ids(await desk.SendAsync(new { type = "welcome", recipients = new[] { other }, scheduleAt = at }))[0];
        using var first = await desk.Admin.PostAsync($"v1/notifications/{called}/cancel", null);
        using var again = await desk.Admin.PostAsync($"v1/notifications/{called}/cancel", null);
        desk.Apps.Clock.Advance(TimeSpan.FromMinutes(11));

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.StatusCode, again.StatusCode));
        Assert.Single(await desk.TextsAsync(chat, 1));
        Assert.Equal("sent", Assert.Single(await desk.HistoryAsync(user)).Status);
        Assert.Equal("cancelled", Assert.Single(await desk.HistoryAsync(other)).Status);
        using var late = await desk.Admin.PostAsync($"v1/notifications/{kept}/cancel", null);
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
        Assert.Empty(await desk.TextsAsync(otherChat));
    }

    [Fact]
    public async Task What_has_failed_is_a_dead_letter_until_it_is_replayed()
    {
        var (user, chat) = await desk.NewUserAsync(hasEmail: false);
        await desk.NextAsync("400", chat);
        await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });
        var failed = Assert.Single(await desk.HistoryAsync(user));
        var listed = (await desk.Admin.GetFromJsonAsync<JsonNode>("v1/dead-letters?limit=100"))!["items"]!.AsArray();
        // The planned refusal said that there is no such chat, so the link was closed.
        await desk.LinkAsync(user, chat);
        using var replay = await desk.Admin.PostAsJsonAsync("v1/dead-letters/replay", new { ids = new[] { failed.Id, Guid.CreateVersion7() } });
        var answer = (await replay.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal("failed", failed.Status);
        Assert.Contains(listed, one => (string?)one!["id"] == $"{failed.Id}");
        Assert.Equal([$"{failed.Id}"], answer["replayed"]!.AsArray().Select(id => (string?)id));
        Assert.Single(answer["left"]!.AsArray());
        Assert.Single(await desk.TextsAsync(chat, 1));
        Assert.Equal("sent", Assert.Single(await desk.HistoryAsync(user)).Status);
        using var sentAlready = await desk.Admin.PostAsync($"v1/notifications/{failed.Id}/resend", null);
        Assert.Equal(HttpStatusCode.Conflict, sentAlready.StatusCode);
    }

    [Fact]
    public async Task A_digest_that_is_replayed_tells_what_it_would_have_told()
    {
        var (user, chat) = await desk.NewUserAsync(hasEmail: false);
        await desk.QueryAsync<int>(
            "update notification_management.user_notification_preferences set digest = 'hourly' where user_id = @user", new { user });
        await desk.SendAsync(new { type = "product_update", recipients = new[] { user }, variables = new { headline = "Charts", text = "in colour" } });
        await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<Guid>(
                "select digest_id from notification_management.notification_history where user_id = @user and digest_id is not null", new { user }),
            held => held.Count == 1);
        await desk.NextAsync("400", chat);
        desk.Apps.Clock.Advance(TimeSpan.FromHours(1));
        var ended = await desk.HistoryAsync(user, 2);
        Assert.Equal(["failed recipient_gone", "suppressed chat_closed"], ended.Select(row => $"{row.Status} {row.ReasonCode}").Order());
        await desk.LinkAsync(user, chat);
        using var replay = await desk.Admin.PostAsJsonAsync(
            "v1/dead-letters/replay", new { ids = ended.Where(row => row.NotificationType == "digest").Select(row => row.Id) });

        Assert.Equal(HttpStatusCode.OK, replay.StatusCode);
        Assert.Contains("Charts", Assert.Single(await desk.TextsAsync(chat, 1)));
        Assert.All(await desk.HistoryAsync(user, 2), row => Assert.Equal("sent", row.Status));
    }

    [Fact]
    public async Task A_failed_notification_is_sent_again_when_somebody_asks_for_it()
    {
        var (user, chat) = await desk.NewUserAsync(hasEmail: false);
        await desk.NextAsync("400", chat);
        await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });
        var failed = Assert.Single(await desk.HistoryAsync(user));
        await desk.LinkAsync(user, chat);
        using var resent = await desk.Admin.PostAsync($"v1/notifications/{failed.Id}/resend", null);
        Assert.Equal(HttpStatusCode.OK, resent.StatusCode);
        await desk.TextsAsync(chat, 1);
        using var again = await desk.Admin.PostAsync($"v1/notifications/{failed.Id}/resend", null);

        Assert.Equal("failed", failed.Status);
        Assert.Equal(("sent", 1), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.Attempts) : default);
        Assert.Single(await desk.TextsAsync(chat));
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
    }

    [Fact]
    public async Task A_trading_alert_reaches_the_subscribers_of_its_symbol_once_and_nobody_else()
    {
        var (user, chat) = await desk.NewUserAsync();
        var (other, otherChat) = await desk.NewUserAsync();
        var symbol = $"S{user.ToString("N")[^12..]}".ToUpperInvariant();
        await desk.QueryAsync<int>(
            """
            insert into notification_management.symbol_subscriptions (tenant_id, symbol, user_id, created_at)
            values ('default', @symbol, @user, now()), ('default', 'BBCA', @other, now())
            """,
            new { symbol, user, other });
        using var subscribed = await desk.DemoCaller.PutAsync($"v1/symbols/{symbol.ToLowerInvariant()}", null);
        Assert.Contains(symbol, (await subscribed.Content.ReadFromJsonAsync<JsonNode>())!["symbols"]!.AsArray().Select(one => (string?)one));
        using var unsubscribed = await desk.DemoCaller.DeleteAsync($"v1/symbols/{symbol}");
        var alert = new { symbol = symbol.ToLowerInvariant(), signal = "BUY", dedupKey = $"{user}" };
        using var first = await desk.Admin.PostAsJsonAsync("v1/trading-alerts", alert);
        using var second = await desk.Admin.PostAsJsonAsync("v1/trading-alerts", alert);
        using var endless = await desk.Admin.PostAsJsonAsync(
            "v1/trading-alerts", new { alert.symbol, alert.signal, dedupKey = $"endless-{user}", expiresAt = desk.Now.AddDays(367) });

        Assert.Equal("INVALID_EXPIRY", (string?)(await endless.Content.ReadFromJsonAsync<JsonNode>())!["code"]);
        Assert.Equal(HttpStatusCode.OK, unsubscribed.StatusCode);
        Assert.Equal((1, 1), await FiguresAsync(first));
        Assert.Equal((1, 0), await FiguresAsync(second));
        Assert.Equal($"🔔 Trading Alert: {symbol} - BUY", Assert.Single(await desk.TextsAsync(chat, 1)));
        Assert.Empty(await desk.TextsAsync(otherChat));
    }

    [Fact]
    public async Task A_muted_kind_is_not_sent_even_if_it_is_critical_unless_it_is_mandatory()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.QueryAsync<int>(
            "update notification_management.user_notification_preferences set active = false where user_id = @user", new { user });
        await desk.SendAsync(new { type = "welcome", recipients = new[] { user }, priority = "critical" });
        await desk.SendAsync(new
        {
            type = "payment_received", recipients = new[] { user }, priority = "low", variables = new { amount = new { amount = 29.99, currency = "USD" } },
        });

        var rows = await desk.HistoryAsync(user, 2);
        Assert.Equal(["suppressed muted 0", "sent  1"], rows.Select(row => $"{row.Status} {row.ReasonCode} {row.Attempts}"));
        Assert.Equal("Payment received: $29.99. Thank you! 💳", Assert.Single(await desk.TextsAsync(chat, 1)));
    }

    [Fact]
    public async Task A_text_that_is_longer_than_Telegram_takes_is_cut_between_characters()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.SendAsync(new
        {
            type = "product_update", recipients = new[] { user }, variables = new { headline = "Long", text = string.Concat(Enumerable.Repeat("🚀&", 2_500)) },
        });

        var text = Assert.Single(await desk.TextsAsync(chat, 1));
        Assert.StartsWith("Long\n\n🚀&🚀&", text);
        Assert.EndsWith("…", text);
        Assert.InRange(text.Length, 3_900, 4_096);
    }

    [Fact]
    public async Task A_tenants_own_text_is_used_shown_in_a_preview_and_taken_back()
    {
        var (user, chat) = await desk.NewUserAsync();
        const string path = "v1/notification-types/usage_limit_warning/texts/en";
        using var refused = await desk.Admin.PutAsJsonAsync(path, new { title = "Careful", text = "<b>{{percentage}}" });
        using var saved = await desk.Admin.PutAsJsonAsync(path, new { title = "Careful", text = "<b>{{percentage}} %</b> of {{feature}} is gone." });
        try
        {
            Assert.Equal("INVALID_MARKUP", (string?)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["code"]);
            Assert.Equal(HttpStatusCode.OK, saved.StatusCode);
            using var preview = await desk.Admin.PostAsJsonAsync(
                "v1/notification-types/usage_limit_warning/preview", new { locale = "en", variables = new { percentage = 80, feature = "<api>" } });
            var shown = (await preview.Content.ReadFromJsonAsync<JsonNode>())!;
            Assert.Equal("80 % of <api> is gone.", (string?)shown["text"]);
            Assert.Equal("<b>80 %</b> of &lt;api&gt; is gone.", (string?)shown["html"]);
            Assert.StartsWith("tenant:", (string?)shown["version"]);
            var listed = (await desk.Admin.GetFromJsonAsync<JsonNode>("v1/notification-types"))!;
            var changed = Assert.Single(listed["items"]!.AsArray(), type => (string?)type!["name"] == "usage_limit_warning")!;
            Assert.Equal((string?)shown["version"], (string?)changed["texts"]![0]!["version"]);
            Assert.Null(listed["next"]);

            await desk.SendAsync(new { type = "usage_limit_warning", recipients = new[] { user }, variables = new { percentage = 80, feature = "<api>" } });
            Assert.Equal("80 % of <api> is gone.", Assert.Single(await desk.TextsAsync(chat, 1)));
        }
        finally
        {
            using var reset = await desk.Admin.DeleteAsync(path);
            Assert.Equal("builtin:1", (string?)(await reset.Content.ReadFromJsonAsync<JsonNode>())!["texts"]![0]!["version"]);
        }
    }

    private async Task<JsonNode> PostAsync(string key, Guid user, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/notifications")
        {
            Content = JsonContent.Create(new { type = "product_update", recipients = new[] { user }, variables = new { headline = "Charts", text } }),
            Headers = { { "Idempotency-Key", key } },
        };
        using var answer = await desk.Admin.SendAsync(request);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    private static string[] Ids(JsonNode answer) => [.. answer["notifications"]!.AsArray().Select(one => (string)one!["id"]!)];

    private static async Task<(int Subscribers, int Accepted)> FiguresAsync(HttpResponseMessage answer)
    {
        var figures = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        return ((int)figures["subscribers"]!, (int)figures["accepted"]!);
    }
}
