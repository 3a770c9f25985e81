using ServerlessBusiness.Shared.Auth;

namespace ServerlessBusiness.Subscriptions.Lifecycle;

/// <summary>Who moved a subscription, as its history tells.</summary>
internal static class Actor
{
    public const string Timer = "timer";
    public const string Billing = "billing";

    public static string Of(Caller caller) => caller switch
    {
        { Service: { } service } => $"service {service}",
        { Impersonator: { } administrator } => $"user {administrator} as {caller.User}",
        _ => $"user {caller.User}",
    };
}
