using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Charges;

/// <summary>A payment and whose it is.</summary>
public sealed record PaymentReference(TenantId Tenant, Guid Id);

/// <summary>Which payments of all tenants wait for the timer.</summary>
public sealed class DuePaymentStore(Database database)
{
    private static readonly DueRows Lookups = new(
        "payment_transactions", "id", "next_lookup_at",
        """
        lookups = lookups + 1,
        next_lookup_at = least(
            @now + least(power(2, least(lookups, 6)), 60) * interval '1 minute',
            case when expires_at + interval '15 minutes' > @now then expires_at + interval '15 minutes' end)
        """,
        "status = 'pending' and");

    /// <summary>
    /// Takes pending payments whose lookup is due and sets their next one: 1, 2, 4 … at most 60 minutes later, and in any case
    /// 15 minutes after the payer's time has passed.
    /// </summary>
    public Task<IReadOnlyList<PaymentReference>> TakeAcrossTenantsAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Lookups.TakeAcrossTenantsAsync<PaymentReference>(database, now, limit, cancellationToken);
}
