namespace ServerlessBusiness.Subscriptions.Lifecycle;

public enum SubscriptionCommand
{
    Activate,
    Suspend,
    Reinstate,
    Cancel,
    Expire,
}

/// <summary>Which moves a subscription may make.</summary>
public static class SubscriptionLifecycle
{
    /// <summary>The status after the command, or null when the move is not allowed.</summary>
    public static SubscriptionStatus? Next(SubscriptionStatus status, SubscriptionCommand command) => (status, command) switch
    {
        (SubscriptionStatus.Pending, SubscriptionCommand.Activate) => SubscriptionStatus.Active,
        (SubscriptionStatus.Active, SubscriptionCommand.Suspend) => SubscriptionStatus.Suspended,
        (SubscriptionStatus.Suspended, SubscriptionCommand.Reinstate) => SubscriptionStatus.Active,
        (SubscriptionStatus.Pending or SubscriptionStatus.Active or SubscriptionStatus.Suspended, SubscriptionCommand.Cancel) =>
            SubscriptionStatus.Cancelled,
        (SubscriptionStatus.Pending or SubscriptionStatus.Active or SubscriptionStatus.Suspended, SubscriptionCommand.Expire) =>
            SubscriptionStatus.Expired,
        _ => null,
    };

    /// <summary>Every status from which the command is allowed.</summary>
    public static IReadOnlyList<SubscriptionStatus> From(SubscriptionCommand command) =>
        [.. Enum.GetValues<SubscriptionStatus>().Where(status => Next(status, command) is not null)];
}
