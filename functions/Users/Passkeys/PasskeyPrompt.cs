namespace ServerlessBusiness.Users.Passkeys;

/// <summary>What the page passes to <c>navigator.credentials.create</c>, by <c>PublicKeyCredential.parseCreationOptionsFromJSON</c>.</summary>
public sealed record NewPasskeyPrompt(
    PasskeyRelyingParty Rp, PasskeyUser User, string Challenge, IReadOnlyList<PasskeyAlgorithm> PubKeyCredParams, int Timeout,
    IReadOnlyList<PasskeyDescriptor> ExcludeCredentials, PasskeyAuthenticator AuthenticatorSelection, string Attestation);

/// <summary>What the page passes to <c>navigator.credentials.get</c>, by <c>PublicKeyCredential.parseRequestOptionsFromJSON</c>.</summary>
public sealed record PasskeyPrompt(
    string Challenge, int Timeout, string RpId, IReadOnlyList<PasskeyDescriptor> AllowCredentials, string UserVerification);

public sealed record PasskeyRelyingParty(string Id, string Name);

public sealed record PasskeyUser(string Id, string Name, string DisplayName);

public sealed record PasskeyAlgorithm(string Type, int Alg);

public sealed record PasskeyDescriptor(string Type, string Id, IReadOnlyList<string> Transports)
{
    public static IReadOnlyList<PasskeyDescriptor> Of(IEnumerable<Passkey> passkeys) =>
        [.. passkeys.Select(passkey => new PasskeyDescriptor(
            "public-key", WebAuthnText.Text(passkey.CredentialId),
            passkey.Transports.Split(',', StringSplitOptions.RemoveEmptyEntries)))];
}

public sealed record PasskeyAuthenticator(string ResidentKey, bool RequireResidentKey, string UserVerification);
