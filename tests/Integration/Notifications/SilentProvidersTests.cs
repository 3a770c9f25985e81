using System.Net.Http.Json;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>A mail server and a Telegram that take connections and say nothing.</summary>
public sealed class SilentProvidersTests(StackFixture stack)
{
    private const int Waiting = 20;

    [Fact]
    public async Task While_a_provider_is_silent_messages_to_it_wait_without_calling_and_lose_no_attempt()
    {
        await using var mail = new SilentServer();
        await using var telegram = new SilentServer();
        await using var database = await stack.CreateDatabaseAsync(seeded: true);
        await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        var settings = new Dictionary<string, string?>
        {
            ["SMTP_PORT"] = $"{mail.Port}", ["TELEGRAM_API_URL"] = $"http://127.0.0.1:{telegram.Port}", ["TELEGRAM_WEBHOOK_URL"] = null,
        };
        await using var apps = await database.StartAppsAsync(settings, FunctionApp.Notifications);
        await WriteAsync(owner, apps, "first", count: 1);
        var first = await UntilAsync(owner, "first", 2);
        var connections = (mail.Connections, telegram.Connections);
        await WriteAsync(owner, apps, "later", Waiting);
        var later = await UntilAsync(owner, "later", 2 * Waiting);

        Assert.Equal(
            [
                "chat failed 1 The connection to Telegram ended before its answer. It is not repeated.",
                "mail retrying 0 The mail server could not be reached.",
            ],
            first);
        Assert.Equal(
            [
                .. Enumerable.Repeat("chat retrying 0 Telegram did not answer, and messages to it pause for a while.", Waiting),
                .. Enumerable.Repeat("mail retrying 0 The mail server did not answer, and mails pause for a while.", Waiting),
            ],
            later);
        Assert.Equal(connections, (mail.Connections, telegram.Connections));
    }

    // So many users with a chat only, and as many with a mailbox only.
    private static async Task WriteAsync(NpgsqlDataSource owner, TestApps apps, string name, int count)
    {
        const string sql = """
            with users as (
                insert into notification_management.user_notification_preferences (tenant_id, id, user_id, email, introduced_at, created_at, updated_at)
                select 'default', gen_random_uuid(), gen_random_uuid(), case when number > @count then 'somebody@example.com' end, @now, @now, @now
                from generate_series(1, 2 * @count) number
                returning user_id, email),
            chats as (
                insert into notification_management.telegram_links (tenant_id, user_id, bot, chat_id, linked_at, updated_at)
                select 'default', user_id, 'default', row_number() over (), @now, @now from users where email is null)
            insert into notification_management.notification_history
                (tenant_id, id, user_id, notification_type, dedup_key, title, message, created_at, available_at, expires_at)
            select 'default', gen_random_uuid(), user_id, 'welcome', concat(@name, ' ', case when email is null then 'chat ' else 'mail ' end, user_id), '', '',
                @now, @now - interval '5 minutes', @now + interval '1 day'
            from users
            """;
        await using var connection = await owner.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new { name, count, now = apps.Clock.Now });
        using var app = apps.Client(FunctionApp.Notifications, tenant: null);
        (await app.PostAsJsonAsync("admin/functions/RetrySweep", new { })).EnsureSuccessStatusCode();
    }

    // Once all of them have come back.
    private static Task<IReadOnlyList<string>> UntilAsync(NpgsqlDataSource owner, string name, int count) => NotificationsDesk.UntilAsync<IReadOnlyList<string>>(
        async () =>
        {
            await using var connection = await owner.OpenConnectionAsync();
            return (await connection.QueryAsync<string>(
                """
                select concat_ws(' ', split_part(dedup_key, ' ', 2), status, attempts, error_message) from notification_management.notification_history
                where dedup_key like @name || ' %' and error_message is not null and status <> 'pending' and not calling
                order by 1
                """,
                new { name })).AsList();
        },
        rows => rows.Count == count);
}
