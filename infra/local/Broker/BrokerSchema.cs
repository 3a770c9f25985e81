using Npgsql;

namespace ServerlessBusiness.Broker;

// The broker's tables in schema local_broker. Safe to run at every start.
public static class BrokerSchema
{
    private const string Tables = """
        create schema if not exists local_broker;

        -- A queue (topic is null, path is its name) or a subscription (path is "topic/name"). No subjects means every subject.
        create table if not exists local_broker.entities (
            path text primary key,
            topic text,
            subjects text[] not null default '{}',
            lock_duration interval not null,
            max_delivery_count integer not null);

        -- Dead letters stay here too, below the path "…/$DeadLetterQueue", so that they can be received like any message.
        create table if not exists local_broker.messages (
            sequence_number bigint generated always as identity primary key,
            path text not null,
            message_id text not null,
            subject text not null,
            body text not null,
            correlation_id text,
            properties jsonb,
            enqueued_at timestamptz not null default now(),
            available_at timestamptz not null default now(),
            delivery_count integer not null default 0,
            lock_token uuid,
            locked_until timestamptz,
            dead_letter_reason text,
            dead_letter_description text)
            -- Rows live for milliseconds: room for updates in place, and a vacuum that counts rows instead of percents.
            with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
                  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 10000,
                  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000);

        -- The lock is not part of the index, so taking and renewing it changes the row in place.
        create index if not exists messages_next on local_broker.messages (path, available_at, sequence_number);

        -- What was sent lately: a second send of the same id within the window is dropped, also after the first was completed.
        create table if not exists local_broker.sent_ids (
            entity text not null,
            message_id text not null,
            sent_at timestamptz not null default now(),
            primary key (entity, message_id));
        create index if not exists sent_ids_age on local_broker.sent_ids using brin (sent_at);

        -- The timers' memory, which the real host keeps in storage.
        create table if not exists local_broker.timers (
            name text primary key,
            schedule text not null,
            last timestamptz not null,
            next timestamptz not null,
            updated_at timestamptz not null);
        """;

    private const string PutEntity = """
        insert into local_broker.entities (path, topic, subjects, lock_duration, max_delivery_count)
        values (@path, @topic, @subjects, @lockDuration, @maxDeliveryCount)
        on conflict (path) do update
        set topic = excluded.topic, subjects = excluded.subjects,
            lock_duration = excluded.lock_duration, max_delivery_count = excluded.max_delivery_count
        """;

    public static async Task CreateAsync(
        NpgsqlDataSource owner,
        string role,
        string rolePassword,
        IReadOnlyList<BrokerQueue> queues,
        IReadOnlyList<BrokerSubscription> subscriptions,
        CancellationToken cancellationToken)
    {
        await using var connection = await owner.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);

        await ExecuteAsync(connection, "select pg_advisory_xact_lock(hashtext('local_broker schema'))", cancellationToken);
        await ExecuteAsync(connection, Tables, cancellationToken);
        await ExecuteAsync(connection, Role(role, rolePassword), cancellationToken);
        foreach (var queue in queues)
            await PutAsync(connection, queue.Name, null, [], queue.LockDuration, queue.MaxDeliveryCount, cancellationToken);

        foreach (var subscription in subscriptions)
        {
            await PutAsync(connection, $"{subscription.Topic}/{subscription.Name}", subscription.Topic, subscription.Subjects,
                subscription.LockDuration, subscription.MaxDeliveryCount, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    // Roles belong to the whole server: another database's schema may be creating the same one at this moment.
    private static string Role(string role, string password)
    {
        var name = $"\"{role.Replace("\"", "\"\"")}\"";
        return $"""
            do $role$ begin
                if not exists (select from pg_roles where rolname = {Literal(role)}) then
                    create role {name} login password {Literal(password)};
                else
                    alter role {name} login password {Literal(password)};
                end if;
            exception when duplicate_object or unique_violation then null;
            end $role$;
            grant usage on schema local_broker to {name};
            grant select, insert, update, delete on all tables in schema local_broker to {name};
            """;
    }

    private static string Literal(string value) => $"'{value.Replace("'", "''")}'";

    // A dead letter is never given up on: it stays until somebody takes it away.
    private static async Task PutAsync(
        NpgsqlConnection connection,
        string path,
        string? topic,
        IReadOnlyList<string> subjects,
        TimeSpan lockDuration,
        int maxDeliveryCount,
        CancellationToken cancellationToken)
    {
        foreach (var (entity, limit) in new[] { (path, maxDeliveryCount), ($"{path}{LocalBroker.DeadLetterSuffix}", int.MaxValue) })
        {
            await using var command = new NpgsqlCommand(PutEntity, connection);
            command.Parameters.AddWithValue("path", entity);
            command.Parameters.AddWithValue("topic", entity == path && topic is not null ? topic : DBNull.Value);
            command.Parameters.AddWithValue("subjects", subjects.ToArray());
            command.Parameters.AddWithValue("lockDuration", lockDuration);
            command.Parameters.AddWithValue("maxDeliveryCount", limit);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
