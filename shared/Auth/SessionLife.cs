namespace ServerlessBusiness.Shared.Auth;

/// <summary>How long a session lives: as long as it is used, but never longer than thirty days.</summary>
public static class SessionLife
{
    /// <summary>From the sign-in on, whatever happens.</summary>
    public static readonly TimeSpan Absolute = TimeSpan.FromDays(30);

    /// <summary>When a session that is used now ends if it is not used again.</summary>
    public static DateTimeOffset EndsAt(DateTimeOffset startedAt, DateTimeOffset now, TimeSpan sliding)
    {
        var absolute = startedAt + Absolute;
        return now + sliding < absolute ? now + sliding : absolute;
    }
}
