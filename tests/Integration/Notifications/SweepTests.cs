using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>What the sweep makes of rows that a crash has left behind.</summary>
[Collection(nameof(NotificationsDesk))]
public sealed class SweepTests(NotificationsDesk desk)
{
    [Theory]
    [InlineData("sent", null, "sent")]
    [InlineData("suppressed", "muted", "suppressed")]
    [InlineData("failed", "rejected", "failed")]
    public async Task What_waits_for_a_digest_that_is_over_shares_its_end(string status, string? code, string expected)
    {
        var (user, chat) = await desk.NewUserAsync();
        var digest = await InsertAsync(user, "digest", status, code, digest: null);
        var item = await InsertAsync(user, "welcome", "pending", code: null, digest);
        await desk.SweepAsync();

        var row = Assert.Single(await desk.HistoryAsync(user, 2), row => row.Id == item);
        Assert.Equal((expected, code), (row.Status, row.ReasonCode));
        Assert.Empty(await desk.TextsAsync(chat));
    }

    [Fact]
    public async Task A_digest_that_broke_off_in_its_last_attempt_takes_its_items_to_the_dead_letters()
    {
        var (user, _) = await desk.NewUserAsync();
        var digest = await InsertAsync(user, "digest", "retrying", code: null, digest: null, attempts: 3);
        var item = await InsertAsync(user, "welcome", "pending", code: null, digest);
        await desk.SweepAsync();

        Assert.All(await desk.HistoryAsync(user, 2), row => Assert.Equal(("failed", "broken_off"), (row.Status, row.ReasonCode)));
        var dead = (await desk.Admin.GetFromJsonAsync<JsonNode>("v1/dead-letters?limit=100"))!["items"]!.AsArray();
        Assert.Contains(dead, one => (string?)one!["id"] == $"{item}");
    }

    [Fact]
    public async Task What_waits_for_a_digest_that_is_gone_is_told_by_itself()
    {
        var (user, chat) = await desk.NewUserAsync();
        await InsertAsync(user, "welcome", "pending", code: null, digest: Guid.CreateVersion7());
        await desk.SweepAsync();

        Assert.Equal("sent", Assert.Single(await desk.HistoryAsync(user)).Status);
        Assert.Single(await desk.TextsAsync(chat));
    }

    private async Task<Guid> InsertAsync(Guid user, string type, string status, string? code, Guid? digest, int attempts = 0)
    {
        const string sql = """
            insert into notification_management.notification_history
                (tenant_id, id, user_id, notification_type, dedup_key, title, message, status, reason_code, digest_id, attempts, calling,
                 claimed_until, created_at, available_at, expires_at)
            values ('default', @id, @user, @type, @id::text, '', '', @status, @code, @digest, @attempts, @attempts > 0,
                    case when @attempts > 0 then @now - interval '1 second' end, @now, @now - interval '5 minutes', @now + interval '1 day')
            """;
        var id = Guid.CreateVersion7(desk.Now);
        await desk.QueryAsync<int>(sql, new { id, user, type, status, code, digest, attempts, now = desk.Now });
        return id;
    }
}
