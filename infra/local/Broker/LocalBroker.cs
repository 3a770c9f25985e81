using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace ServerlessBusiness.Broker;

// Queues and topics with the rules of Service Bus, on PostgreSQL: peek-lock with a time limit, a delivery count, dead letters, scheduled
// messages, duplicate detection and fan-out by subject. Locks run on the database's clock; schedules on the given one.
public sealed class LocalBroker(NpgsqlDataSource db, TimeProvider? clock = null)
{
    public const string DeadLetterSuffix = "/$DeadLetterQueue";

    // The NOTIFY channel; the payload is the path that has something new.
    public const string Channel = "local_broker";

    public static readonly TimeSpan DuplicateWindow = TimeSpan.FromMinutes(10);

    // For connections that receive (Npgsql's Options). Statistics of a table whose rows live for milliseconds are always wrong, and a
    // planner that takes it for empty sorts a whole backlog for each handful; walking the index in order is never a bad plan.
    public const string PlannerOptions = "-c enable_seqscan=off -c enable_bitmapscan=off -c enable_sort=off";

    // Of connections to it. They keep nothing between statements, so they need no reset and may keep their plans; each is borrowed for a statement or
    // a timer's turn, and five apps have three such pools each, beside those of their own roles.
    public static NpgsqlConnectionStringBuilder SettingsOf(string connectionString) => new(connectionString)
    {
        GssEncryptionMode = GssEncryptionMode.Disable,
        NoResetOnClose = true,
        MaxAutoPrepare = 20,
        AutoPrepareMinUsages = 2,
        MaxPoolSize = 20,
    };

    private const string TooManyDeliveries = "MaxDeliveryCountExceeded";

    private const string Send = """
        with incoming as (
            select distinct on (message_id) * from unnest(@ids, @subjects, @bodies, @correlations, @properties, @scheduled) with ordinality
                as m (message_id, subject, body, correlation_id, properties, scheduled_for, position)
            order by message_id, position),
        fresh as (
            insert into local_broker.sent_ids as known (entity, message_id)
            select @entity, message_id from incoming
            on conflict (entity, message_id) do update set sent_at = now() where known.sent_at < now() - @window
            returning message_id),
        stored as (
            insert into local_broker.messages (path, message_id, subject, body, correlation_id, properties, available_at)
            select e.path, m.message_id, m.subject, m.body, m.correlation_id, m.properties::jsonb, coalesce(m.scheduled_for, now())
            from incoming m
            join fresh using (message_id)
            join local_broker.entities e on (e.path = @entity and e.topic is null)
                or (e.topic = @entity and (e.subjects = '{}' or m.subject = any(e.subjects)))
            order by m.position
            returning path),
        told as (
            select count(pg_notify('local_broker', path)) from (select distinct path from stored) as touched)
        select exists (select from local_broker.entities where topic = @entity or (path = @entity and topic is null)), count from told
        """;

    // One pass takes what is free; a message whose last permitted delivery was lost with its lock goes to the dead letters instead.
    private const string Receive = $"""
        with next as (
            select m.sequence_number, e.lock_duration, m.delivery_count >= e.max_delivery_count as spent
            from local_broker.messages m
            join local_broker.entities e on e.path = m.path
            where m.path = @path and m.available_at <= greatest(now(), @now) and (m.locked_until is null or m.locked_until <= now())
            order by m.available_at, m.sequence_number
            limit @max
            for update of m skip locked)
        update local_broker.messages m
        set path = case when spent then m.path || '{DeadLetterSuffix}' else m.path end,
            dead_letter_reason = case when spent then '{TooManyDeliveries}' else m.dead_letter_reason end,
            delivery_count = case when spent then m.delivery_count else m.delivery_count + 1 end,
            lock_token = case when spent then null else gen_random_uuid() end,
            locked_until = case when spent then null else now() + lock_duration end
        from next
        where m.sequence_number = next.sequence_number
        returning m.path, m.sequence_number, m.message_id, m.subject, m.body, m.correlation_id, m.properties::text, m.delivery_count,
            m.enqueued_at, m.lock_token, next.lock_duration, m.dead_letter_reason, m.dead_letter_description
        """;

    private const string Held = """
        m.sequence_number = held.sequence_number and m.lock_token = held.lock_token and m.locked_until > now()
        """;

    private const string Complete = $"""
        delete from local_broker.messages m
        using unnest(@numbers, @tokens) as held (sequence_number, lock_token)
        where {Held}
        """;

    private const string Abandon = $"""
        with returned as (
            update local_broker.messages m
            set path = case when m.delivery_count >= e.max_delivery_count then m.path || '{DeadLetterSuffix}' else m.path end,
                dead_letter_reason = case when m.delivery_count >= e.max_delivery_count then '{TooManyDeliveries}'
                    else m.dead_letter_reason end,
                dead_letter_description = case when m.delivery_count >= e.max_delivery_count
                    then format('The message was given up after %s deliveries.', m.delivery_count) else m.dead_letter_description end,
                lock_token = null,
                locked_until = null
            from unnest(@numbers, @tokens, @paths) as held (sequence_number, lock_token, path)
            join local_broker.entities e on e.path = held.path
            where {Held}
            returning m.path),
        told as (
            select count(pg_notify('local_broker', path)) from (select distinct path from returned) as touched)
        select (select count(*) from returned)::integer from told
        """;

    private const string Renew = $"""
        update local_broker.messages m
        set locked_until = now() + e.lock_duration
        from unnest(@numbers, @tokens, @paths) as held (sequence_number, lock_token, path)
        join local_broker.entities e on e.path = held.path
        where {Held}
        """;

    private const string DeadLetter = $"""
        update local_broker.messages m
        set path = m.path || '{DeadLetterSuffix}', dead_letter_reason = @reason, dead_letter_description = @description,
            lock_token = null, locked_until = null
        from unnest(@numbers, @tokens) as held (sequence_number, lock_token)
        where {Held}
        """;

    private readonly TimeProvider clock = clock ?? TimeProvider.System;

    // Sends all or none. A message whose id was sent to the same entity within DuplicateWindow is dropped.
    // Throws InvalidOperationException when there is no such queue or topic.
    public async Task SendAsync(string queueOrTopic, IReadOnlyList<OutgoingMessage> messages, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return;

        await using var command = db.CreateCommand(Send);
        command.Parameters.AddWithValue("entity", queueOrTopic);
        command.Parameters.AddWithValue("window", DuplicateWindow);
        command.Parameters.AddWithValue("ids", messages.Select(message => message.MessageId).ToArray());
        command.Parameters.AddWithValue("subjects", messages.Select(message => message.Subject).ToArray());
        command.Parameters.AddWithValue("bodies", messages.Select(message => message.Body).ToArray());
        command.Parameters.AddWithValue("correlations", messages.Select(message => message.CorrelationId).ToArray());
        command.Parameters.AddWithValue("properties", messages.Select(message => ToJson(message.Properties)).ToArray());
        command.Parameters.AddWithValue("scheduled", NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
            messages.Select(message => message.ScheduledFor?.UtcDateTime).ToArray());
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.GetBoolean(0))
        {
            throw new InvalidOperationException(
                $"The local broker has no queue or topic '{queueOrTopic}'. Provision it with BrokerSchema.CreateAsync.");
        }
    }

    // Takes up to max messages, oldest first, each locked for the entity's lock duration.
    public async Task<IReadOnlyList<ReceivedMessage>> ReceiveAsync(string entityPath, int max, CancellationToken cancellationToken)
    {
        await using var command = db.CreateCommand(Receive);
        command.Parameters.AddWithValue("path", entityPath);
        command.Parameters.AddWithValue("max", max);
        command.Parameters.AddWithValue("now", clock.GetUtcNow().UtcDateTime);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var messages = new List<ReceivedMessage>();
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!reader.IsDBNull(9))
                messages.Add(Read(reader));
        }

        messages.Sort((one, other) => one.SequenceNumber.CompareTo(other.SequenceNumber));
        return messages;
    }

    // Removes the messages whose lock still holds and says how many those were.
    public Task<int> CompleteAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken) =>
        SettleAsync(Complete, messages, cancellationToken);

    // Gives the messages back at once; those delivered often enough go to the dead letters.
    public async Task<int> AbandonAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        await using var command = Settlement(Abandon, messages);
        command.Parameters.AddWithValue("paths", messages.Select(message => message.EntityPath).ToArray());
        return (int)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Starts the lock duration anew and says how many locks still held.
    public async Task<int> RenewAsync(IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        await using var command = Settlement(Renew, messages);
        command.Parameters.AddWithValue("paths", messages.Select(message => message.EntityPath).ToArray());
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<int> DeadLetterAsync(
        IReadOnlyList<ReceivedMessage> messages, string reason, string? description, CancellationToken cancellationToken)
    {
        await using var command = Settlement(DeadLetter, messages);
        command.Parameters.AddWithValue("reason", reason);
        command.Parameters.AddWithValue("description", (object?)description ?? DBNull.Value);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Returns when the broker's tables answer.
    public async Task PingAsync(CancellationToken cancellationToken)
    {
        await using var command = db.CreateCommand("select exists (select from local_broker.entities)");
        await command.ExecuteScalarAsync(cancellationToken);
    }

    // Forgets message ids that are older than the window; to be called now and then.
    public async Task ForgetOldIdsAsync(CancellationToken cancellationToken)
    {
        await using var command = db.CreateCommand("delete from local_broker.sent_ids where sent_at < now() - @window");
        command.Parameters.AddWithValue("window", DuplicateWindow);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<int> SettleAsync(string sql, IReadOnlyList<ReceivedMessage> messages, CancellationToken cancellationToken)
    {
        await using var command = Settlement(sql, messages);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Settlement(string sql, IReadOnlyList<ReceivedMessage> messages)
    {
        var command = db.CreateCommand(sql);
        command.Parameters.AddWithValue("numbers", messages.Select(message => message.SequenceNumber).ToArray());
        command.Parameters.AddWithValue("tokens", messages.Select(message => message.LockToken).ToArray());
        return command;
    }

    private static ReceivedMessage Read(NpgsqlDataReader row) => new(
        row.GetString(0),
        row.GetInt64(1),
        row.GetString(2),
        row.GetString(3),
        row.GetString(4),
        Text(row, 5),
        row.IsDBNull(6) ? NoProperties : JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(6))!,
        row.GetInt32(7),
        row.GetFieldValue<DateTimeOffset>(8),
        row.GetGuid(9),
        row.GetTimeSpan(10),
        Text(row, 11),
        Text(row, 12));

    private static readonly Dictionary<string, string> NoProperties = [];

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static string? ToJson(IReadOnlyDictionary<string, string>? properties) =>
        properties is { Count: > 0 } ? JsonSerializer.Serialize(properties) : null;
}
