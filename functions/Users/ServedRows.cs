using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Hosting;

namespace ServerlessBusiness.Users;

/// <summary>What has served, for the housekeeping.</summary>
internal static class ServedRows
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    // No session is older than that, so older tokens are worth nothing. They go before their sessions, which would take all of them along at once.
    public static readonly IReadOnlyList<Housekept> All =
    [
        new("refresh_tokens", "created_at", SessionLife.Absolute),
        new("user_sessions", "created_at", SessionLife.Absolute + Kept),
        new("one_time_tokens", "expires_at", Kept),
        new("invitations", "accepted_at", Kept),
    ];
}
