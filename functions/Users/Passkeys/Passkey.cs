using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Passkeys;

/// <summary>A user's key whose private half only his authenticator has.</summary>
public sealed record Passkey(
    Guid Id, Guid UserId, string Name, byte[] CredentialId, byte[] PublicKey, string Transports, bool Synced, DateTimeOffset CreatedAt,
    DateTimeOffset? LastUsedAt)
{
    public const int LongestName = 60;
    public const int MostPerUser = 20;

    /// <summary>A name as it is kept.</summary>
    /// <exception cref="ProblemException">400 when nothing is left of it, or it would garble a list.</exception>
    public static string NameOf(string typed) => typed.Trim() is { Length: > 0 } name && !name.Any(char.IsControl)
        ? name
        : throw ProblemException.Invalid("name", "INVALID_NAME", "Give the passkey a name without control characters.");
}

/// <summary>A passkey as its owner sees it.</summary>
/// <param name="Synced">Whether it is copied to the owner's other devices, so that it outlives this one.</param>
public sealed record PasskeyView(Guid Id, string Name, bool Synced, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt)
{
    public static PasskeyView Of(Passkey passkey) => new(passkey.Id, passkey.Name, passkey.Synced, passkey.CreatedAt, passkey.LastUsedAt);
}
