using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace ServerlessBusiness.Payments.Vault;

/// <summary>The keys under which tokens and server keys are kept.</summary>
public sealed record VaultOptions : IValidatableObject
{
    private const int KeyBytes = 32;

    /// <summary>Seals everything new: 32 bytes in Base64.</summary>
    [Required]
    [ConfigurationKeyName("PAYMENT_ENCRYPTION_KEY")]
    public string Key { get; init; } = "";

    /// <summary>Earlier keys, separated by commas: what they sealed is still read until it is sealed anew.</summary>
    [ConfigurationKeyName("PAYMENT_ENCRYPTION_OLD_KEYS")]
    public string OldKeys { get; init; } = "";

    internal IReadOnlyList<byte[]> AllKeys => [Read(Key)!, .. Entries.Select(entry => Read(entry)!)];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Read(Key) is null)
            yield return new ValidationResult($"It is a key of exactly {KeyBytes} bytes in Base64 (openssl rand -base64 {KeyBytes}).", [nameof(Key)]);
        if (Entries.Any(entry => Read(entry) is null))
            yield return new ValidationResult($"It lists keys of exactly {KeyBytes} bytes in Base64, separated by commas.", [nameof(OldKeys)]);
    }

    private string[] Entries => OldKeys.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static byte[]? Read(string text)
    {
        var bytes = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == KeyBytes ? bytes[..KeyBytes] : null;
    }
}
