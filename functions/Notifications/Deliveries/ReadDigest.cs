using ServerlessBusiness.Notifications.Preferences;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>
/// Finds what a digest has to tell. What was held is judged once more, as wishes change and its time passes; what is wanted on another channel than
/// the one the digest takes goes there by itself.
/// </summary>
public sealed class ReadDigest(Database database, DigestStore digests, TimeProvider time)
{
    public async Task<DigestItems> RunAsync(TenantId tenant, Delivery digest, Channel channel, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var channels = TypeSwitches.ReadChannels(digest.ChannelSwitches ?? "{}");
        var unwanted = TypeSwitches.Unwanted(digest.Active ?? true, TypeSwitches.Read(digest.NotificationTypes ?? "{}"), channels);
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await digests.DropAsync(transaction, digest.Id, unwanted, now, cancellationToken);
        var released = await digests.ReleaseAsync(
            transaction, digest.Id, TypeSwitches.WantedElsewhere(channel.Name, channels), now, cancellationToken);
        if (released.Count > 0)
            await transaction.EnqueueAsync(Priority.Low, released, now, availableAt: null, cancellationToken);
        var items = await digests.ListAsync(transaction, digest.Id, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return items;
    }
}
