using Microsoft.Azure.Functions.Worker;
using ServerlessBusiness.Billing.TestClocks;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Telemetry;

namespace ServerlessBusiness.Billing.Cycles;

/// <summary>Goes on with a run. Whoever dies meanwhile leaves the message to somebody else; two with the same one share the work.</summary>
public sealed class BillingRunListener(RunBillingPages pages, TenantClocks clocks)
{
    [Function("RunBillingPages")]
    public async Task Run(
        [ServiceBusTrigger(Topology.BillingRunPages, Connection = Topology.Connection)] string body, CancellationToken cancellationToken)
    {
        var message = Envelope.Parse(body);
        using var activity = MessageActivity.StartConsumer(message.Type, message.TraceParent);
        if (message.Fact() is not BillingRunPage page)
            throw new InvalidOperationException($"The queue of billing runs carries their pages only, this is a {message.Type}.");
        await clocks.RunAsync(message.TenantId, () => pages.RunAsync(message.TenantId, page.RunId, cancellationToken), cancellationToken);
    }
}
