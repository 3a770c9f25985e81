using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Shared.Messaging;

/// <summary>Does the work of a message once: its id is claimed in the transaction that does the work, so a redelivery finds it taken.</summary>
public sealed class Inbox(Database database, TimeProvider time)
{
    /// <summary>Runs <paramref name="work"/> and commits it together with the claim; a message that was done before changes nothing.</summary>
    public Task HandleAsync(string body, Func<BusinessEvent, TenantTransaction, Task> work, CancellationToken cancellationToken) =>
        HandleAsync(body, (_, fact, transaction) => work(fact, transaction), cancellationToken);

    /// <summary>The same for who needs to know when it occurred.</summary>
    public async Task HandleAsync(string body, Func<Envelope, BusinessEvent, TenantTransaction, Task> work, CancellationToken cancellationToken)
    {
        const string claim = """
            insert into inbox (tenant_id, message_id, subject, handled_at)
            values (@tenant, @id, @type, @now)
            on conflict do nothing
            """;
        var message = Envelope.Parse(body);
        using var activity = MessageActivity.StartConsumer(message.Type, message.TraceParent);

        var fact = message.Fact();
        await using var transaction = await database.BeginAsync(message.TenantId, cancellationToken);
        var claimed = await transaction.ExecuteAsync(
            claim, new { tenant = message.TenantId, id = message.Id, type = message.Type, now = time.GetUtcNow() }, cancellationToken);
        if (claimed == 0)
            return;

        await work(message, fact, transaction);
        await transaction.CommitAsync(cancellationToken);
    }
}
