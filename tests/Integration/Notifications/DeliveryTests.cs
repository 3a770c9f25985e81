using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Tests.Integration.Notifications;

[Collection(nameof(NotificationsDesk))]
public sealed class DeliveryTests(NotificationsDesk desk)
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Both_messages_of_the_first_sale_arrive_once_each_however_often_the_facts_come()
    {
        var (user, chat) = await desk.NewUserAsync();
        var paid = Paid(user);
        await desk.DeliverAsync(Envelope.Of(paid, TenantId.Default, Now, null), times: 3);
        // The same fact under another message id, as a repaired sender would tell it.
        await desk.PublishAsync(paid);
        await desk.DeliverAsync(Envelope.Of(Activated(user), TenantId.Default, Now, null), times: 3);

        Assert.All(await desk.HistoryAsync(user, 2), row => Assert.Equal(("sent", 1, "telegram"), (row.Status, row.Attempts, row.Channel)));
        Assert.Equal(
            ["Payment received: Rp531,690. Thank you! 💳", "Your Pro subscription is now active! ✅"], (await desk.TextsAsync(chat, 2)).Order());
    }

    [Fact]
    public async Task A_new_user_is_welcomed_by_mail_until_he_has_linked_a_chat()
    {
        var user = Guid.CreateVersion7();
        await desk.PublishAsync(new UserRegistered(user, NotificationsDesk.Address(user), "budi", "Budi", "id"), times: 3);

        var mail = Assert.Single(await desk.MailsAsync(user))!;
        Assert.Equal("Selamat datang", (string?)mail["subject"]);
        Assert.Equal("Selamat datang di AI Trading Platform! 🚀", ((string)mail["text"]!).TrimEnd());
        Assert.Equal("<p>Selamat datang di AI Trading Platform! 🚀</p>", ((string)mail["html"]!).TrimEnd());
        Assert.Equal("email", Assert.Single(await desk.HistoryAsync(user)).Channel);
    }

    [Fact]
    public async Task Whose_tier_was_heard_of_first_is_told_in_his_language_all_the_same()
    {
        var user = Guid.CreateVersion7();
        await desk.PublishAsync(Activated(user));
        await NotificationsDesk.UntilAsync(() => StatusAsync(user), status => status == "retrying");
        await desk.PublishAsync(new UserRegistered(user, NotificationsDesk.Address(user), "budi", "Budi", "id"));

        Assert.Equal("Selamat datang", (string?)Assert.Single(await desk.MailsAsync(user))!["subject"]);
    }

    [Fact]
    public async Task News_that_overtakes_the_registration_waits_for_it()
    {
        var user = Guid.CreateVersion7();
        await desk.PublishAsync(Paid(user));
        await NotificationsDesk.UntilAsync(() => StatusAsync(user), status => status == "retrying");
        Assert.Equal("retrying", await StatusAsync(user));

        await desk.PublishAsync(new UserRegistered(user, NotificationsDesk.Address(user), "budi", "Budi", "en"));
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(20));

        Assert.Equal(2, (await NotificationsDesk.UntilAsync(() => desk.MailsAsync(user), mails => mails.Count == 2)).Count);
    }

    [Fact]
    public async Task Who_has_blocked_the_bot_gets_a_mail_and_is_unlinked()
    {
        var (user, chat) = await desk.NewUserAsync();
        (await desk.Telegram.PostAsJsonAsync($"control/chats/{chat}/block", new { bot = "default" })).EnsureSuccessStatusCode();
        await desk.PublishAsync(Paid(user));

        Assert.Equal("Payment received", (string?)Assert.Single(await desk.MailsAsync(user))!["subject"]);
        var row = Assert.Single(await desk.HistoryAsync(user));
        Assert.Equal(("sent", 1, "email"), (row.Status, row.Attempts, row.Channel));
        Assert.Equal("blocked", Assert.Single(await desk.QueryAsync<string>(
            "select status from notification_management.telegram_links where user_id = @user", new { user })));
        Assert.Null(Assert.Single(await desk.QueryAsync<long?>(
            "select telegram_chat_id from notification_management.user_notification_preferences where user_id = @user", new { user })));
    }

    [Fact]
    public async Task Who_turns_out_to_have_blocked_the_bot_and_has_no_address_is_not_reached_and_the_reason_is_kept()
    {
        var (user, chat) = await desk.NewUserAsync(hasEmail: false);
        await desk.NextAsync("403", chat);
        await desk.PublishAsync(Paid(user));

        var row = Assert.Single(await desk.HistoryAsync(user));
        Assert.Equal(("failed", "recipient_gone"), (row.Status, row.ReasonCode));
        Assert.Contains("bot was blocked by the user", row.ErrorMessage);
    }

    [Fact]
    public async Task A_throttled_chat_gets_its_message_after_the_pause_without_losing_an_attempt()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.NextAsync("429", chat, retryAfter: 1);
        await desk.PublishAsync(Paid(user));

        Assert.Single(await desk.TextsAsync(chat, 1));
        Assert.Equal(("sent", 1), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.Attempts) : default);
    }

    [Fact]
    public async Task After_three_calls_without_an_answer_the_message_has_failed()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.NextAsync("500", chat, times: 3);
        await desk.PublishAsync(Paid(user));
        await NotificationsDesk.UntilAsync(() => AttemptsAsync(user), attempts => attempts == 2);
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(10));

        var row = Assert.Single(await desk.HistoryAsync(user));
        Assert.Equal(("failed", 3), (row.Status, row.Attempts));
        Assert.Contains("Telegram answered 500", row.ErrorMessage);
        Assert.Empty(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task A_change_of_the_plan_is_told_when_it_is_decided_again_and_not_when_it_comes_true()
    {
        var (user, chat) = await desk.NewUserAsync();
        var (subscription, end) = (Guid.CreateVersion7(), Now.AddDays(10));
        // What is changed at once was not told before.
        foreach (var (to, at) in new[] { ("starter", Now), ("free", Now.AddDays(1)), ("starter", Now.AddDays(2)), ("basic", end) })
            await desk.DeliverAsync(Changed(to, at), times: 2);
        await desk.HistoryAsync(user, 4);
        var comesTrue = Changed("starter", end.AddMinutes(1));
        await desk.DeliverAsync(comesTrue, times: 1);
        Assert.Single(await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<int>("select 1 from notification_management.inbox where message_id = @Id", new { comesTrue.Id }), handled => handled.Count == 1));

        Assert.Equal(4, (await desk.HistoryAsync(user, 4)).Count);
        var told = (await desk.TextsAsync(chat, 4)).Select(text => new[] { "basic", "free", "starter" }.Single(plan => text.Contains($" {plan} ", StringComparison.Ordinal)));
        Assert.Equal(["basic", "free", "starter", "starter"], told.Order());

        Envelope Changed(string to, DateTimeOffset at) =>
            Envelope.Of(new SubscriptionChanged(subscription, user, "trial", to, end), TenantId.Default, at, null);
    }

    [Fact]
    public async Task Markup_and_emoji_in_values_arrive_as_they_were_written()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.PublishAsync(Activated(user) with { TierName = "<b>Pro</b> & {{tier}} \"🚀\"" });

        Assert.Equal("Your <b>Pro</b> & {{tier}} \"🚀\" subscription is now active! ✅", Assert.Single(await desk.TextsAsync(chat, 1)));
    }

    [Fact]
    public async Task A_notification_whose_message_was_lost_is_found_by_the_sweep()
    {
        var (user, chat) = await desk.NewUserAsync();
        const string sql = """
            insert into notification_management.notification_history
                (tenant_id, id, user_id, notification_type, dedup_key, title, message, created_at, available_at, expires_at)
            values ('default', @user, @user, 'welcome', @key, '', '', now(), now() - interval '5 minutes', now() + interval '1 day')
            returning id
            """;
        await desk.QueryAsync<Guid>(sql, new { user, key = $"lost:{user}" });
        using var fired = await desk.App.PostAsJsonAsync("admin/functions/RetrySweep", new { });

        Assert.Equal(HttpStatusCode.Accepted, fired.StatusCode);
        Assert.Equal("Welcome to AI Trading Platform! 🚀", Assert.Single(await desk.TextsAsync(chat, 1)));
    }

    [Fact]
    public async Task Users_read_their_own_history_and_nobody_elses()
    {
        var (other, _) = await desk.NewUserAsync();
        await desk.PublishAsync(Paid(other));
        var before = (await desk.HistoryAsync(NotificationsDesk.DemoUser, 0)).Count;
        await desk.PublishAsync(Paid(NotificationsDesk.DemoUser));
        await desk.HistoryAsync(NotificationsDesk.DemoUser, before + 1);
        await desk.HistoryAsync(other);

        var page = (await desk.DemoCaller.GetFromJsonAsync<JsonNode>("v1/notifications?limit=1"))!;
        var own = Assert.Single(page["items"]!.AsArray())!;
        using var read = await desk.DemoCaller.GetAsync($"v1/notifications/{own["id"]}");
        var foreign = Assert.Single(await desk.QueryAsync<Guid>(
            "select id from notification_management.notification_history where user_id = @other", new { other }));
        using var hidden = await desk.DemoCaller.GetAsync($"v1/notifications/{foreign}");

        Assert.Equal("sent", (string?)own["status"]);
        Assert.Equal(HttpStatusCode.OK, read.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
    }

    [Fact]
    public async Task The_log_never_shows_a_bots_token()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.NextAsync("cut", chat);
        await desk.PublishAsync(Paid(user));
        await desk.HistoryAsync(user);

        // Every log of the apps and the simulators, with what all other tests have caused by now.
        var own = desk.Apps[FunctionApp.Notifications].LogFile;
        Assert.Contains("payment_received", await File.ReadAllTextAsync(own));
        foreach (var file in Directory.EnumerateFiles(Path.GetDirectoryName(own)!))
        {
            var log = await File.ReadAllTextAsync(file);
            Assert.DoesNotContain("bot-token", log);
            Assert.DoesNotMatch(@"/bot\d", log);
        }
    }

    private async Task<string?> StatusAsync(Guid user) => (await desk.QueryAsync<string>(
        "select status from notification_management.notification_history where user_id = @user", new { user })).FirstOrDefault();

    private async Task<int> AttemptsAsync(Guid user) => (await desk.QueryAsync<int>(
        "select attempts from notification_management.notification_history where user_id = @user and status = 'retrying'", new { user })).FirstOrDefault();

    private static PaymentSucceeded Paid(Guid user) =>
        new(Guid.CreateVersion7(), Guid.CreateVersion7(), user, null, new Money(531_690, Currency.Idr), "bank_transfer", Now);

    // A tier that the default bot serves: nothing is handed over.
    private static SubscriptionActivated Activated(Guid user) => new(Guid.CreateVersion7(), user, "starter", "Pro", Now, Now.AddMonths(1));
}
