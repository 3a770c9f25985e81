namespace ServerlessBusiness.Shared.Hosting;

/// <summary>One of the five services: its short key (routes, roles, settings), its public name and the schema it owns.</summary>
public sealed record ServiceIdentity(string Key, string Name, string Schema)
{
    public static readonly ServiceIdentity Users = new("users", "user-management", "user_management");
    public static readonly ServiceIdentity Subscriptions = new("subscriptions", "subscription-service", "subscription_management");
    public static readonly ServiceIdentity Payments = new("payments", "payment-gateway", "payment_management");
    public static readonly ServiceIdentity Notifications = new("notifications", "notification-service", "notification_management");
    public static readonly ServiceIdentity Billing = new("billing", "billing-service", "billing_management");

    public static readonly IReadOnlyList<ServiceIdentity> All = [Users, Subscriptions, Payments, Notifications, Billing];

    /// <summary>Login role of request work; row-level security shows it one tenant at a time.</summary>
    public string AppRole => $"{Key}_app";

    /// <summary>Login role of timers and relays, which see every tenant.</summary>
    public string JobsRole => $"{Key}_jobs";
}
