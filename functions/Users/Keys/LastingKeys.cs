using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;

namespace ServerlessBusiness.Users.Keys;

/// <summary>What JWT_SECRET was before, or is about to be: an instance reads what another one has written whose secret was changed already.</summary>
public sealed record OldSecretsOptions : IValidatableObject
{
    private const int Shortest = 32;

    /// <summary>Earlier secrets, newest first, separated by commas: second factors and entries of the audit log from their time are still read.</summary>
    [ConfigurationKeyName("JWT_OLD_SECRETS")]
    public string OldSecrets { get; init; } = "";

    internal IReadOnlyList<string> Entries => OldSecrets.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Entries.Any(secret => secret.Length < Shortest))
            yield return new ValidationResult($"It lists secrets of at least {Shortest} characters, separated by commas.", [nameof(OldSecrets)]);
    }
}

/// <summary>Keys of what is kept longer than a secret is: today's, by which everything new is made, and those of earlier secrets.</summary>
public sealed class LastingKeys(IOptions<TokenOptions> today, IOptions<OldSecretsOptions> earlier)
{
    /// <summary>Today's key for the purpose first.</summary>
    public IReadOnlyList<byte[]> Of(string purpose) =>
        [today.Value.DeriveKey(purpose), .. earlier.Value.Entries.Select(secret => new TokenOptions { Secret = secret }.DeriveKey(purpose))];
}
