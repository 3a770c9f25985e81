using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>When a user is told things: not in his quiet hours, together in a digest, and not faster than a chat takes it.</summary>
[Collection(nameof(NotificationsDesk))]
public sealed class TimingTests(NotificationsDesk desk)
{
    [Fact]
    public async Task Two_of_low_priority_in_one_second_are_one_digest()
    {
        var (user, chat) = await desk.NewUserAsync();
        await SetAsync(user, "digest = 'hourly'");
        await Task.WhenAll(
            desk.SendAsync(News(user, "Charts", "in colour")), desk.SendAsync(News(user, "Maps", "in <b>3D</b>")));
        await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<Guid?>(
                "select digest_id from notification_management.notification_history where user_id = @user and notification_type = 'product_update'", new { user }),
            held => held.Count == 2 && held.All(digest => digest is not null));
        Assert.Empty(await desk.TextsAsync(chat));
        desk.Apps.Clock.Advance(TimeSpan.FromHours(1));

        var rows = await desk.HistoryAsync(user, 3);
        Assert.Equal(["digest", "product_update", "product_update"], rows.Select(row => row.NotificationType).Order());
        Assert.All(rows, row => Assert.Equal(("sent", "telegram"), (row.Status, row.Channel)));
        var text = Assert.Single(await desk.TextsAsync(chat));
        Assert.StartsWith("Your summary\n\n• ", text);
        Assert.Contains("• Charts in colour", text.Replace("  ", " "));
        Assert.Contains("• Maps in <b>3D</b>", text.Replace("  ", " "));
    }

    [Fact]
    public async Task A_digest_leaves_out_what_has_expired_or_was_muted_since_it_was_held()
    {
        var (user, chat) = await desk.NewUserAsync();
        await SetAsync(user, "digest = 'hourly'");
        await desk.SendAsync(News(user, "Charts", "in colour"));
        await desk.SendAsync(News(user, "Offer", "for today"));
        await desk.SendAsync(new
        {
            type = "trading_alert", priority = "low", recipients = new[] { user }, variables = new { symbol = "BTC", signal = "BUY" },
            expiresAt = desk.Now.AddHours(3),
        });
        await NotificationsDesk.UntilAsync(() => HeldAsync(user), held => held == 3);
        await desk.QueryAsync<int>(
            "update notification_management.notification_history set expires_at = @soon where user_id = @user and message like '%Offer%'",
            new { user, soon = desk.Now.AddMinutes(1) });
        await SetAsync(user, """notification_types = '{"trading_alert":false}'""");
        desk.Apps.Clock.Advance(TimeSpan.FromHours(1));

        var rows = await desk.HistoryAsync(user, 4);
        Assert.Equal(
            ["failed expired", "sent ", "sent ", "suppressed muted"], rows.Select(row => $"{row.Status} {row.ReasonCode}").Order(StringComparer.Ordinal));
        var text = Assert.Single(await desk.TextsAsync(chat));
        Assert.Contains("Charts", text);
        Assert.DoesNotContain("Offer", text);
        Assert.DoesNotContain("BTC", text);
    }

    [Fact]
    public async Task What_its_user_no_longer_wants_on_the_channel_of_the_digest_goes_by_itself_on_the_one_he_wants()
    {
        var (user, chat) = await desk.NewUserAsync();
        await SetAsync(user, "digest = 'hourly'");
        await desk.SendAsync(News(user, "Charts", "in colour"));
        await desk.SendAsync(new
        {
            type = "usage_limit_warning", priority = "low", recipients = new[] { user }, variables = new { percentage = 80, feature = "api" },
        });
        await NotificationsDesk.UntilAsync(() => HeldAsync(user), held => held == 2);
        await SetAsync(user, """channel_switches = '{"product_update":{"telegram":false}}'""");
        desk.Apps.Clock.Advance(TimeSpan.FromHours(1));

        var rows = await desk.HistoryAsync(user, 3);
        Assert.Equal(
            ["digest sent telegram", "product_update sent email", "usage_limit_warning sent telegram"],
            rows.Select(row => $"{row.NotificationType} {row.Status} {row.Channel}").Order());
        Assert.DoesNotContain("Charts", Assert.Single(await desk.TextsAsync(chat)));
        Assert.Single(await desk.MailsAsync(user));
    }

    [Fact]
    public async Task Quiet_hours_hold_back_what_can_wait_until_they_are_over_and_nothing_that_is_critical()
    {
        var (user, chat) = await desk.NewUserAsync();
        var end = desk.Now.AddHours(2);
        await SetAsync(user, $"time_zone = 'UTC', quiet_from = '{desk.Now.AddHours(-1):HH:mm}', quiet_to = '{end:HH:mm}'");
        await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });
        await desk.SendAsync(new { type = "new_sign_in", recipients = new[] { user }, variables = new { device = "Firefox", at = "2026-11-22T10:00:00Z" } });

        Assert.Single(await desk.MailsAsync(user));
        await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<string>(
                "select error_message from notification_management.notification_history where user_id = @user and notification_type = 'welcome'", new { user }),
            reasons => reasons is ["The user has quiet hours."]);
        Assert.Empty(await desk.TextsAsync(chat));
        desk.Apps.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Single(await desk.TextsAsync(chat, 1));
        Assert.All(await desk.HistoryAsync(user, 2), row => Assert.Equal(("sent", 1), (row.Status, row.Attempts)));
    }

    [Fact]
    public async Task A_chat_gets_three_at_once_and_then_one_a_second_and_no_attempt_is_lost()
    {
        var (user, chat) = await desk.NewUserAsync();
        // Urgent ones wait for the chat's next place where they are, and go back to their queue for those after it.
        foreach (var number in Enumerable.Range(0, 6))
            await desk.SendAsync(new
            {
                type = "usage_limit_warning", priority = "high", recipients = new[] { user }, variables = new { percentage = number, feature = "api" },
            });

        Assert.All(await desk.HistoryAsync(user, 6), row => Assert.Equal(("sent", 1), (row.Status, row.Attempts)));
        var times = (await desk.QueryAsync<DateTime>(
            "select sent_at from notification_management.notification_history where user_id = @user order by sent_at", new { user })).ToList();
        // What the limiter allows is at least this far apart; how long it takes besides is not measured here.
        Assert.True(times[5] - times[0] > TimeSpan.FromSeconds(2.5));
        Assert.Equal(6, (await desk.TextsAsync(chat)).Count);
    }

    [Fact]
    public async Task Who_mutes_a_kind_while_a_message_of_it_stands_in_line_does_not_get_it()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.QueryAsync<int>(
            $$"""
            create function notification_management.mute() returns trigger language plpgsql security definer as $body$
            begin
                update notification_management.user_notification_preferences set notification_types = '{"welcome":false}' where user_id = new.user_id;
                return new;
            end $body$;
            create trigger mute before update on notification_management.notification_history
                for each row when (new.user_id = '{{user}}' and old.calling and not new.calling) execute function notification_management.mute();
            """,
            new { });
        try
        {
            await using (await desk.KeepBusyAsync("default"))
            {
                await desk.SendAsync(Welcome(user));
                await NotificationsDesk.UntilAsync(
                    () => desk.QueryAsync<int>(
                        "select 1 from notification_management.user_notification_preferences where user_id = @user and notification_types ? 'welcome'", new { user }),
                    muted => muted.Count == 1);
            }

            Assert.Equal(("suppressed", "muted"), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.ReasonCode) : default);
            Assert.Empty(await desk.TextsAsync(chat));
        }
        finally
        {
            await desk.QueryAsync<int>(
                "drop trigger mute on notification_management.notification_history; drop function notification_management.mute()", new { });
        }
    }

    [Fact]
    public async Task A_throttled_chat_pauses_alone_and_two_of_them_pause_the_bot()
    {
        var users = new List<(Guid User, long Chat)>();
        foreach (var _ in Enumerable.Range(0, 6))
        {
            var (user, chat) = await desk.NewUserAsync();
            await desk.StartChatAsync(chat, "premium");
            await desk.QueryAsync<int>("delete from notification_management.telegram_links where user_id = @user", new { user });
            await desk.LinkAsync(user, chat, "premium");
            users.Add((user, chat));
        }

        await desk.NextAsync("429", users[0].Chat, retryAfter: 5);
        await desk.SendAsync(Welcome(users[0].User));
        await NotificationsDesk.UntilAsync(() => StatusAsync(users[0].User), status => status == "retrying");
        await desk.SendAsync(Welcome(users[1].User));
        Assert.Single(await desk.TextsAsync(users[1].Chat, 1));
        Assert.Empty(await desk.TextsAsync(users[0].Chat));

        // A second chat is told the same before the first may speak again: it is the bot.
        await desk.NextAsync("429", users[2].Chat, retryAfter: 5);
        await desk.SendAsync(Welcome(users[2].User));
        await NotificationsDesk.UntilAsync(() => StatusAsync(users[2].User), status => status == "retrying");
        var before = await desk.CountsAsync("premium");
        await desk.SendAsync(Welcome([.. users.Skip(3).Select(one => one.User)]));
        foreach (var (user, _) in users.Skip(3))
            await NotificationsDesk.UntilAsync(() => StatusAsync(user), status => status == "retrying");
        var during = await desk.CountsAsync("premium");

        Assert.Equal(2, during.Refused["429"]);
        Assert.Equal(before.Sent, during.Sent);
        foreach (var (user, chat) in users)
        {
            Assert.Equal(("sent", 1), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.Attempts) : default);
            Assert.Single(await desk.TextsAsync(chat));
        }
    }

    [Fact]
    public async Task Wishes_about_time_and_channels_are_kept_and_a_mails_link_mutes_its_kind()
    {
        using var saved = await desk.DemoCaller.PutAsJsonAsync("v1/preferences", new
        {
            locale = "en", active = true, notificationTypes = new { }, channels = new { trading_alert = new { telegram = false } }, timeZone = "Asia/Makassar",
            quietHours = new { from = "22:00", to = "06:30" }, digest = "daily", digestAt = "09:15",
        });
        var view = (await saved.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.True(saved.StatusCode == HttpStatusCode.OK, view.ToJsonString());
        Assert.Equal(
            ("Asia/Makassar", "22:00", "06:30", "daily", "09:15", false),
            ((string?)view["timeZone"], (string?)view["quietHours"]!["from"], (string?)view["quietHours"]!["to"], (string?)view["digest"],
                (string?)view["digestAt"], (bool)view["channels"]!["trading_alert"]!["telegram"]!));
        using var reset = await desk.DemoCaller.PutAsJsonAsync("v1/preferences", new { locale = "en", active = true, notificationTypes = new { } });
        Assert.Null((await reset.Content.ReadFromJsonAsync<JsonNode>())!["quietHours"]);

        var (user, _) = await desk.NewUserAsync(hasChat: false);
        await desk.SendAsync(new { type = "usage_limit_warning", recipients = new[] { user }, variables = new { percentage = 80, feature = "api" } });
        var headers = ((string)Assert.Single(await desk.MailsAsync(user))!["headers"]!).Replace("\r\n ", " ").Replace("\r\n\t", " ");
        Assert.Contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click", headers);
        var link = headers[(headers.IndexOf("/v1/unsubscribe?token=", StringComparison.Ordinal) + 1)..].Split('>')[0];
        using var shown = await desk.App.GetAsync(link);
        Assert.False((bool)(await shown.Content.ReadFromJsonAsync<JsonNode>())!["unsubscribed"]!);
        using var muted = await desk.App.PostAsync(link, new FormUrlEncodedContent([new("List-Unsubscribe", "One-Click")]));
        Assert.Equal(HttpStatusCode.OK, muted.StatusCode);
        await desk.SendAsync(new { type = "usage_limit_warning", recipients = new[] { user }, variables = new { percentage = 90, feature = "api" } });

        Assert.Equal(["sent", "suppressed"], (await desk.HistoryAsync(user, 2)).Select(row => row.Status));
    }

    private async Task<long> HeldAsync(Guid user) => Assert.Single(await desk.QueryAsync<long>(
        "select count(*) from notification_management.notification_history where user_id = @user and digest_id is not null", new { user }));

    private Task SetAsync(Guid user, string wishes) => desk.QueryAsync<int>(
        $"update notification_management.user_notification_preferences set {wishes} where user_id = @user", new { user });

    private async Task<string?> StatusAsync(Guid user) => (await desk.QueryAsync<string>(
        "select status from notification_management.notification_history where user_id = @user", new { user })).FirstOrDefault();

    private static object News(Guid user, string headline, string text) =>
        new { type = "product_update", recipients = new[] { user }, variables = new { headline, text } };

    private static object Welcome(params Guid[] users) => new { type = "welcome", recipients = users };
}
