using System.Text.Json;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.History;

public sealed record HistoryLine(Guid User, string EventType, object Data);

/// <summary>SQL of <c>billing_history</c>: a line for everything that happens to a user's invoices, in the transaction in which it happens.</summary>
public sealed class HistoryStore(Database database)
{
    // What happens behind a user's back: drafts are seen by their makers only, and why a bill cannot be made is for those who can mend it.
    internal const string Internal = "('draft_made', 'draft_discarded', 'subscription_parked', 'subscription_released')";

    // By its payer, who has an index; of a draft that was thrown away only this tells who he would have been.
    private const string OfInvoice = """
        and event_data ->> 'invoiceId' = @invoice and user_id = coalesce(
            (select user_id from invoices where tenant_id = @tenant and id = @invoice::uuid),
            (select user_id from billing_history
             where tenant_id = @tenant and event_type = 'draft_discarded' and event_data ->> 'invoiceId' = @invoice limit 1))
        """;

    public Task AddAsync(
        TenantTransaction transaction, Guid user, string eventType, object data, DateTimeOffset now, CancellationToken cancellationToken) =>
        AddAsync(transaction, [new HistoryLine(user, eventType, data)], now, cancellationToken);

    public Task AddAsync(
        TenantTransaction transaction, IReadOnlyList<HistoryLine> lines, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into billing_history (tenant_id, id, user_id, event_type, event_data, created_at)
            select @tenant, id, user_id, event_type, event_data::jsonb, @now
            from unnest(@ids, @users, @types, @data) as line(id, user_id, event_type, event_data)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                ids = lines.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                users = lines.Select(line => line.User).ToArray(),
                types = lines.Select(line => line.EventType).ToArray(),
                data = lines.Select(line => JsonSerializer.Serialize(line.Data, ApiJson.Options)).ToArray(),
                now,
            },
            cancellationToken);
    }

    /// <summary>Lines of one type for many users.</summary>
    public Task AddAllAsync(
        TenantTransaction transaction, string eventType, IReadOnlyList<(Guid User, object Data)> lines, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            insert into billing_history (tenant_id, id, user_id, event_type, event_data, created_at)
            select @tenant, line.id, line.user_id, @eventType, line.data::jsonb, @now
            from unnest(@ids, @users, @data) as line(id, user_id, data)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                eventType,
                now,
                ids = lines.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                users = lines.Select(line => line.User).ToArray(),
                data = lines.Select(line => JsonSerializer.Serialize(line.Data, ApiJson.Options)).ToArray(),
            },
            cancellationToken);
    }

    /// <summary>Newest first; of one user, or of everybody; of one invoice when asked.</summary>
    /// <param name="isOwner">It is the user himself who looks.</param>
    public async Task<IReadOnlyList<BillingEvent>> ListAsync(
        TenantId tenant, Guid? user, bool isOwner, Guid? invoice, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = $"""
            select id, user_id, event_type, event_data::text, created_at from billing_history
            where tenant_id = @tenant
            {(user is null ? "" : "and user_id = @user")}
            {(isOwner ? $"and event_type not in {Internal}" : "")}
            {(invoice is null ? "" : OfInvoice)}
            {(page.Before is null ? "" : "and id < @Before")}
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<BillingEvent>(
            sql, new { tenant, user, invoice = invoice?.ToString(), page.Before, page.Fetch }, cancellationToken);
    }
}
