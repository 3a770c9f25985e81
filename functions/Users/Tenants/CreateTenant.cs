using System.ComponentModel.DataAnnotations;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Access;
using ServerlessBusiness.Users.Accounts;
using ServerlessBusiness.Users.Audit;
using ServerlessBusiness.Users.Invitations;

namespace ServerlessBusiness.Users.Tenants;

public sealed record CreateTenantRequest : TenantSettings
{
    /// <summary>1 to 50 letters, digits, '_' or '-'; it cannot be changed.</summary>
    [Required]
    public string Id { get; init; } = "";

    /// <summary>Is invited as the tenant's first administrator.</summary>
    [Required, StringLength(254)]
    public string AdministratorEmail { get; init; } = "";
}

/// <summary>Makes a tenant with its built-in roles and invites its first administrator.</summary>
public sealed class CreateTenant(
    Database database, TenantStore tenants, RoleStore roles, Invite invite, AuditLog audit, TimeProvider time)
{
    public async Task<TenantView> RunAsync(Caller caller, CreateTenantRequest request, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        caller.RequireRecentProof(now);
        request.Check();
        if (!TenantId.TryParse(request.Id, out var id))
            throw ProblemException.Invalid("id", "INVALID_TENANT_ID", "A tenant id is 1 to 50 letters, digits, '_' or '-'.");

        var email = EmailAddress.Parse(request.AdministratorEmail);
        await using var transaction = await database.BeginAsync(id, cancellationToken);
        if (!await tenants.TryInsertAsync(transaction, request, now, cancellationToken))
            throw ProblemException.Conflict("TENANT_EXISTS", "There is a tenant of that name.");

        await RoleStore.CreateBuiltInAsync(transaction, now, cancellationToken);
        var admin = await roles.GetBuiltInAsync(transaction, BuiltInRoles.Admin, cancellationToken);
        var profile = new TenantProfile(id, request.Name, false, request.DefaultCurrency, request.Locale, request.TimeZone, request.RateLimits);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("tenant.created", null), now, cancellationToken);
        await invite.SendAsync(transaction, profile, email, admin, AuditActor.Of(caller), now, cancellationToken);
        var created = (await tenants.FindAsync(transaction, cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return created;
    }
}
