namespace ServerlessBusiness.Local.Stack;

/// <summary>One of the five apps: its folder below functions/, the path prefix at the gateway, and its port's distance from the gateway's.</summary>
public sealed record FunctionApp(string Folder, int PortOffset)
{
    public static FunctionApp Users { get; } = new("Users", 1);
    public static FunctionApp Subscriptions { get; } = new("Subscriptions", 2);
    public static FunctionApp Payments { get; } = new("Payments", 3);
    public static FunctionApp Notifications { get; } = new("Notifications", 4);
    public static FunctionApp Billing { get; } = new("Billing", 5);

    public static IReadOnlyList<FunctionApp> All { get; } = [Users, Subscriptions, Payments, Notifications, Billing];

    /// <summary>Also the name of its schema's roles: users_app, users_jobs.</summary>
    public string Name { get; } = Folder.ToLowerInvariant();

    /// <summary>The setting under which the other apps find it.</summary>
    public string UrlSetting { get; } = Folder.ToUpperInvariant() + "_URL";
}
