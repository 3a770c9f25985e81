using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Administration;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Tenants;

/// <summary>Changes a tenant's settings, shuts it out and lets it in again. Every app knows within five seconds.</summary>
public sealed class ChangeTenant(Database database, TenantStore tenants, AuditLog audit, TimeProvider time)
{
    public Task<TenantView> SettingsAsync(Caller caller, TenantId id, TenantSettings settings, CancellationToken cancellationToken) =>
        SettingsAsync(caller, id, settings, withLimits: true, cancellationToken);

    /// <summary>The settings that a tenant's own administrator decides; its limits stay as they are.</summary>
    public Task<TenantView> OwnSettingsAsync(Caller caller, OwnTenantSettings settings, CancellationToken cancellationToken) =>
        SettingsAsync(caller, caller.Tenant, settings.ToSettings(), withLimits: false, cancellationToken);

    private async Task<TenantView> SettingsAsync(
        Caller caller, TenantId id, TenantSettings settings, bool withLimits, CancellationToken cancellationToken)
    {
        settings.Check();
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(id, cancellationToken);
        if (await tenants.UpdateAsync(transaction, settings, withLimits, now, cancellationToken) == 0)
            throw NotFound();
        return await CommitAsync(transaction, caller, new AuditEntry("tenant.changed", null), now, cancellationToken);
    }

    public async Task<TenantView> SuspendAsync(Caller caller, TenantId id, ReasonRequest request, CancellationToken cancellationToken)
    {
        if (id == TenantId.Default)
            throw ProblemException.Conflict("PLATFORM_TENANT", "The platform's own tenant cannot be suspended.");

        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(id, cancellationToken);
        if (!await tenants.SetSuspendedAsync(transaction, request.Reason, now, cancellationToken))
            throw await RefusedAsync(transaction, "ALREADY_SUSPENDED", "This tenant is suspended already.", cancellationToken);
        return await CommitAsync(transaction, caller, new AuditEntry("tenant.suspended", null, new { request.Reason }), now, cancellationToken);
    }

    public async Task<TenantView> ReinstateAsync(Caller caller, TenantId id, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var transaction = await database.BeginAsync(id, cancellationToken);
        if (!await tenants.SetSuspendedAsync(transaction, reason: null, now, cancellationToken))
            throw await RefusedAsync(transaction, "NOT_SUSPENDED", "This tenant is not suspended.", cancellationToken);
        return await CommitAsync(transaction, caller, new AuditEntry("tenant.reinstated", null), now, cancellationToken);
    }

    internal static ProblemException NotFound() => ProblemException.NotFound("TENANT_NOT_FOUND", "There is no tenant of that name.");

    // The act stands in the log of the tenant it concerns, also when an administrator of the platform did it.
    private async Task<TenantView> CommitAsync(
        TenantTransaction transaction, Caller caller, AuditEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await audit.WriteAsync(transaction, AuditActor.Of(caller), entry, now, cancellationToken);
        var changed = (await tenants.FindAsync(transaction, cancellationToken))!;
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    private async Task<ProblemException> RefusedAsync(TenantTransaction transaction, string code, string sentence, CancellationToken cancellationToken) =>
        await tenants.FindAsync(transaction, cancellationToken) is null ? NotFound() : ProblemException.Conflict(code, sentence);
}
