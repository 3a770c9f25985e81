namespace ServerlessBusiness.Users.Accounts;

public enum UserStatus
{
    Active,
    Suspended,
    Deleted,
}

public sealed record User(
    Guid Id, string Email, string Username, string PasswordHash, string? FirstName, string? LastName, string? Phone,
    bool EmailVerified, bool PhoneVerified, UserStatus Status, bool PasswordResetRequired, DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt,
    DateTimeOffset? DeletionDueAt, DateTimeOffset? PasswordChangedAt, bool HasSecondFactor)
{
    /// <summary>
    /// So long an account waits for the proof of its address, and a username that somebody asked for with a taken address is held: else
    /// asking for it again would tell.
    /// </summary>
    public static readonly TimeSpan UnprovenKept = TimeSpan.FromDays(8);

    private static readonly TimeSpan ShortestLink = TimeSpan.FromHours(1);

    /// <summary>Whether the account is there for as long as a link lives at least that is sent now: an unproven one may go before.</summary>
    internal bool OutlivesLink(DateTimeOffset now) => Left(now) >= ShortestLink;

    /// <summary>How long a link lives that is sent now. It ends with an unproven account.</summary>
    internal TimeSpan LifeOfLink(TokenPurpose purpose, DateTimeOffset now)
    {
        var (life, left) = (OneTimeToken.Life(purpose), Left(now));
        return left >= ShortestLink && left < life ? left : life;
    }

    /// <summary>Whether nobody proved the account in time, so that it only waits for the clean-up.</summary>
    internal bool IsLeft(DateTimeOffset now) => !EmailVerified && Status == UserStatus.Active && CreatedAt < now - UnprovenKept;

    /// <summary>Whether a right password opens a session.</summary>
    public bool MaySignIn => Status == UserStatus.Active && EmailVerified && !PasswordResetRequired;

    /// <summary>Words that are bad passwords of this user.</summary>
    public IEnumerable<string?> OwnWords => [Email, Username, FirstName, LastName, Phone];

    private TimeSpan Left(DateTimeOffset now) => EmailVerified ? TimeSpan.MaxValue : CreatedAt + UnprovenKept - now;
}

/// <summary>What the outside sees of an account: never the hash.</summary>
public sealed record UserView(
    Guid Id, string Email, string Username, string? FirstName, string? LastName, string? Phone, bool EmailVerified, bool PhoneVerified,
    bool MfaEnabled, UserStatus Status, DateTimeOffset CreatedAt, DateTimeOffset? LastLoginAt, DateTimeOffset? DeletionDueAt)
{
    public static UserView Of(User user) => new(
        user.Id, user.Email, user.Username, user.FirstName, user.LastName, user.Phone, user.EmailVerified, user.PhoneVerified, user.HasSecondFactor,
        user.Status, user.CreatedAt, user.LastLoginAt, user.DeletionDueAt);
}
