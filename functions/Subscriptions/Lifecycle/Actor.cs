namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>Who moved a subscription, as its history tells, when it was no caller.</summary>
internal static class Actor
{
    public const string Timer = "timer";
    public const string Billing = "billing";
}
