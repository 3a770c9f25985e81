using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Payments.Midtrans;

/// <summary>Each tenant has so many calls under way at a time and no more: one whose calls hang does not take the others' places.</summary>
public sealed class TenantBulkhead(IOptions<MidtransOptions> options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly PartitionedRateLimiter<TenantId> places = PartitionedRateLimiter.Create<TenantId, TenantId>(tenant =>
        RateLimitPartition.GetConcurrencyLimiter(tenant, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = options.Value.CallsPerTenant,
            QueueLimit = options.Value.CallsPerTenant,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }));

    /// <summary>A place, or a lease that is not acquired when none came free in a second.</summary>
    public async Task<RateLimitLease> EnterAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await places.AcquireAsync(tenant, 1, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new NoPlace();
        }
    }

    public void Dispose() => places.Dispose();

    private sealed class NoPlace : RateLimitLease
    {
        public override bool IsAcquired => false;

        public override IEnumerable<string> MetadataNames => [];

        public override bool TryGetMetadata(string metadataName, out object? metadata)
        {
            metadata = null;
            return false;
        }
    }
}
