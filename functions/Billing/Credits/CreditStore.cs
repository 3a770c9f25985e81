using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Credits;

/// <summary>SQL of <c>credit_balances</c> and <c>credit_entries</c>: money of a user that is not spent, before tax.</summary>
public sealed class CreditStore(Database database)
{
    /// <summary>Adds what is left over; a charge's only once. Whether it was added.</summary>
    public async Task<bool> AddAsync(
        TenantTransaction transaction, Guid user, Money amount, string reason, Guid? charge, Guid? invoice, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            with entry as (
                insert into credit_entries (tenant_id, id, user_id, currency, amount, reason, charge_id, invoice_id, created_at)
                values (@tenant, @id, @user, @currency, @amount, @reason, @charge, @invoice, @now)
                on conflict on constraint credit_entries_one_per_charge do nothing
                returning amount
            )
            insert into credit_balances as b (tenant_id, user_id, currency, balance, updated_at)
            select @tenant, @user, @currency, amount, @now from entry
            on conflict (tenant_id, user_id, currency) do update set balance = b.balance + excluded.balance, updated_at = @now
            """;
        return await transaction.ExecuteAsync(sql, Parameters(transaction, user, amount, reason, charge, invoice, now), cancellationToken) == 1;
    }

    /// <summary>Spends up to so much of the balance on an invoice; how much it was. The balance stays locked until the transaction ends.</summary>
    public async Task<Money> SpendAsync(
        TenantTransaction transaction, Guid user, Money most, Guid invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with old as (
                select least(balance, @amount) as spent from credit_balances
                where tenant_id = @tenant and user_id = @user and currency = @currency and balance > 0
                for update
            ), taken as (
                update credit_balances set balance = balance - spent, updated_at = @now from old
                where tenant_id = @tenant and user_id = @user and currency = @currency
                returning spent
            )
            insert into credit_entries (tenant_id, id, user_id, currency, amount, reason, charge_id, invoice_id, created_at)
            select @tenant, @id, @user, @currency, -spent, @reason, @charge, @invoice, @now from taken
            returning -amount
            """;
        var parameters = Parameters(transaction, user, most, "spent on an invoice", charge: null, invoice, now);
        return new Money(await transaction.FindAsync<decimal>(sql, parameters, cancellationToken), most.Currency);
    }

    /// <summary>What an invoice has taken from the balance.</summary>
    public Task<decimal> SpentOnAsync(TenantTransaction transaction, Guid invoice, CancellationToken cancellationToken) =>
        transaction.FindAsync<decimal>(
            "select coalesce(-sum(amount), 0) from credit_entries where tenant_id = @tenant and invoice_id = @invoice",
            new { tenant = transaction.Tenant, invoice }, cancellationToken);

    public async Task<Money> FindBalanceAsync(TenantId tenant, Guid user, Currency currency, CancellationToken cancellationToken)
    {
        const string sql = "select balance from credit_balances where tenant_id = @tenant and user_id = @user and currency = @currency";
        await using var connection = database.Open(tenant);
        return new Money(await connection.FindAsync<decimal>(sql, new { tenant, user, currency }, cancellationToken), currency);
    }

    private static object Parameters(
        TenantTransaction transaction, Guid user, Money amount, string reason, Guid? charge, Guid? invoice, DateTimeOffset now) => new
    {
        tenant = transaction.Tenant,
        id = Guid.CreateVersion7(now),
        user,
        currency = amount.Currency,
        amount = amount.Amount,
        reason,
        charge,
        invoice,
        now,
    };
}
