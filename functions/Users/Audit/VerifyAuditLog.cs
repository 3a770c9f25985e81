using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Users.Audit;

/// <summary>Whether the log is as it was written. <c>BrokenAt</c> is the first entry that is changed, missing or out of place.</summary>
public sealed record AuditVerdict(bool Intact, long Checked, long? BrokenAt);

/// <summary>Walks a tenant's whole chain, a page at a time.</summary>
public sealed class VerifyAuditLog(Database database, AuditLogStore entries, AuditLog log)
{
    private const int PageSize = 1000;

    public async Task<AuditVerdict> RunAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var connection = database.Open(tenant);
        // What is written from now on is not looked at, so a busy log comes to an end too.
        var head = await entries.ReadHeadAsync(connection, cancellationToken) ?? new AuditHead(0, AuditChain.Start, Seal: null);
        var (seq, hash) = (0L, AuditChain.Start);
        while (true)
        {
            var page = await entries.ListAfterAsync(connection, seq, PageSize, cancellationToken);
            if (AuditChain.FirstBroken(log.Keys, tenant.Value, seq, hash, page) is { } broken)
                return new AuditVerdict(false, broken - 1, broken);
            if (page.FirstOrDefault(row => row.Seq == head.Seq) is { } last && !last.Hash.AsSpan().SequenceEqual(head.Hash))
                return new AuditVerdict(false, head.Seq - 1, head.Seq);
            if (page.Count > 0)
                (seq, hash) = (page[^1].Seq, page[^1].Hash);
            if (page.Count < PageSize)
                break;
        }

        if (seq < head.Seq)
            return new AuditVerdict(false, seq, seq + 1);
        // An entry moves the head with it: what stands behind the head now was written behind its back.
        if (seq > head.Seq && (await entries.ReadHeadAsync(connection, cancellationToken))?.Seq is var end && !(end >= seq))
            return new AuditVerdict(false, end ?? 0, (end ?? 0) + 1);
        return await log.IsTheEndAsync(connection, head, cancellationToken)
            ? new AuditVerdict(true, seq, null)
            : new AuditVerdict(false, head.Seq, head.Seq + 1);
    }
}
