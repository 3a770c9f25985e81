using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Dapper;
using Npgsql;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Notifications;

/// <summary>A mail server that takes connections and says nothing.</summary>
public sealed class SlowMailTests(StackFixture stack)
{
    private const int Waiting = 20;

    [Fact]
    public async Task While_the_mail_server_is_silent_mails_wait_without_calling_and_lose_no_attempt()
    {
        await using var server = new SilentMailServer();
        await using var database = await stack.CreateDatabaseAsync(seeded: true);
        await using var owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        await using var apps = await database.StartAppsAsync(
            new Dictionary<string, string?> { ["SMTP_PORT"] = $"{server.Port}" }, FunctionApp.Notifications);
        await WriteAsync(owner, apps, "first", count: 1);
        var first = await UntilAsync(owner, "first", 1);
        var connections = server.Connections;
        await WriteAsync(owner, apps, "later", Waiting);
        var later = await UntilAsync(owner, "later", Waiting);

        Assert.Equal(["retrying 0 The mail server could not be reached."], first);
        Assert.Equal(Enumerable.Repeat("retrying 0 The mail server did not answer, and mails pause for a while.", Waiting), later);
        Assert.Equal(connections, server.Connections);
    }

    private static async Task WriteAsync(NpgsqlDataSource owner, TestApps apps, string name, int count)
    {
        const string sql = """
            with users as (
                insert into notification_management.user_notification_preferences (tenant_id, id, user_id, email, introduced_at, created_at, updated_at)
                select 'default', gen_random_uuid(), gen_random_uuid(), 'somebody@example.com', @now, @now, @now from generate_series(1, @count)
                returning user_id)
            insert into notification_management.notification_history
                (tenant_id, id, user_id, notification_type, dedup_key, title, message, created_at, available_at, expires_at)
            select 'default', gen_random_uuid(), user_id, 'welcome', @name || user_id, '', '', @now, @now - interval '5 minutes', @now + interval '1 day'
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
                select status || ' ' || attempts || ' ' || error_message from notification_management.notification_history
                where dedup_key like @name || '%' and status = 'retrying'
                """,
                new { name })).AsList();
        },
        rows => rows.Count == count);

    private sealed class SilentMailServer : IAsyncDisposable
    {
        private readonly TcpListener listener = new(IPAddress.Loopback, 0);
        private readonly CancellationTokenSource stop = new();
        private readonly List<TcpClient> clients = [];
        private readonly Task accepting;
        private int connections;

        public SilentMailServer()
        {
            listener.Start();
            accepting = AcceptAsync(stop.Token);
        }

        public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

        public int Connections => Volatile.Read(ref connections);

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            clients.ForEach(client => client.Dispose());
            listener.Dispose();
            stop.Dispose();
        }

        private async Task AcceptAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                clients.Add(await listener.AcceptTcpClientAsync(cancellationToken));
                Interlocked.Increment(ref connections);
            }
        }
    }
}
