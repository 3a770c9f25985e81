using ServerlessBusiness.Shared.Auth;

namespace ServerlessBusiness.Billing;

/// <summary>How the history names whoever asked.</summary>
public static class Actor
{
    public static string Of(Caller caller) => caller switch
    {
        { Impersonator: { } administrator, User: { } user } => $"user {administrator} as {user}",
        { User: { } user } => $"user {user}",
        _ => $"service {caller.Service}",
    };
}
