using System.Globalization;
using ServerlessBusiness.Notifications.Announcements;
using ServerlessBusiness.Notifications.Templates;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Notifications.Deliveries;

/// <summary>Holds a notification for the user's next digest and makes that digest, once for its time.</summary>
public sealed class GatherDigest(Database database, Announce announce, DigestStore digests, SettleDelivery settle, TimeProvider time)
{
    public async Task RunAsync(TenantId tenant, Delivery delivery, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var digest = new Announcement(
            delivery.UserId, TemplateCatalog.Digest, $"digest:{delivery.UserId}:{at.UtcDateTime.ToString("yyyyMMddTHHmm", CultureInfo.InvariantCulture)}",
            new Dictionary<string, TemplateValue> { ["items"] = TemplateValue.Later })
        {
            NotBefore = at,
        };
        await using (var transaction = await database.BeginAsync(tenant, cancellationToken))
        {
            await announce.RunAsync(transaction, digest, time.GetUtcNow(), cancellationToken);
            if (await digests.HoldAsync(transaction, delivery, digest.DedupKey, cancellationToken))
            {
                await transaction.CommitAsync(cancellationToken);
                return;
            }
        }

        // That digest is over already; at its time the next one is asked.
        await settle.PutOffAsync(tenant, delivery, at, "The digest of this time is on its way.", cancellationToken);
    }
}
