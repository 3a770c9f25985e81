using System.Security.Cryptography;
using ServerlessBusiness.Shared.Auth;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Users.Keys;

namespace ServerlessBusiness.Users.Audit;

/// <summary>Writes to a tenant's audit log, in the transaction of what it tells.</summary>
public sealed class AuditLog(LastingKeys keys, AuditLogStore entries)
{
    private readonly IReadOnlyList<byte[]> entryKeys = keys.Of("audit-entries");
    private readonly IReadOnlyList<byte[]> sealKeys = keys.Of("audit-heads");

    // Of entries from before heads were sealed.
    private readonly IReadOnlyList<byte[]> unsealedKeys = keys.Of("audit-log");

    /// <summary>Those under which entries may have been written.</summary>
    internal IReadOnlyList<byte[]> Keys => [.. entryKeys, .. unsealedKeys];

    /// <summary>
    /// Adds an entry to the tenant's chain. Entries of one tenant wait for each other from here to the commit, so it comes last.
    /// </summary>
    public async Task WriteAsync(
        TenantTransaction transaction, AuditActor actor, AuditEntry entry, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string takeHead = """
            insert into audit_heads as head (tenant_id, seq, hash) values (@tenant, 0, @start)
            on conflict (tenant_id) do update set seq = head.seq
            returning seq, hash, seal
            """;
        const string insert = """
            insert into audit_log (tenant_id, seq, id, at, action, actor_kind, actor_id, actor_service, impersonator_id, target_id, detail, address, hash)
            values (@tenant, @Seq, @Id, @At, @Action, @ActorKind, @ActorId, @ActorService, @ImpersonatorId, @TargetId, @Detail::json,
                    @Address::inet, @hash);
            update audit_heads set seq = @Seq, hash = @hash, seal = @seal where tenant_id = @tenant;
            """;
        var tenant = transaction.Tenant;
        var head = (await transaction.FindAsync<AuditHead>(takeHead, new { tenant, start = AuditChain.Start }, cancellationToken))!;
        var row = new AuditRow(
            head.Seq + 1, Guid.CreateVersion7(now), now, entry.Action, actor.Kind.ToString().ToLowerInvariant(), actor.Id, actor.Service,
            actor.Impersonator, entry.Target, entry.DetailJson, actor.Address?.ToString(), []);
        var hash = AuditChain.Hash(entryKeys[0], tenant.Value, head.Hash, row);
        // What was cut off once is not made whole by what is written behind it.
        var seal = await IsTheEndAsync(transaction, head, cancellationToken) ? AuditChain.Seal(sealKeys[0], tenant.Value, row.Seq, hash) : head.Seal;
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
                seal,
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

    /// <summary>Whether the head is one that we wrote. One without a seal that fits was left by a version without seals, and so was its entry.</summary>
    internal async Task<bool> IsTheEndAsync(TenantConnection connection, AuditHead head, CancellationToken cancellationToken)
    {
        var tenant = connection.Tenant.Value;
        if (head.Seq == 0
            || (head.Seal is not null
                && sealKeys.Any(key => CryptographicOperations.FixedTimeEquals(AuditChain.Seal(key, tenant, head.Seq, head.Hash), head.Seal))))
            return true;

        var last = (await entries.ListAfterAsync(connection, head.Seq - 2, 2, cancellationToken)).Where(row => row.Seq <= head.Seq).ToList();
        return last.Count > 0 && last[^1].Seq == head.Seq && last[^1].Hash.AsSpan().SequenceEqual(head.Hash)
            && AuditChain.Follows(unsealedKeys, tenant, last.Count == 2 ? last[0].Hash : AuditChain.Start, last[^1]);
    }
}
