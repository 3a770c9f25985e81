using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>Messages are written in the transaction of the fact they tell, so both happen or neither; the relay sends them after the commit.</summary>
public static class Outbox
{
    /// <summary>Tells every service that subscribes to this contract.</summary>
    public static Task PublishAsync(this TenantTransaction transaction, BusinessEvent fact, DateTimeOffset now, CancellationToken cancellationToken) =>
        transaction.SendAsync(Topology.BusinessEvents, [fact], now, null, cancellationToken);

    /// <summary>
    /// Puts messages on one queue or topic, at once, however far <paramref name="now"/> is ahead, or not before <paramref name="availableAt"/>.
    /// </summary>
    public static async Task SendAsync(
        this TenantTransaction transaction, string destination, IReadOnlyList<BusinessEvent> facts, DateTimeOffset now,
        DateTimeOffset? availableAt, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into outbox (id, tenant_id, destination, subject, body, created_at, available_at)
            select id, @tenant, @destination, subject, body, @now, coalesce(@availableAt, least(@now, clock_timestamp()))
            from unnest(@ids, @subjects, @bodies) as message(id, subject, body)
            """;
        var envelopes = facts.Select(fact => Envelope.Of(fact, transaction.Tenant, now, MessageActivity.CurrentTraceParent)).ToArray();
        await transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                destination,
                now,
                availableAt,
                ids = envelopes.Select(envelope => envelope.Id).ToArray(),
                subjects = envelopes.Select(envelope => envelope.Type).ToArray(),
                bodies = envelopes.Select(envelope => envelope.ToJson()).ToArray(),
            },
            cancellationToken);
        transaction.HasMessages = true;
    }
}
