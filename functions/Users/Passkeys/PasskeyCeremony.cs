using System.Text.Json;
using System.Text.Json.Serialization;
using Fido2NetLib;
using Fido2NetLib.Objects;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServerlessBusiness.Users.Accounts;

namespace ServerlessBusiness.Users.Passkeys;

/// <summary>A new key as its authenticator vouches for it.</summary>
public sealed record MadePasskey(byte[] CredentialId, byte[] PublicKey, long SignCount, bool Synced);

/// <summary>What a right signature says beside whose it is.</summary>
/// <param name="UserVerified">The authenticator knows its owner: by PIN, finger or face.</param>
public sealed record PasskeySignature(long SignCount, bool Synced, bool UserVerified);

/// <summary>WebAuthn itself, by the library: what pages are told, and whether what comes back is right. Knows no tables.</summary>
public sealed partial class PasskeyCeremony(IOptions<PasskeyOptions> options, ILogger<PasskeyCeremony> logger)
{
    private const string Preferred = "preferred";
    private const string Required = "required";

    // Between them every authenticator there is.
    private static readonly COSE.Algorithm[] Algorithms = [COSE.Algorithm.ES256, COSE.Algorithm.RS256];

    private readonly string domain = options.Value.RelyingParty;
    private readonly Fido2 library = new(new Fido2Configuration
    {
        RPID = options.Value.RelyingParty,
        RPName = options.Value.RelyingParty,
        Origins = options.Value.AllowedOrigins,
    });

    private static int Timeout => (int)PasskeyChallenges.Life.TotalMilliseconds;

    /// <summary>What a page needs to have a passkey made that is none of those known.</summary>
    public NewPasskeyPrompt PromptForNew(byte[] challenge, User user, string product, IEnumerable<Passkey> known) => new(
        new PasskeyRelyingParty(domain, product),
        new PasskeyUser(WebAuthnText.Text(HandleOf(user.Id)), user.Email, user.Username),
        WebAuthnText.Text(challenge),
        [.. Algorithms.Select(algorithm => new PasskeyAlgorithm("public-key", (int)algorithm))],
        Timeout,
        PasskeyDescriptor.Of(known),
        new PasskeyAuthenticator(Required, RequireResidentKey: true, Preferred),
        "none");

    /// <summary>What a page needs to have a challenge signed, by one of the passkeys or, when none is named, by whichever its user chooses.</summary>
    public PasskeyPrompt PromptFor(byte[] challenge, IEnumerable<Passkey> passkeys, bool verifiesUser) => new(
        WebAuthnText.Text(challenge), Timeout, domain, PasskeyDescriptor.Of(passkeys), verifiesUser ? Required : Preferred);

    /// <summary>The challenge that the browser says was signed; empty when it says none.</summary>
    public static byte[] ChallengeIn(byte[] clientData)
    {
        try
        {
            return JsonSerializer.Deserialize<ClientData>(clientData, JsonSerializerOptions.Web)?.Challenge ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>The new passkey, or null when anything about it is wrong.</summary>
    public Task<MadePasskey?> VerifyNewAsync(
        byte[] challenge, Guid user, byte[] credentialId, byte[] clientData, byte[] attestation, CancellationToken cancellationToken) =>
        LookAsync(async () =>
        {
            var made = await library.MakeNewCredentialAsync(
                new MakeNewCredentialParams
                {
                    AttestationResponse = new AuthenticatorAttestationRawResponse
                    {
                        Id = WebAuthnText.Text(credentialId),
                        RawId = credentialId,
                        Type = PublicKeyCredentialType.PublicKey,
                        Response = new AuthenticatorAttestationRawResponse.AttestationResponse
                        {
                            ClientDataJson = clientData,
                            AttestationObject = attestation,
                            Transports = [],
                        },
                        ClientExtensionResults = new AuthenticationExtensionsClientOutputs(),
                    },
                    OriginalOptions = new CredentialCreateOptions
                    {
                        Rp = new PublicKeyCredentialRpEntity(domain, domain),
                        User = new Fido2User { Id = HandleOf(user), Name = "", DisplayName = "" },
                        Challenge = challenge,
                        PubKeyCredParams = [.. Algorithms.Select(algorithm => new PubKeyCredParam(algorithm))],
                    },
                    // The table says so, when it takes the row.
                    IsCredentialIdUniqueToUserCallback = (_, _) => Task.FromResult(true),
                },
                cancellationToken);
            return new MadePasskey(made.Id, made.PublicKey, made.SignCount, made.IsBackedUp);
        });

    /// <summary>What the signature says, or null when anything about it is wrong. Whether its counter has risen is for the table to say.</summary>
    public Task<PasskeySignature?> VerifyAsync(
        byte[] challenge, Passkey passkey, byte[] clientData, byte[] authenticatorData, byte[] signature, byte[]? userHandle, bool verifiesUser,
        CancellationToken cancellationToken) =>
        LookAsync(async () =>
        {
            var answer = new AuthenticatorAssertionRawResponse
            {
                Id = WebAuthnText.Text(passkey.CredentialId),
                RawId = passkey.CredentialId,
                Type = PublicKeyCredentialType.PublicKey,
                Response = new AuthenticatorAssertionRawResponse.AssertionResponse
                {
                    ClientDataJson = clientData,
                    AuthenticatorData = authenticatorData,
                    Signature = signature,
                    UserHandle = userHandle,
                },
                ClientExtensionResults = new AuthenticationExtensionsClientOutputs(),
            };
            var verified = await library.MakeAssertionAsync(
                new MakeAssertionParams
                {
                    AssertionResponse = answer,
                    OriginalOptions = new AssertionOptions
                    {
                        Challenge = challenge,
                        RpId = domain,
                        UserVerification = verifiesUser ? UserVerificationRequirement.Required : UserVerificationRequirement.Preferred,
                    },
                    StoredPublicKey = passkey.PublicKey,
                    StoredSignatureCounter = 0,
                    IsUserHandleOwnerOfCredentialIdCallback = (owner, _) =>
                        Task.FromResult(owner.UserHandle.AsSpan().SequenceEqual(HandleOf(passkey.UserId))),
                },
                cancellationToken);
            return new PasskeySignature(
                verified.SignCount, verified.IsBackedUp, AuthenticatorAssertionResponse.Parse(answer).AuthenticatorData.UserVerified);
        });

    // What a stranger sends makes the library's parsers throw whatever comes first, and nothing but the library is called in there. The log
    // is for who has set another origin than his pages have.
    private async Task<T?> LookAsync<T>(Func<Task<T>> look) where T : class
    {
        try
        {
            return await look();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LogRefused(exception.GetType().Name, exception.Message);
            return null;
        }
    }

    // The authenticator gives it back with every sign-in.
    private static byte[] HandleOf(Guid user) => user.ToByteArray(bigEndian: true);

    [LoggerMessage(LogLevel.Information, "What a passkey sent was refused: {Kind}: {Reason}")]
    private partial void LogRefused(string kind, string reason);

    private sealed record ClientData([property: JsonConverter(typeof(Base64UrlConverter))] byte[]? Challenge);
}
