using System.Buffers.Text;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Users.Passkeys;

/// <summary>
/// What a browser's <c>credential.toJSON()</c> gives after <c>navigator.credentials.create</c>. Browsers add members of their own, which are
/// let pass.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record NewPasskeyCredential
{
    [Required, StringLength(1364)]
    public string RawId { get; init; } = "";

    [Required, RegularExpression("public-key")]
    public string Type { get; init; } = "";

    [Required]
    public NewPasskeyResponse? Response { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record NewPasskeyResponse
{
    [Required, StringLength(8192), JsonPropertyName("clientDataJSON")]
    public string ClientDataJson { get; init; } = "";

    [Required, StringLength(65536)]
    public string AttestationObject { get; init; } = "";

    /// <summary>How the browser reaches the authenticator, such as <c>internal</c> or <c>usb</c>.</summary>
    [MaxLength(10)]
    public string[]? Transports { get; init; }
}

/// <summary>What a browser's <c>credential.toJSON()</c> gives after <c>navigator.credentials.get</c>.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record PasskeyCredential
{
    [Required, StringLength(1364)]
    public string RawId { get; init; } = "";

    [Required, RegularExpression("public-key")]
    public string Type { get; init; } = "";

    [Required]
    public PasskeyResponse? Response { get; init; }
}

[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Skip)]
public sealed record PasskeyResponse
{
    [Required, StringLength(8192), JsonPropertyName("clientDataJSON")]
    public string ClientDataJson { get; init; } = "";

    [Required, StringLength(8192)]
    public string AuthenticatorData { get; init; } = "";

    [Required, StringLength(2048)]
    public string Signature { get; init; } = "";

    /// <summary>Whose passkey it is, as the authenticator remembers. Sign-ins need it.</summary>
    [StringLength(100)]
    public string? UserHandle { get; init; }
}

/// <summary>Bytes as WebAuthn writes them into JSON.</summary>
internal static class WebAuthnText
{
    /// <exception cref="ProblemException">400 when it is not base64url.</exception>
    public static byte[] Bytes(string text, string field) => Base64Url.IsValid(text)
        ? Base64Url.DecodeFromChars(text)
        : throw ProblemException.Invalid(field, "INVALID_BASE64URL", $"'{field}' is not base64url.");

    public static string Text(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);
}
