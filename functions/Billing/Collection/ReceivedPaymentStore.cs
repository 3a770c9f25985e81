using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Collection;

/// <summary>SQL of <c>payments_received</c>. Whoever changes a row holds the lock on its invoice.</summary>
public sealed class ReceivedPaymentStore(Database database)
{
    private const string Columns = """
        payment_id, invoice_id, user_id, currency, amount, method, applied, credited, returned, credited_net, refunded, uncovered, flag,
        received_at, reversed_at, placed
        """;

    /// <summary>The payment's row, made when this is the first word of it; whoever else is told of it waits.</summary>
    public async Task<ReceivedPayment> TakeAsync(
        TenantTransaction transaction, Guid payment, Guid invoice, Guid user, Currency currency, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string make = """
            insert into payments_received (tenant_id, payment_id, invoice_id, user_id, currency, created_at, updated_at)
            values (@tenant, @payment, @invoice, @user, @currency, @now, @now)
            on conflict do nothing
            """;
        const string take = $"select {Columns} from payments_received where tenant_id = @tenant and payment_id = @payment for update";
        var values = new { tenant = transaction.Tenant, payment, invoice, user, currency, now };
        await transaction.ExecuteAsync(make, values, cancellationToken);
        return await transaction.FindAsync<ReceivedPayment>(take, values, cancellationToken)
            ?? throw new InvalidOperationException($"The row of payment {payment} is gone.");
    }

    /// <summary>An invoice's payments that were not taken back, the newest first.</summary>
    public Task<IReadOnlyList<ReceivedPayment>> ListForUpdateAsync(TenantTransaction transaction, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from payments_received
            where tenant_id = @tenant and invoice_id = @invoice and received_at is not null and reversed_at is null
            order by received_at desc, payment_id desc
            for update
            """;
        return transaction.QueryAsync<ReceivedPayment>(sql, new { tenant = transaction.Tenant, invoice }, cancellationToken);
    }

    public Task SaveAsync(TenantTransaction transaction, ReceivedPayment payment, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            update payments_received
            set amount = @Amount, method = @Method, applied = @Applied, credited = @Credited, returned = @Returned, credited_net = @CreditedNet,
                refunded = @Refunded, uncovered = @Uncovered, flag = @Flag, received_at = @ReceivedAt, reversed_at = @ReversedAt,
                placed = @Placed, updated_at = @now
            where tenant_id = @tenant and payment_id = @PaymentId
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                payment.PaymentId,
                payment.Amount,
                payment.Method,
                payment.Applied,
                payment.Credited,
                payment.Returned,
                payment.CreditedNet,
                payment.Refunded,
                payment.Uncovered,
                payment.Flag,
                payment.ReceivedAt,
                payment.ReversedAt,
                payment.Placed,
                now,
            },
            cancellationToken);
    }

    public async Task<bool> IsHeardOfAsync(TenantId tenant, Guid payment, CancellationToken cancellationToken)
    {
        const string sql = """
            select exists (select from payments_received where tenant_id = @tenant and payment_id = @payment and received_at is not null)
            """;
        await using var connection = database.Open(tenant);
        return await connection.FindAsync<bool>(sql, new { tenant, payment }, cancellationToken);
    }

    /// <summary>Which payment of the invoice the next one is: Payments charges each once.</summary>
    public Task<int> NextInstallmentAsync(TenantConnection connection, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = """
            select count(*)::int + 1 from payments_received where tenant_id = @tenant and invoice_id = @invoice and received_at is not null
            """;
        return connection.FindAsync<int>(sql, new { tenant = connection.Tenant, invoice }, cancellationToken);
    }
}
