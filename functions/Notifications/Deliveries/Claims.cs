using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Claims notifications and notes what was sent, many of a tenant in one statement when many come at once.</summary>
public sealed class Claims
{
    private const int MostTogether = 250;

    // In seventeen seconds a database that was restarted is back.
    private const int MostTries = 12;

    private readonly ClaimStore store;
    private readonly TimeProvider time;
    private readonly GroupedCalls<TenantId, Guid, Delivery?> taking;
    private readonly GroupedCalls<TenantId, SentDelivery, bool> marking;

    public Claims(ClaimStore store, TimeProvider time)
    {
        (this.store, this.time) = (store, time);
        taking = new(
            async (tenant, ids) =>
            {
                var claimed = await ClaimAsync(tenant, [.. ids.Distinct()]);
                var left = claimed.ToDictionary(delivery => delivery.Id);
                // The same message twice in one call is one claim, and goes to the first.
                return [.. ids.Select(id => left.Remove(id, out var delivery) ? delivery : null)];
            },
            _ => 1, MostTogether);
        marking = new(
            async (tenant, sent) =>
            {
                await store.MarkSentAsync(tenant, sent, CancellationToken.None);
                return [.. sent.Select(_ => true)];
            },
            _ => 1, MostTogether);
    }

    /// <summary>Null when it is done, not due, or another sender is at work on it.</summary>
    public Task<Delivery?> TakeAsync(TenantId tenant, Guid id) => taking.AddAsync(tenant, id);

    public Task MarkSentAsync(TenantId tenant, SentDelivery sent) => marking.AddAsync(tenant, sent);

    private async Task<IReadOnlyList<Delivery>> ClaimAsync(TenantId tenant, Guid[] ids)
    {
        var now = time.GetUtcNow();
        var claim = Guid.CreateVersion7(now);
        try
        {
            return await store.ClaimAsync(tenant, ids, claim, now, CancellationToken.None);
        }
        catch (Exception exception) when (NextStep.WillPass(exception))
        {
            // It may have been done all the same. Their messages come back, and must not find in somebody's hands what nobody works on.
            await UnclaimAsync(tenant, ids, claim, now);
            throw;
        }
    }

    private async Task UnclaimAsync(TenantId tenant, Guid[] ids, Guid claim, DateTimeOffset claimedAt)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await store.UnclaimAsync(tenant, ids, claim, claimedAt, CancellationToken.None);
                return;
            }
            catch (Exception exception) when (tries < MostTries && SettlePatience.Pause(exception, tries, elapsed: TimeSpan.Zero) is { } pause)
            {
                await Task.Delay(pause, time);
            }
        }
    }
}
