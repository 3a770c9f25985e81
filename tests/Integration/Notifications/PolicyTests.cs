using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>What happens when nobody can tell whether a message has arrived.</summary>
[Collection(nameof(NotificationsDesk))]
public sealed class PolicyTests(NotificationsDesk desk)
{
    [Fact]
    public async Task A_payment_whose_call_was_cut_is_told_again_with_a_reference_and_known_as_a_possible_duplicate()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.NextAsync("cut", chat);
        await desk.PublishAsync(Paid(user));

        var texts = await desk.TextsAsync(chat, 2);
        var row = Assert.Single(await desk.HistoryAsync(user));
        Assert.Equal("Payment received: Rp531,690. Thank you! 💳", texts[0]);
        Assert.StartsWith($"{texts[0]}\n\n(Ref. {row.Id.ToString("N")[^6..].ToUpperInvariant()}: sent again", texts[1]);
        Assert.Equal(("sent", 2), (row.Status, row.Attempts));
        var details = (await desk.Admin.GetFromJsonAsync<JsonNode>($"v1/notifications/{row.Id}"))!;
        Assert.True((bool)details["notification"]!["possibleDuplicate"]!);
        Assert.Equal(["Unknown", "Sent"], details["calls"]!.AsArray().Select(call => (string?)call!["outcome"]));
    }

    [Fact]
    public async Task A_welcome_whose_call_was_cut_is_not_repeated_and_says_why()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.NextAsync("cut", chat);
        await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });

        var row = Assert.Single(await desk.HistoryAsync(user));
        Assert.Equal(("failed", "unknown_outcome", 1), (row.Status, row.ReasonCode, row.Attempts));
        Assert.Single(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task A_sender_that_dies_in_the_middle_of_its_calls_leaves_each_kind_to_its_policy()
    {
        // Telegram takes the messages and says nothing: the process dies while it waits for the answers.
        var (paying, payingChat) = await desk.NewUserAsync();
        var (welcomed, welcomedChat) = await desk.NewUserAsync();
        var (trading, tradingChat) = await desk.NewUserAsync();
        foreach (var chat in new[] { payingChat, welcomedChat, tradingChat })
            await desk.NextAsync("timeout", chat);
        await desk.PublishAsync(Paid(paying));
        await desk.SendAsync(new { type = "welcome", recipients = new[] { welcomed } });
        await desk.SendAsync(new { type = "trading_alert", recipients = new[] { trading }, variables = new { symbol = "BTC", signal = "BUY" } });
        foreach (var chat in new[] { payingChat, welcomedChat, tradingChat })
            Assert.Single(await desk.TextsAsync(chat, 1));
        var app = desk.Apps[FunctionApp.Notifications];
        await app.KillAsync();
        await app.StartAsync(CancellationToken.None);

        // Their claims run out, and what was a signal a minute ago is none any more.
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(65));
        await desk.SweepAsync();

        var paid = Assert.Single(await desk.HistoryAsync(paying));
        Assert.Equal(("sent", 2), (paid.Status, paid.Attempts));
        Assert.Contains("(Ref. ", (await desk.TextsAsync(payingChat, 2))[1]);
        // Taken up again only to be ended, it shows the one call that was made.
        Assert.Equal(
            ("failed", "unknown_outcome", 1),
            Assert.Single(await desk.HistoryAsync(welcomed)) is var first ? (first.Status, first.ReasonCode, first.Attempts) : default);
        Assert.Equal(("failed", "unknown_outcome"), Assert.Single(await desk.HistoryAsync(trading)) is var second ? (second.Status, second.ReasonCode) : default);
        Assert.Single(await desk.TextsAsync(welcomedChat));
        Assert.Single(await desk.TextsAsync(tradingChat));
    }

    [Fact]
    public async Task What_fails_before_the_call_is_no_call_and_even_what_is_never_repeated_is_sent_later()
    {
        var (user, chat) = await desk.NewUserAsync();
        await using (var gate = await desk.LockAsync("notification_management.telegram_link_tokens"))
        {
            await desk.PublishAsync(new SubscriptionActivated(Guid.CreateVersion7(), user, "pro", "Pro", DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddMonths(1)));
            // The text of the handover needs a new start link, and the connection that makes it is ended.
            await gate.UntilSomebodyWaitsAsync();
            await gate.EndWhoWaitsAsync();
        }

        await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<string>(
                """
                select status || ' ' || attempts || ' ' || calling from notification_management.notification_history
                where user_id = @user and notification_type = 'bot_handover'
                """,
                new { user }),
            rows => rows is ["retrying 0 false"]);
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(10));

        var row = Assert.Single(await desk.HistoryAsync(user, 2), row => row.NotificationType == "bot_handover");
        Assert.Equal(("sent", 1), (row.Status, row.Attempts));
        Assert.Single(await desk.TextsAsync(chat), text => text.Contains("?start=", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("sent", null, "Sent")]
    [InlineData("retrying", "429", "Throttled Sent")]
    [InlineData("failed", "400", "RecipientGone")]
    public async Task What_a_call_has_done_is_written_down_when_the_database_is_back(string status, string? trouble, string calls)
    {
        var (user, chat) = await desk.NewUserAsync(hasEmail: false);
        if (trouble is not null)
            await desk.NextAsync(trouble, chat);
        await using (await AwayDatabase.RefuseAsync(desk, user, status, times: 3))
        {
            await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });

            // Nobody who knows what a call has done treats it as one of which nobody knows.
            var row = Assert.Single(await desk.HistoryAsync(user));
            Assert.Equal(trouble == "400" ? "failed recipient_gone" : "sent ", $"{row.Status} {row.ReasonCode}");
            var details = (await desk.Admin.GetFromJsonAsync<JsonNode>($"v1/notifications/{row.Id}"))!;
            Assert.Equal(calls, string.Join(' ', details["calls"]!.AsArray().Select(call => (string?)call!["outcome"])));
            Assert.Equal(trouble == "400" ? 0 : 1, (await desk.TextsAsync(chat)).Count);
        }
    }

    [Fact]
    public async Task What_was_given_up_in_doubt_is_sent_after_all_when_its_sender_comes_back_to_say_so()
    {
        var (user, chat) = await desk.NewUserAsync();
        await using (var away = await AwayDatabase.RefuseAsync(desk, user, "sent", times: 1_000))
        {
            await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });
            await away.UntilRefusedAsync();
            // Its claim is over, and the sweep is back before it: it must take it for broken off.
            desk.Apps.Clock.Advance(TimeSpan.FromSeconds(65));
            await desk.SweepAsync();
            await NotificationsDesk.UntilAsync(
                () => desk.QueryAsync<string>("select reason_code from notification_management.notification_history where user_id = @user", new { user }),
                rows => rows is ["unknown_outcome"]);
        }

        var rows = await NotificationsDesk.UntilAsync(() => desk.HistoryAsync(user), rows => rows is [{ Status: "sent" }]);
        Assert.Equal(("sent", null), (rows[0].Status, rows[0].ReasonCode));
        Assert.Single(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task A_sender_that_took_longer_than_its_claim_settles_nothing_over_the_head_of_the_next_one()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.NextAsync("timeout", chat, times: 2);
        await desk.PublishAsync(Paid(user));
        await desk.TextsAsync(chat, 1);
        // The first still waits for its answer when the second calls.
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(65));
        await desk.SweepAsync();
        await desk.TextsAsync(chat, 2);
        await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<string>("select status from notification_management.notification_history where user_id = @user", new { user }),
            rows => rows is ["retrying"]);
        // And what goes to a Telegram that was silent waits until its pause is over.
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(40));

        Assert.Equal(("sent", 3), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.Attempts) : default);
        Assert.Equal(2, Assert.Single(await desk.QueryAsync<int>(
            "select unknown_calls from notification_management.notification_history where user_id = @user", new { user })));
    }

    [Fact]
    public async Task A_stop_waits_for_the_call_that_is_on_its_way_and_until_it_is_written_what_it_has_done()
    {
        var (user, chat) = await desk.NewUserAsync();
        var app = desk.Apps[FunctionApp.Notifications];
        var stops = await StopsAsync();
        Task stopping;
        await using (var away = await AwayDatabase.RefuseAsync(desk, user, "sent", times: 1_000))
        {
            await desk.SendAsync(new { type = "welcome", recipients = new[] { user } });
            await away.UntilRefusedAsync();
            stopping = app.StopAsync();
            await Eventually.HoldsAsync(async () => await StopsAsync() > stops, "It did not hear that it shall stop.");
        }

        await stopping;
        Assert.Equal(("sent", 1), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.Attempts) : default);
        await app.StartAsync(CancellationToken.None);
        Assert.Single(await desk.TextsAsync(chat));

        async Task<int> StopsAsync()
        {
            await using var log = new FileStream(app.LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(log);
            return (await reader.ReadToEndAsync()).Split("Application is shutting down").Length;
        }
    }

    [Fact]
    public async Task A_digest_whose_sender_died_in_the_middle_of_its_call_leaves_no_item_waiting()
    {
        var (user, chat) = await desk.NewUserAsync();
        await desk.QueryAsync<int>(
            "update notification_management.user_notification_preferences set digest = 'hourly' where user_id = @user", new { user });
        await desk.SendAsync(new { type = "product_update", recipients = new[] { user }, variables = new { headline = "Charts", text = "in colour" } });
        await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<Guid>(
                "select digest_id from notification_management.notification_history where user_id = @user and digest_id is not null", new { user }),
            held => held.Count == 1);
        await desk.NextAsync("timeout", chat);
        desk.Apps.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Single(await desk.TextsAsync(chat, 1));
        var app = desk.Apps[FunctionApp.Notifications];
        await app.KillAsync();
        await app.StartAsync(CancellationToken.None);
        desk.Apps.Clock.Advance(TimeSpan.FromSeconds(65));
        await desk.SweepAsync();

        // Nobody knows whether it has arrived, and news is not told twice: an operator sees both in the dead letters.
        Assert.All(await desk.HistoryAsync(user, 2), row => Assert.Equal(("failed", "unknown_outcome"), (row.Status, row.ReasonCode)));
        Assert.Single(await desk.TextsAsync(chat));
        var dead = (await desk.Admin.GetFromJsonAsync<JsonNode>("v1/dead-letters?limit=100"))!["items"]!.AsArray();
        Assert.Equal(2, dead.Count(one => (string?)one!["userId"] == $"{user}"));
    }

    [Fact]
    public async Task A_message_that_finds_the_database_away_comes_back_with_all_that_it_carries()
    {
        var (first, firstChat) = await desk.NewUserAsync();
        var (second, secondChat) = await desk.NewUserAsync();
        await using (var away = await AwayDatabase.RefuseAsync(desk, first, "pending", times: 1))
        {
            await desk.SendAsync(new { type = "welcome", recipients = new[] { first, second } });
            await away.UntilRefusedAsync();
            foreach (var user in new[] { first, second })
                Assert.Equal(("sent", 1), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.Attempts) : default);
        }

        Assert.Single(await desk.TextsAsync(firstChat));
        Assert.Single(await desk.TextsAsync(secondChat));
    }

    [Fact]
    public async Task Many_consumers_with_the_same_message_send_once()
    {
        var (user, chat) = await desk.NewUserAsync();
        var id = Guid.CreateVersion7();
        await desk.QueryAsync<int>(
            """
            insert into notification_management.notification_history
                (tenant_id, id, user_id, notification_type, dedup_key, title, message, created_at, available_at, expires_at)
            values ('default', @id, @user, 'welcome', @key, '', '', now(), now() - interval '1 second', now() + interval '1 day')
            """,
            new { id, user, key = $"race:{id}" });
        foreach (var queue in Topology.NotificationQueues)
            await desk.QueueAsync(id, queue, times: 10);

        Assert.Equal(("sent", 1), Assert.Single(await desk.HistoryAsync(user)) is var row ? (row.Status, row.Attempts) : default);
        await NotificationsDesk.UntilAsync(
            () => desk.QueryAsync<string>("select path from local_broker.messages where body like @id", new { id = $"%{id}%" }), left => left.Count == 0);
        Assert.Single(await desk.TextsAsync(chat));
    }

    private static PaymentSucceeded Paid(Guid user) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), user, null, new Money(531_690, Currency.Idr), "bank_transfer", DateTimeOffset.UtcNow);
}
