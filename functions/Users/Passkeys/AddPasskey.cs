using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Mails;

namespace ServerlessBusiness.Users.Passkeys;

public sealed record AddPasskeyRequest
{
    /// <summary>What its owner calls it, such as the device it is on.</summary>
    [Required, StringLength(Passkey.LongestName)]
    public string Name { get; init; } = "";

    [Required]
    public NewPasskeyCredential? Credential { get; init; }
}

/// <summary>Adds a passkey to the account of somebody who has just proven who he is. Its owner hears of it.</summary>
public sealed class AddPasskey(
    Database database, UserStore users, PasskeyStore store, PasskeyChallenges challenges, PasskeyCeremony ceremony, AccountMails mails,
    AuditLog audit, TimeProvider time)
{
    public async Task<NewPasskeyPrompt> BeginAsync(Caller caller, CancellationToken cancellationToken)
    {
        var user = await FindAsync(caller, caller.RequireRecentProof(time.GetUtcNow()), cancellationToken);
        var known = await store.ListAsync(caller.Tenant, user.Id, cancellationToken);
        if (known.Count >= Passkey.MostPerUser)
            throw TooMany();

        var challenge = await challenges.StartAsync(caller.Tenant, PasskeyPurpose.Add, user.Id);
        return ceremony.PromptForNew(challenge, user, caller.Profile!.Name, known);
    }

    public async Task<PasskeyView> CompleteAsync(Caller caller, AddPasskeyRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = await FindAsync(caller, caller.RequireRecentProof(now), cancellationToken);
        var name = Passkey.NameOf(request.Name);
        var made = await VerifyAsync(caller, user.Id, request.Credential!, cancellationToken)
            ?? throw ProblemException.Invalid(
                "credential", "PASSKEY_NOT_ADDED", "The passkey is not valid here, or its challenge is used or too old. Ask for options again.");
        var passkey = new Passkey(
            Guid.CreateVersion7(now), user.Id, name, made.CredentialId, made.PublicKey, TransportsOf(request.Credential!), made.Synced, now,
            LastUsedAt: null);

        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        if (await store.CountForUpdateAsync(transaction, user.Id, cancellationToken) >= Passkey.MostPerUser)
            throw TooMany();
        if (!await store.TryInsertAsync(transaction, passkey, made.SignCount, cancellationToken))
            throw ProblemException.Conflict("PASSKEY_KNOWN", "This passkey has been added already.");

        await mails.TellAsync(
            transaction, new MailRecipient(user.Id, user.Email, caller.Profile!.Locale), "passkey_added", null, now, cancellationToken);
        await audit.WriteAsync(
            transaction, AuditActor.Of(caller), new AuditEntry("passkey.added", user.Id, new { passkey = passkey.Id }), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return PasskeyView.Of(passkey);
    }

    private async Task<MadePasskey?> VerifyAsync(Caller caller, Guid user, NewPasskeyCredential credential, CancellationToken cancellationToken)
    {
        var credentialId = WebAuthnText.Bytes(credential.RawId, "credential.rawId");
        var clientData = WebAuthnText.Bytes(credential.Response!.ClientDataJson, "credential.response.clientDataJSON");
        var attestation = WebAuthnText.Bytes(credential.Response.AttestationObject, "credential.response.attestationObject");
        var challenge = PasskeyCeremony.ChallengeIn(clientData);
        return await challenges.ConsumeAsync(caller.Tenant, PasskeyPurpose.Add, user, challenge)
            ? await ceremony.VerifyNewAsync(challenge, user, credentialId, clientData, attestation, cancellationToken)
            : null;
    }

    // Only given back to browsers, who know these words; others are not worth keeping.
    private static string TransportsOf(NewPasskeyCredential credential) => string.Join(
        ',', (credential.Response!.Transports ?? []).Where(name => name is { Length: > 0 and <= 20 } && name.All(IsTransportLetter)).Distinct());

    private static bool IsTransportLetter(char letter) => letter is '-' or (>= 'a' and <= 'z');

    private async Task<User> FindAsync(Caller caller, Guid user, CancellationToken cancellationToken) =>
        await users.FindAsync(caller.Tenant, user, cancellationToken)
        ?? throw ProblemException.NotFound("USER_NOT_FOUND", "This account no longer exists.");

    private static ProblemException TooMany() => ProblemException.Conflict(
        "TOO_MANY_PASSKEYS", $"An account has {Passkey.MostPerUser} passkeys at most. Remove one that is not used any more.");
}
