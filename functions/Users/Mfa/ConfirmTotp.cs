using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Messaging;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Mfa;

public sealed record ConfirmTotpRequest
{
    [Required, StringLength(20)]
    public string Code { get; init; } = "";
}

/// <summary>Ten codes for the day on which the phone is lost, shown once.</summary>
public sealed record RecoveryCodesView(IReadOnlyList<string> RecoveryCodes);

/// <summary>Turns the second factor on with its first code.</summary>
public sealed class ConfirmTotp(MfaStore store, SecondFactorCheck check, AuditLog audit)
{
    public async Task<RecoveryCodesView> RunAsync(Caller caller, ConfirmTotpRequest request, CancellationToken cancellationToken)
    {
        var user = caller.RequireSelf();
        IReadOnlyList<string> codes = [];
        var isRight = await check.RunAsync(
            caller, user, new SecondFactor(request.Code, RecoveryCode: null), confirmed: false,
            async (transaction, now) =>
            {
                await store.ConfirmAsync(transaction, user, now, cancellationToken);
                codes = await check.RenewRecoveryCodesAsync(transaction, user, cancellationToken);
                await transaction.PublishAsync(new SecondFactorChanged(user, Guid.CreateVersion7(now), now), now, cancellationToken);
                await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("mfa.confirmed", user), now, cancellationToken);
            },
            cancellationToken);
        return isRight
            ? new RecoveryCodesView(codes)
            : throw ProblemException.Forbidden("WRONG_CODE", "The code is wrong or was wrong too often, or there is nothing to confirm.");
    }
}
