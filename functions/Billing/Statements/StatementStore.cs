using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Statements;

/// <summary>SQL over what changed a user's balances.</summary>
public sealed class StatementStore(Database database)
{
    private const int Most = 5000;

    private const string Owed = """
        with movement as (
            select created_at as at, 'invoice' as kind, invoice_number as number, id as invoice_id, total_amount as amount from invoices
            where tenant_id = @tenant and user_id = @user and currency = @currency and not is_draft
            union all
            select p.received_at, 'payment', i.invoice_number, i.id, -p.applied
            from payments_received p join invoices i on i.tenant_id = p.tenant_id and i.id = p.invoice_id
            where p.tenant_id = @tenant and p.user_id = @user and p.currency = @currency and p.applied > 0
            union all
            select created_at, 'credit_note', credit_note_number, invoice_id, -total_amount from credit_notes
            where tenant_id = @tenant and user_id = @user and currency = @currency
            union all
            select updated_at, 'cancellation', invoice_number, id, amount_credited - total_amount from invoices
            where tenant_id = @tenant and user_id = @user and currency = @currency and status = 'cancelled' and not is_draft
                and amount_credited < total_amount
        )
        """;

    private const string Credit = """
        with movement as (
            select created_at as at, reason as kind, null::text as number, invoice_id, amount from credit_entries
            where tenant_id = @tenant and user_id = @user and currency = @currency
        )
        """;

    public Task<Account> OwedAsync(
        TenantId tenant, Guid user, Currency currency, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        ReadAsync(tenant, Owed, user, currency, from, until, cancellationToken);

    public Task<Account> CreditAsync(
        TenantId tenant, Guid user, Currency currency, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken) =>
        ReadAsync(tenant, Credit, user, currency, from, until, cancellationToken);

    private async Task<Account> ReadAsync(
        TenantId tenant, string movements, Guid user, Currency currency, DateTimeOffset from, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var parameters = new { tenant, user, currency, from, until, fetch = Most + 1 };
        await using var connection = database.Open(tenant);
        var opening = await connection.FindAsync<decimal>(
            $"{movements} select coalesce(sum(amount), 0) from movement where at < @from", parameters, cancellationToken);
        var inside = await connection.QueryAsync<Movement>(
            $"{movements} select at, kind, number, invoice_id, amount from movement where at >= @from and at < @until order by at, kind limit @fetch",
            parameters, cancellationToken);
        return inside.Count <= Most
            ? Account.Of(currency, opening, inside)
            : throw ProblemException.Unprocessable("STATEMENT_TOO_LONG", $"A statement has at most {Most} entries. Choose a shorter period.");
    }
}
