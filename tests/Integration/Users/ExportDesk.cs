using Dapper;
using Npgsql;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Users;

/// <summary>All five apps, because each of them holds something of a person.</summary>
public sealed class ExportDesk(StackFixture stack) : IAsyncLifetime
{
    private TestDatabase? database;
    private NpgsqlDataSource? owner;
    private TestApps? apps;
    private TestSessions? sessions;

    public Guid User { get; } = Guid.CreateVersion7();

    public TestApps Apps => apps!;

    public TestSessions Sessions => sessions!;

    public async ValueTask InitializeAsync()
    {
        database = await stack.CreateDatabaseAsync(seeded: true);
        owner = NpgsqlDataSource.Create(database.OwnerConnectionString);
        apps = await database.StartAppsAsync();
        sessions = await TestSessions.OpenAsync(apps, await TestSigningKey.PublishAsync(owner, apps));
        await using var connection = await owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            """
            insert into user_management.users (tenant_id, id, email, email_normalized, username, username_normalized, password_hash, created_at, updated_at)
            values ('default', @User, 'me@example.com', 'me@example.com', 'me', 'me', 'the-hash-of-a-password', now(), now());
            insert into billing_management.billing_history (tenant_id, id, user_id, event_type, event_data, created_at)
            select 'default', gen_random_uuid(), @User, 'told', jsonb_build_object('number', n), now() from generate_series(1, 1234) as n;
            insert into billing_management.billing_history (tenant_id, id, user_id, event_type, created_at)
            values ('default', gen_random_uuid(), gen_random_uuid(), 'of_another', now());
            """,
            new { User });
    }

    public async ValueTask DisposeAsync()
    {
        await (apps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (owner?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
