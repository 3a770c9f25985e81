using Dapper;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.CreditNotes;

/// <summary>A refund and whose it is.</summary>
public sealed record RefundReference(TenantId Tenant, Guid Id);

/// <summary>SQL of <c>credit_note_refunds</c>.</summary>
public sealed class RefundStore(Database database)
{
    private const string Columns = "id, credit_note_id, invoice_id, payment_id, user_id, amount, currency, reason, status, status_reason";

    public Task InsertAsync(TenantTransaction transaction, CreditNoteRefund refund, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            insert into credit_note_refunds (tenant_id, id, credit_note_id, invoice_id, payment_id, user_id, amount, currency, reason, ask_at,
                                             created_at, updated_at)
            values (@tenant, @Id, @CreditNoteId, @InvoiceId, @PaymentId, @UserId, @Amount, @Currency, @Reason, @now, @now, @now)
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                refund.Id,
                refund.CreditNoteId,
                refund.InvoiceId,
                refund.PaymentId,
                refund.UserId,
                refund.Amount,
                refund.Currency,
                refund.Reason,
                now,
            },
            cancellationToken);
    }

    public async Task<IReadOnlyList<CreditNoteRefund>> ListOfNoteAsync(TenantId tenant, Guid note, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from credit_note_refunds where tenant_id = @tenant and credit_note_id = @note order by id";
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<CreditNoteRefund>(sql, new { tenant, note }, cancellationToken);
    }

    public async Task<CreditNoteRefund?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        const string sql = $"select {Columns} from credit_note_refunds where tenant_id = @tenant and id = @id";
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<CreditNoteRefund>(sql, new { tenant, id }, cancellationToken);
    }

    /// <summary>Takes refunds that Payments is to be asked for. Should the asker die, they are taken again when the lease has passed.</summary>
    public async Task<IReadOnlyList<RefundReference>> TakeDueAcrossTenantsAsync(
        DateTimeOffset now, DateTimeOffset lease, IReadOnlyList<TenantId> except, int limit, CancellationToken cancellationToken)
    {
        const string sql = """
            update credit_note_refunds set ask_at = @lease
            where (tenant_id, id) in (
                select tenant_id, id from credit_note_refunds
                where tenant_id <> all(@except) and ask_at <= @now
                order by ask_at
                limit @limit
                for update skip locked)
            returning tenant_id as tenant, id
            """;
        await using var connection = database.OpenAcrossTenants();
        var parameters = new { now, lease, except = except.Select(tenant => tenant.Value).ToArray(), limit };
        var command = new CommandDefinition(sql, parameters, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<RefundReference>(command)).AsList();
    }

    /// <summary>Refunds of one tenant that Payments is to be asked for, for the only one who asks. They stay due until it has answered.</summary>
    public async Task<IReadOnlyList<CreditNoteRefund>> ListDueAsync(TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from credit_note_refunds
            where tenant_id = @tenant and ask_at <= @now and status = 'pending'
            order by ask_at, id
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<CreditNoteRefund>(sql, new { tenant, now }, cancellationToken);
    }

    public async Task AskAgainAsync(TenantId tenant, Guid id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        const string sql = "update credit_note_refunds set ask_at = @at where tenant_id = @tenant and id = @id and status = 'pending'";
        await using var connection = database.Open(tenant);
        await connection.ExecuteAsync(sql, new { tenant, id, at }, cancellationToken);
    }

    /// <summary>Ends a pending refund, once.</summary>
    public async Task<bool> EndAsync(
        TenantTransaction transaction, Guid id, string status, string? reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update credit_note_refunds set status = @status, status_reason = @reason, ask_at = null, updated_at = @now
            where tenant_id = @tenant and id = @id and status = 'pending'
            """;
        return await transaction.ExecuteAsync(sql, new { tenant = transaction.Tenant, id, status, reason, now }, cancellationToken) == 1;
    }
}
