using System.Text.Json;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing.History;

public sealed record HistoryLine(Guid User, string EventType, object Data);

/// <summary>SQL of <c>billing_history</c>: a line for everything that happens to a user's invoices, in the transaction in which it happens.</summary>
public sealed class HistoryStore
{
    /// <summary>Whether the payment was taken back before we heard that it had been made.</summary>
    public async Task<bool> WasReversedAsync(TenantTransaction transaction, Guid user, Guid payment, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (
                select from billing_history
                where tenant_id = @tenant and user_id = @user and event_type = 'reversal_unmatched' and event_data ->> 'paymentId' = @payment)
            """;
        return await transaction.FindAsync<bool>(
            sql, new { tenant = transaction.Tenant, user, payment = payment.ToString() }, cancellationToken);
    }

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
}
