using Microsoft.Extensions.Logging;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Subscriptions.Plans;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>Tells Billing the terms of a subscription: with each of its moves, and by the clock where they were never told or a price changed.</summary>
public sealed partial class TellTerms(
    Database database, SubscriptionStore subscriptions, TierStore tiers, TimeProvider time, ILogger<TellTerms> logger)
{
    private const int AtOnce = 200;
    private const int SideBySide = 4;

    // After the renewals of the same minute; what is left is still untold in the next.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public async Task RunAsync(
        TenantTransaction transaction, Subscription subscription, long version, Quote? renewed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var next = Terms.Renew(subscription)
            ? await tiers.FindForPeriodAsync(
                transaction, subscription.NextTierId ?? subscription.TierId, subscription.Currency, subscription.ExpiresAt, cancellationToken)
            : null;
        await transaction.PublishAsync(Terms.Of(subscription, next, version, renewed), now, cancellationToken);
    }

    /// <summary>Tells those that are still to be told, as far as there is time.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var sideBySide = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken };
        IReadOnlyList<SubscriptionReference> untold = [];
        do
        {
            untold = await subscriptions.ListUntoldAcrossTenantsAsync(untold.LastOrDefault()?.Id, AtOnce, cancellationToken);
            await Parallel.ForEachAsync(untold, sideBySide, TryAsync);
        }
        while (untold.Count == AtOnce && time.GetElapsedTime(started) < Longest);
    }

    private async ValueTask TryAsync(SubscriptionReference reference, CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            await using var transaction = await database.BeginAsync(reference.Tenant, cancellationToken);
            if (await subscriptions.GetForUpdateAsync(transaction, reference.Id, owner: null, cancellationToken) is not { } subscription)
                return;
            var version = await subscriptions.UpdateAsync(transaction, subscription, now, cancellationToken);
            await RunAsync(transaction, subscription, version, renewed: null, now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // It stays untold and the next run finds it again.
            LogFailure(exception, reference.Id);
        }
    }

    [LoggerMessage(LogLevel.Error, "The terms of subscription {SubscriptionId} could not be told.")]
    private partial void LogFailure(Exception exception, Guid subscriptionId);
}
