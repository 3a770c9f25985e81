using Microsoft.AspNetCore.Http;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;
using ServerlessBusiness.Users.Audit;

namespace ServerlessBusiness.Users.Me;

/// <summary>
/// Everything the five services hold of a person, as one file. Each service's first page is fetched before the first byte is sent, so that one
/// that is away is a 503 and not half a file; what follows is passed on page by page.
/// </summary>
public sealed class ExportPersonalData(Database database, ServiceClients services, AuditLog audit, TimeProvider time)
{
    public async Task<IResult> RunAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var user = caller.RequireRecentProof(now);
        var tenant = caller.Tenant;
        var parts = await Task.WhenAll(ServiceIdentity.All.Select(async service =>
            new ExportPart(service.Key, await ReadAsync(service, tenant, user, null, cancellationToken),
                (cursor, token) => ReadAsync(service, tenant, user, cursor, token))));
        await using var transaction = await database.BeginAsync(tenant, cancellationToken);
        await audit.WriteAsync(transaction, AuditActor.Of(caller), new AuditEntry("account.exported", user), now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ExportFile(user, now, parts);
    }

    private Task<Page<PersonalDataRow>> ReadAsync(
        ServiceIdentity service, TenantId tenant, Guid user, string? cursor, CancellationToken cancellationToken) =>
        services.To(service).GetAsync<Page<PersonalDataRow>>(
            tenant, $"/v1/personal-data/{user}{(cursor is null ? "" : $"?cursor={cursor}")}", cancellationToken);
}
