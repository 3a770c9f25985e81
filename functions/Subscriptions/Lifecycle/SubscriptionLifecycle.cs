namespace ServerlessBusiness.Subscriptions.Lifecycle;

public enum SubscriptionCommand
{
    Activate,
    Renew,
    Change,
    ScheduleChange,
    ScheduleCancel,
    Undo,
    SetAutoRenew,
    Pause,
    Resume,
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
        (SubscriptionStatus.Trialing or SubscriptionStatus.Active, SubscriptionCommand.Renew) => SubscriptionStatus.Active,
        (SubscriptionStatus.Trialing or SubscriptionStatus.Active,
            SubscriptionCommand.Change or SubscriptionCommand.ScheduleChange or SubscriptionCommand.ScheduleCancel
            or SubscriptionCommand.Undo or SubscriptionCommand.SetAutoRenew) => status,
        (SubscriptionStatus.Active, SubscriptionCommand.Pause) => SubscriptionStatus.Paused,
        (SubscriptionStatus.Paused, SubscriptionCommand.Resume) => SubscriptionStatus.Active,
        (SubscriptionStatus.Active, SubscriptionCommand.Suspend) => SubscriptionStatus.Suspended,
        (SubscriptionStatus.Suspended, SubscriptionCommand.Reinstate) => SubscriptionStatus.Active,
        (SubscriptionStatus.Pending or SubscriptionStatus.Trialing or SubscriptionStatus.Active or SubscriptionStatus.Paused
            or SubscriptionStatus.Suspended, SubscriptionCommand.Cancel) => SubscriptionStatus.Cancelled,
        (SubscriptionStatus.Pending or SubscriptionStatus.Trialing or SubscriptionStatus.Active or SubscriptionStatus.Suspended,
            SubscriptionCommand.Expire) => SubscriptionStatus.Expired,
        _ => null,
    };
}
