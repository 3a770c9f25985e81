using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>Makes documents of what has happened. It needs no inbox: what is made already is left as it is.</summary>
public sealed class DocumentsListener(RenderDocument render)
{
    [Function("DocumentsListener")]
    public async Task Run(
        [ServiceBusTrigger(Topology.BusinessEvents, Topology.Documents, Connection = Topology.Connection)] string body,
        CancellationToken cancellationToken)
    {
        var message = Envelope.Parse(body);
        using var activity = MessageActivity.StartConsumer(message.Type, message.TraceParent);
        var invoice = message.Fact() switch
        {
            InvoiceIssued issued => issued.InvoiceId,
            InvoicePaid paid => paid.InvoiceId,
            InvoiceCancelled cancelled => cancelled.InvoiceId,
            DocumentRequested { Kind: StoredDocument.InvoiceKind } requested => requested.SubjectId,
            _ => (Guid?)null,
        };
        if (invoice is { } id)
            await render.RunAsync(message.TenantId, id, cancellationToken);
    }
}
