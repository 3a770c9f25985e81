using System.Text.Json;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Http;

namespace ServerlessBusiness.Billing.History;

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
        TenantTransaction transaction, Guid user, string eventType, object data, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into billing_history (tenant_id, id, user_id, event_type, event_data, created_at)
            values (@tenant, @id, @user, @eventType, @data::jsonb, @now)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                id = Guid.CreateVersion7(now),
                user,
                eventType,
                data = JsonSerializer.Serialize(data, ApiJson.Options),
                now,
            },
            cancellationToken);
    }
}
