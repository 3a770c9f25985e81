using Microsoft.Extensions.Options;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;

namespace ServerlessBusiness.Users.Audit;

/// <summary>Writes to a tenant's audit log, in the transaction of what it tells.</summary>
public sealed class AuditLog(IOptions<TokenOptions> options)
{
    private readonly byte[] key = options.Value.DeriveKey("audit-log");

    internal byte[] Key => key;

    /// <summary>
    /// Adds an entry to the tenant's chain. Entries of one tenant wait for each other from here to the commit, so it comes last.
    /// </summary>
    public async Task WriteAsync(
        TenantTransaction transaction, AuditActor actor, AuditEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string takeHead = """
            insert into audit_heads as head (tenant_id, seq, hash) values (@tenant, 0, @start)
            on conflict (tenant_id) do update set seq = head.seq
            returning seq, hash
            """;
        const string insert = """
            insert into audit_log (tenant_id, seq, id, at, action, actor_kind, actor_id, actor_service, impersonator_id, target_id, detail, address, hash)
            values (@tenant, @Seq, @Id, @At, @Action, @ActorKind, @ActorId, @ActorService, @ImpersonatorId, @TargetId, @Detail::json,
                    @Address::inet, @hash);
            update audit_heads set seq = @Seq, hash = @hash where tenant_id = @tenant;
            """;
        var tenant = transaction.Tenant;
        var head = (await transaction.FindAsync<AuditHead>(takeHead, new { tenant, start = AuditChain.Start }, cancellationToken))!;
        var row = new AuditRow(
            head.Seq + 1, Guid.CreateVersion7(now), now, entry.Action, actor.Kind.ToString().ToLowerInvariant(), actor.Id, actor.Service,
            actor.Impersonator, entry.Target, entry.DetailJson, actor.Address?.ToString(), []);
        var hash = AuditChain.Hash(key, tenant.Value, head.Hash, row);
        await transaction.ExecuteAsync(
            insert,
            new
            {
                tenant,
                row.Seq,
                row.Id,
                row.At,
                row.Action,
                row.ActorKind,
                row.ActorId,
                row.ActorService,
                row.ImpersonatorId,
                row.TargetId,
                row.Detail,
                row.Address,
                hash,
            },
            cancellationToken);
    }

    /// <summary>An entry of something that changes nothing else, such as a refusal.</summary>
    public async Task WriteAloneAsync(
        Database database, Caller caller, AuditEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(caller.Tenant, cancellationToken);
        await WriteAsync(transaction, AuditActor.Of(caller), entry, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
