using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Passkeys;

public sealed record PasskeyProofRequest
{
    [Required]
    public PasskeyCredential? Credential { get; init; }
}

/// <summary>What came of looking at a signature: right, or not for a reason. Whose passkey is named is known in most cases either way.</summary>
public sealed record PasskeyProof(Passkey? Passkey, PasskeySignature? Signature, string? Fault);

/// <summary>
/// Looks at a signature, once: its challenge is used up whatever comes of it. The counter is left to <see cref="PasskeyStore.UseAsync"/>.
/// </summary>
public sealed class PasskeyCheck(PasskeyStore store, PasskeyChallenges challenges, PasskeyCeremony ceremony)
{
    /// <param name="owner">To whom the challenge was given.</param>
    /// <param name="verifiesUser">Whether the authenticator must have known its owner.</param>
    public async Task<PasskeyProof> RunAsync(
        TenantId tenant, PasskeyPurpose purpose, Guid owner, PasskeyCredential credential, bool verifiesUser, CancellationToken cancellationToken)
    {
        var response = credential.Response!;
        var credentialId = WebAuthnText.Bytes(credential.RawId, "credential.rawId");
        var clientData = WebAuthnText.Bytes(response.ClientDataJson, "credential.response.clientDataJSON");
        var authenticatorData = WebAuthnText.Bytes(response.AuthenticatorData, "credential.response.authenticatorData");
        var signature = WebAuthnText.Bytes(response.Signature, "credential.response.signature");
        // Some authenticators send an empty one instead of none.
        var userHandle = string.IsNullOrEmpty(response.UserHandle) ? null : WebAuthnText.Bytes(response.UserHandle, "credential.response.userHandle");

        var challenge = PasskeyCeremony.ChallengeIn(clientData);
        var isFresh = await challenges.ConsumeAsync(tenant, purpose, owner, challenge);
        var passkey = await store.FindByCredentialAsync(tenant, credentialId, cancellationToken);
        if (passkey is null)
            return new PasskeyProof(null, null, "unknown_passkey");
        if (!isFresh)
            return new PasskeyProof(passkey, null, "challenge");
        // Nobody was named before: the authenticator has to say whom it signs in.
        if (purpose == PasskeyPurpose.SignIn && userHandle is null)
            return new PasskeyProof(passkey, null, "no_user");

        var proven = await ceremony.VerifyAsync(
            challenge, passkey, clientData, authenticatorData, signature, userHandle, verifiesUser, cancellationToken);
        return new PasskeyProof(passkey, proven, proven is null ? "not_valid" : null);
    }
}
