using System.Net;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Users.Audit;

/// <summary>Writes down that somebody asked, in any of the apps, for what his roles do not allow.</summary>
public sealed class NoteDenial(AuditLog audit, TimeProvider time)
{
    public Task RunAsync(PermissionDenied denied, TenantTransaction transaction, CancellationToken cancellationToken)
    {
        var address = denied.Address is null ? null : IPAddress.Parse(denied.Address);
        var actor = new AuditActor(ActorKind.User, denied.UserId, null, denied.ImpersonatorId, address);
        return audit.WriteAsync(
            transaction, actor, new AuditEntry("permission.denied", null, new { denied.Service, denied.Permission }), time.GetUtcNow(), cancellationToken);
    }
}
