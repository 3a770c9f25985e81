using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Hosting;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;

namespace ServerlessBusiness.Billing;

/// <summary>SQL of <c>answered_requests</c>: what came of requests whose rows keep no key themselves.</summary>
public sealed class RequestStore
{
    /// <summary>Nobody repeats a request after that.</summary>
    public static readonly Housekept Kept = new("answered_requests", "created_at", TimeSpan.FromDays(30));

    private sealed record Answered(byte[] Hash, Guid Subject);

    /// <summary>
    /// Notes what this transaction makes for a request; what was made for it already when it is repeated. Whoever sends it while another does the same
    /// waits for that one.
    /// </summary>
    /// <exception cref="ProblemException">422 when another request used the key.</exception>
    public async Task<Guid?> TakeAsync(
        TenantTransaction transaction, RequestKey? key, Guid subject, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string insert = """
            insert into answered_requests (tenant_id, request_key, request_hash, subject_id, created_at)
            values (@tenant, @Value, @Hash, @subject, @now)
            on conflict do nothing
            """;
        const string find = "select request_hash as hash, subject_id as subject from answered_requests where tenant_id = @tenant and request_key = @Value";
        if (key is null)
            return null;
        var values = new { tenant = transaction.Tenant, key.Value, key.Hash, subject, now };
        if (await transaction.ExecuteAsync(insert, values, cancellationToken) == 1)
            return null;

        var answered = await transaction.FindAsync<Answered>(find, values, cancellationToken)
            ?? throw new InvalidOperationException("The row of an answered request is gone.");
        key.RequireSame(answered.Hash);
        return answered.Subject;
    }
}
