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

    /// <summary>Somebody else, who has acted upon the user and in whose name the user has acted.</summary>
    public Guid Other { get; } = Guid.CreateVersion7();

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
            values ('default', @User, 'me@example.com', 'me@example.com', 'me', 'me', 'the-hash-of-a-password', now(), now()),
                ('default', @Other, 'you@example.com', 'you@example.com', 'you', 'you', '', now(), now());
            insert into user_management.user_sessions (tenant_id, id, user_id, impersonator_id, ip_address, user_agent, session_token, refresh_token,
                                                       expires_at, created_at, last_accessed_at)
            select 'default', gen_random_uuid(), user_id, impersonator_id, address::inet, agent, decode(agent, 'escape'), decode(agent, 'escape'), now(), now(), now()
            from (values (@User, null::uuid, '203.0.113.1', 'mine/1'), (@Other, @User, '203.0.113.2', 'mine/2'), (@User, @Other, '198.51.100.1', 'yours/1'))
                as session (user_id, impersonator_id, address, agent);
            insert into user_management.audit_log (tenant_id, seq, id, at, action, actor_kind, actor_id, impersonator_id, target_id, detail, address, hash)
            select 'default', 1000000 + n, gen_random_uuid(), now(), 'test.act', 'user', actor, impersonator, target, '{}', address::inet, '\x00'
            from (values (1, @User, null::uuid, @Other, '203.0.113.3'), (2, @Other, @User, @Other, '203.0.113.4'),
                    (3, @Other, null, @User, '198.51.100.2'), (4, @User, @Other, @User, '198.51.100.3'))
                as entry (n, actor, impersonator, target, address);
            insert into user_management.invitations (tenant_id, id, email, email_normalized, role_name, token_hash, created_at, expires_at)
            values ('default', gen_random_uuid(), 'Me@example.com', 'me@example.com', 'a role he was invited to', '\x01', now(), now()),
                ('default', gen_random_uuid(), 'you@example.com', 'you@example.com', 'of another', '\x02', now(), now());
            insert into billing_management.billing_history (tenant_id, id, user_id, event_type, event_data, created_at)
            select 'default', gen_random_uuid(), @User, 'told', jsonb_build_object('number', n), now() from generate_series(1, 1234) as n;
            insert into notification_management.notification_history
                (tenant_id, id, user_id, notification_type, dedup_key, title, message, status, created_at, available_at, expires_at)
            select 'default', gen_random_uuid(), @User, 'product_update', 'news:' || n, 'News ' || n, repeat(chr(1078), 3500), 'sent', now(), now(), now()
            from generate_series(1, 300) as n;
            insert into billing_management.billing_history (tenant_id, id, user_id, event_type, created_at)
            values ('default', gen_random_uuid(), gen_random_uuid(), 'of_another', now());
            """,
            new { User, Other });
    }

    public async ValueTask DisposeAsync()
    {
        await (apps?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (sessions?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (owner?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (database?.DisposeAsync() ?? ValueTask.CompletedTask);
    }
}
