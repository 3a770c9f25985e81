namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>What time does to a subscription.</summary>
public static class RenewalDecision
{
    /// <summary>A first invoice that is not paid after this is not waited for any longer.</summary>
    public static readonly TimeSpan PaymentAwaited = TimeSpan.FromHours(24);

    /// <summary>The move that is due, or null when none is.</summary>
    public static SubscriptionCommand? Of(Subscription subscription, DateTimeOffset now) => subscription.Status switch
    {
        SubscriptionStatus.Pending => now >= subscription.CreatedAt + PaymentAwaited ? SubscriptionCommand.Expire : null,
        _ when now < subscription.ExpiresAt => null,
        // Whoever has not paid the last period gets no further one.
        SubscriptionStatus.Suspended => SubscriptionCommand.Expire,
        SubscriptionStatus.Trialing or SubscriptionStatus.Active when subscription.CancelAtPeriodEnd => SubscriptionCommand.Cancel,
        SubscriptionStatus.Trialing or SubscriptionStatus.Active when !subscription.AutoRenew => SubscriptionCommand.Expire,
        SubscriptionStatus.Trialing or SubscriptionStatus.Active => SubscriptionCommand.Renew,
        _ => null,
    };
}
