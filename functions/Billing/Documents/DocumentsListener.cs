using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Billing.Documents;

/// <summary>Makes documents of what has happened. It needs no inbox: what is made already is left as it is.</summary>
public sealed class DocumentsListener(RenderDocument render, TenantClocks clocks)
{
    [Function("DocumentsListener")]
    public async Task Run(
        [ServiceBusTrigger(Topology.BusinessEvents, Topology.Documents, Connection = Topology.Connection)] string body,
        CancellationToken cancellationToken)
    {
        var message = Envelope.Parse(body);
        using var activity = MessageActivity.StartConsumer(message.Type, message.TraceParent);
        (string Kind, Guid Id)? subject = message.Fact() switch
        {
            InvoiceIssued issued => (StoredDocument.InvoiceKind, issued.InvoiceId),
            InvoicePaid paid => (StoredDocument.InvoiceKind, paid.InvoiceId),
            InvoiceCancelled cancelled => (StoredDocument.InvoiceKind, cancelled.InvoiceId),
            CreditNoteIssued note => (StoredDocument.CreditNoteKind, note.CreditNoteId),
            DocumentRequested requested => (requested.Kind, requested.SubjectId),
            _ => null,
        };
        if (subject is { } wanted)
        {
            await clocks.RunAsync(
                message.TenantId, () => render.RunAsync(message.TenantId, wanted.Kind, wanted.Id, cancellationToken), cancellationToken);
        }
    }
}
