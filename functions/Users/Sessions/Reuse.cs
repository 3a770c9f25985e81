namespace ServerlessBusiness.Users.Sessions;

/// <summary>What is known of a refresh token that could not be rotated.</summary>
public sealed record SpentToken(
    Guid SessionId, Guid UserId, DateTimeOffset? RotatedAt, byte[]? SuccessorNonce, byte[] CurrentToken, DateTimeOffset? EndedAt, DateTimeOffset ExpiresAt);

/// <summary>What somebody means who shows a refresh token that was used before.</summary>
internal enum Reuse
{
    /// <summary>Its session is over, nothing more.</summary>
    Ended,

    /// <summary>The client's other half used it a moment ago: both get the same successor.</summary>
    SameMoment,

    /// <summary>Somebody else has it.</summary>
    Theft,
}

internal static class ReuseRule
{
    /// <summary>How long the token before the current one still gives the current one.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromSeconds(10);

    /// <param name="successorHash">Hash of the token that followed, when one did.</param>
    /// <param name="wasUnspent">
    /// Whether nobody had spent it yet when it was shown: both waited for the database, however long, and neither had an answer.
    /// </param>
    public static Reuse Judge(SpentToken token, byte[]? successorHash, bool wasUnspent, DateTimeOffset now)
    {
        if (token.EndedAt is not null || token.ExpiresAt <= now || token.RotatedAt is not { } rotatedAt)
            return Reuse.Ended;

        var isParent = successorHash is not null && token.CurrentToken.AsSpan().SequenceEqual(successorHash);
        return isParent && (wasUnspent || now - rotatedAt <= Moment) ? Reuse.SameMoment : Reuse.Theft;
    }
}
