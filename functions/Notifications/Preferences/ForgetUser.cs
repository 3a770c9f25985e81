using ServerlessBusiness.Notifications.Deliveries;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Notifications.Preferences;

/// <summary>Forgets a deleted user: his address, his chat and every text he was sent.</summary>
public sealed class ForgetUser(PreferenceStore preferences, DeliveryStore deliveries)
{
    public async Task RunAsync(TenantTransaction transaction, Guid user, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await preferences.ForgetAsync(transaction, user, now, cancellationToken);
        await deliveries.ForgetAsync(transaction, user, cancellationToken);
    }
}
