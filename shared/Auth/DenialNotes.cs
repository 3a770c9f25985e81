using Microsoft.Extensions.Caching.Memory;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Messaging;

namespace ServerlessBusiness.Shared.Auth;

/// <summary>
/// Tells Users, who keeps the audit log, which permission a signed-in user, or an administrator in his name, asked for in vain: once a minute
/// for each of them and permission, so that asking a thousand times a second costs nothing more.
/// </summary>
public sealed class DenialNotes(Database database, ServiceIdentity service, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Once = TimeSpan.FromMinutes(1);

    private readonly MemoryCache told = new(new MemoryCacheOptions { SizeLimit = 20_000 });

    public async Task NoteAsync(Caller caller, string permission, CancellationToken cancellationToken)
    {
        if (caller.User is not { } user)
            return;
        var denial = (caller.Tenant, user, caller.Impersonator, permission);
        if (!IsNews(denial))
            return;

        try
        {
            await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
            await transaction.PublishAsync(
                new PermissionDenied(user, caller.Impersonator, service.Key, permission, caller.Address?.ToString()), time.GetUtcNow(), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        catch
        {
            told.Remove(denial);
            throw;
        }
    }

    public void Dispose() => told.Dispose();

    private bool IsNews(object denial)
    {
        if (told.TryGetValue(denial, out _))
            return false;
        told.Set(denial, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Once });
        return true;
    }
}
