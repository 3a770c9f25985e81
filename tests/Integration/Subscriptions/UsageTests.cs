using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Subscriptions;

[Collection<SubscriptionsCollection>]
public sealed class UsageTests(SubscriptionsDesk desk)
{
    private const string Daily = """
        select coalesce(sum(usage_count), 0)::bigint from subscription_management.usage_tracking where tenant_id = @Tenant
        """;

    [Fact]
    public async Task An_event_counts_once_in_any_order_and_any_batch()
    {
        var user = await SubscribedAsync();
        var first = Event(user);
        var second = Event(user);

        Assert.Equal((2, 1), await ReportAsync(user, first, second, first));
        Assert.Equal((0, 2), await ReportAsync(user, second, first));
        Assert.Equal((0, 1), await ReportAsync(user, first));
        Assert.Equal(2, await CountAsync(user));
    }

    [Fact]
    public async Task The_same_id_sent_by_many_at_once_counts_once()
    {
        var user = await SubscribedAsync();
        var one = Event(user);
        using var twin = desk.AsService(user.Tenant, ofTwin: true);
        using var here = desk.AsService(user.Tenant);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(async caller =>
        {
            using var answer = await (caller % 2 == 0 ? here : twin).PostAsJsonAsync("v1/usage", new { events = new[] { one } });
            return (int)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["accepted"]!;
        }));

        Assert.Equal(1, answers.Sum());
        Assert.Equal(1, await CountAsync(user));
    }

    [Fact]
    public async Task Two_tenants_may_use_the_same_id()
    {
        var one = await SubscribedAsync();
        var other = await SubscribedAsync();
        var id = Guid.CreateVersion7();

        Assert.Equal((1, 0), await ReportAsync(one, Event(one, id: id)));
        Assert.Equal((1, 0), await ReportAsync(other, Event(other, id: id)));
        Assert.Equal((1, 1), (await CountAsync(one), await CountAsync(other)));
    }

    [Fact]
    public async Task A_write_that_fails_after_the_id_was_claimed_leaves_nothing_and_is_tried_again()
    {
        var user = await SubscribedAsync();
        var one = Event(user, feature: "breaks");
        await desk.ExecuteAsync(
            "alter table subscription_management.usage_tracking add constraint broken check (feature_name <> 'breaks') not valid");
        try
        {
            await user.PostAsync("v1/usage", new { events = new[] { one } }, expected: 500);
        }
        finally
        {
            await desk.ExecuteAsync("alter table subscription_management.usage_tracking drop constraint broken");
        }

        Assert.Equal(0, await CountAsync(user));
        Assert.Equal((1, 0), await ReportAsync(user, one));
        Assert.Equal((0, 1), await ReportAsync(user, one));
        Assert.Equal(1, await CountAsync(user));
    }

    [Fact]
    public async Task Each_event_that_is_refused_is_told_why_and_the_others_count()
    {
        var user = await SubscribedAsync();
        var answer = await user.PostAsync("v1/usage", new
        {
            events = new object[]
            {
                Event(user),
                Event(user, at: desk.Now.AddDays(-35).AddSeconds(-5)),
                Event(user, at: desk.Now.AddDays(-35).AddMinutes(1)),
                Event(user, at: desk.Now.AddMinutes(6)),
                Event(user, at: desk.Now.AddMinutes(4)),
                Event(user, feature: "not a name"),
                Event(user, feature: "not\0one"),
                new { id = Guid.CreateVersion7(), userId = user.User, feature = "apiCalls", timestamp = desk.Now, errorCode = "\0" },
                new { id = Guid.CreateVersion7(), userId = (Guid?)Guid.CreateVersion7(), feature = "apiCalls", quantity = 1L, timestamp = desk.Now },
            },
        });

        Assert.Equal(
            [
                "accepted", "TOO_LATE", "accepted", "TOO_EARLY", "accepted", "INVALID_FEATURE", "INVALID_FEATURE", "INVALID_ERROR_CODE",
                "NO_SUBSCRIPTION",
            ],
            answer["items"]!.AsArray().Select(item => (string?)item!["code"] ?? (string?)item["result"]));
        Assert.Equal((3, 6), ((int)answer["accepted"]!, (int)answer["refused"]!));
    }

    [Fact]
    public async Task An_event_that_cannot_be_read_is_refused_alone()
    {
        var user = await SubscribedAsync();
        var id = Guid.CreateVersion7();
        var answer = await user.PostAsync("v1/usage", new
        {
            events = new object?[]
            {
                Event(user),
                new { id = "none", userId = user.User, feature = "apiCalls", timestamp = desk.Now },
                new { id, userId = user.User, feature = "apiCalls", timestamp = desk.Now, quantity = 1.5 },
                new { id, userId = user.User, feature = "apiCalls", timestamp = desk.Now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss") },
                new { id, userId = user.User, feature = (string?)null, timestamp = desk.Now },
                new { id, userId = user.User, feature = "apiCalls", timestamp = desk.Now, colour = "red" },
                null,
            },
        });

        Assert.Equal(
            ["accepted", "WRONG_TYPE", "WRONG_TYPE", "TIME_WITHOUT_OFFSET", "NULL_MEMBER", "UNKNOWN_MEMBER", "NULL_MEMBER"],
            answer["items"]!.AsArray().Select(item => (string?)item!["code"] ?? (string?)item["result"]));
        Assert.Equal(id, (Guid)answer["items"]![2]!["id"]!);
        Assert.Null(answer["items"]![1]!["id"]);
        Assert.Equal(1, await CountAsync(user));
    }

    [Fact]
    public async Task An_event_with_a_member_twice_or_half_a_character_is_refused_alone()
    {
        var user = await SubscribedAsync();
        var id = Guid.CreateVersion7();
        var good = JsonSerializer.Serialize(Event(user));
        var halves = $$"""{"id":"\ud800","feature":"apiCalls"},{"\ud800":1,"id":"{{id}}"}""";
        using var body = Json($$"""{"events":[{{good}},{"id":"{{id}}","feature":"a","feature":"b"},{{halves}}]}""");
        using var answer = await user.Client.PostAsync("v1/usage", body);
        using var twice = Json($$"""{"events":[{{halves}}],"events":[{{good}}]}""");
        using var refused = await user.Client.PostAsync("v1/usage", twice);

        var items = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["items"]!.AsArray();
        Assert.Equal(["accepted", "refused", "refused", "refused"], items.Select(item => (string?)item!["result"]));
        Assert.Equal(("DUPLICATE_MEMBER", id), ((string?)items[1]!["code"], (Guid)items[1]!["id"]!));
        Assert.Equal("DUPLICATE_MEMBER", (string?)JsonNode.Parse(await refused.Content.ReadAsStringAsync())!["code"]);
        Assert.Equal(1, await CountAsync(user));

        static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
    }

    [Fact]
    public async Task A_thousand_events_with_all_their_members_fit()
    {
        var user = await SubscribedAsync();
        var events = Enumerable.Range(0, 1000).Select(number => new
        {
            id = Guid.CreateVersion7(),
            userId = user.User,
            feature = "predictions",
            quantity = 0,
            timestamp = desk.Now,
            durationMs = 4_000_000_000 - number,
            responseBytes = 4_000_000_000,
            success = false,
            errorCode = new string('E', 64),
        });

        Assert.Equal(1000, (int)(await user.PostAsync("v1/usage", new { events }))["accepted"]!);
    }

    [Fact]
    public async Task A_batch_is_at_most_a_thousand_and_needs_the_permission()
    {
        var user = await SubscribedAsync();
        await user.PostAsync("v1/usage", new { events = Enumerable.Range(0, 1001).Select(_ => new { id = Guid.CreateVersion7() }) }, expected: 400);
        var other = await desk.JoinAsync(user.Tenant);
        await other.PostAsync("v1/usage", new { events = new[] { Event(user) } }, expected: 403);
    }

    [Fact]
    public async Task What_is_used_of_a_subscription_that_has_ended_counts_for_its_day_and_for_no_quota()
    {
        var user = await SubscribedAsync();
        var id = Guid.Parse((string)(await user.GetAsync("v1/subscriptions"))["items"]![0]!["id"]!);
        await user.PostAsync($"v1/subscriptions/{id}/cancel", new { when = "now" });
        // As if it had been renewed by a clock that was ahead: it ended before it began.
        await desk.ExecuteAsync(
            "update subscription_management.subscriptions set expires_at = period_start - interval '1 hour' where id = @id", new { id });
        var late = new { id = Guid.CreateVersion7(), subscriptionId = id, feature = "predictions", quantity = 50, timestamp = desk.Now };

        Assert.Equal((1, 0), await ReportAsync(user, late));
        Assert.Equal(50, await CountAsync(user));
        Assert.Empty(await desk.QueryAsync<long>(
            "select used from subscription_management.quota_counters where tenant_id = @Tenant", new { user.Tenant }));
    }

    [Fact]
    public async Task Usage_is_summed_by_the_UTC_day_of_the_event()
    {
        var user = await SubscribedAsync();
        var midnight = new DateTimeOffset(desk.Now.UtcDateTime.Date, TimeSpan.Zero);
        await ReportAsync(
            user, Event(user, at: midnight.AddMilliseconds(-1), quantity: 3), Event(user, at: midnight, quantity: 5),
            Event(user, at: midnight.AddMilliseconds(-1).ToOffset(TimeSpan.FromHours(7)), quantity: 4));

        Assert.Equal(
            [$"{midnight.AddDays(-1):yyyy-MM-dd} 7", $"{midnight:yyyy-MM-dd} 5"],
            await desk.QueryAsync<string>(
                "select concat_ws(' ', tracking_period, usage_count) from subscription_management.usage_tracking where tenant_id = @Tenant order by 1",
                new { user.Tenant }));
    }

    [Fact]
    public async Task What_nobody_can_ask_for_any_more_is_forgotten_however_much_it_is()
    {
        var user = await SubscribedAsync();
        var id = Guid.Parse((string)(await user.GetAsync("v1/subscriptions"))["items"]![0]!["id"]!);
        await ReportAsync(user, Event(user));
        await desk.ExecuteAsync(
            """
            insert into subscription_management.usage_event_ids (tenant_id, event_id, received_at)
            select @Tenant, gen_random_uuid(), timestamptz '2020-01-01' from generate_series(1, 10001);
            insert into subscription_management.quota_counters (tenant_id, subscription_id, feature_name, window_start, window_end, used, quota)
            values (@Tenant, @id, 'apiCalls', '2020-01-01', '2020-01-02', 1, 100)
            """,
            new { user.Tenant, id });
        await desk.RunTimerAsync("Housekeeping");

        const string kept = """
            select (select count(*) from subscription_management.usage_event_ids where tenant_id = @Tenant)
                + (select count(*) from subscription_management.quota_counters where tenant_id = @Tenant)
            """;
        await SubscriptionsDesk.WaitForAsync(
            async () => (await desk.QueryAsync<long>(kept, new { user.Tenant }))[0] == 2, "What is old stays, or what is not has gone too.");
    }

    private async Task<Subscriber> SubscribedAsync()
    {
        var user = await desk.WelcomeAsync("usage:write");
        await user.SubscribeAsync("free");
        return user;
    }

    private object Event(Subscriber user, Guid? id = null, string feature = "apiCalls", long quantity = 1, DateTimeOffset? at = null) => new
    {
        id = id ?? Guid.CreateVersion7(),
        userId = (Guid?)user.User,
        feature,
        quantity,
        timestamp = at ?? desk.Now,
    };

    private static async Task<(int Accepted, int Duplicates)> ReportAsync(Subscriber user, params object[] events)
    {
        var answer = await user.PostAsync("v1/usage", new { events });
        return ((int)answer["accepted"]!, (int)answer["duplicates"]!);
    }

    private async Task<long> CountAsync(Subscriber user) => (await desk.QueryAsync<long>(Daily, new { user.Tenant }))[0];
}
