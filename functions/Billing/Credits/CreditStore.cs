using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Credits;

public sealed record CreditBalance(Guid UserId, string Currency, decimal Balance);

public sealed record CreditSpent(Guid User, Money Amount, Guid Invoice);

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

    /// <summary>What these users have, locked until the transaction ends so that nobody else spends it.</summary>
    public Task<IReadOnlyList<CreditBalance>> ListForUpdateAsync(TenantTransaction transaction, Guid[] users, CancellationToken cancellationToken)
    {
        const string sql = """
            select user_id, currency, balance from credit_balances
            where tenant_id = @tenant and user_id = any(@users) and balance > 0
            order by user_id, currency
            for update
            """;
        return transaction.QueryAsync<CreditBalance>(sql, new { tenant = transaction.Tenant, users }, cancellationToken);
    }

    /// <summary>Spends parts of balances on invoices.</summary>
    /// <exception cref="InvalidOperationException">A balance does not hold that much.</exception>
    public async Task SpendAsync(
        TenantTransaction transaction, IReadOnlyList<CreditSpent> spent, DateTimeOffset now, CancellationToken cancellationToken)
    {
        const string sql = """
            with spent as (
                select * from unnest(@ids, @users, @currencies, @amounts, @invoices) as spent(id, user_id, currency, amount, invoice_id)
            ), total as (
                select user_id, currency, sum(amount) as amount from spent group by user_id, currency
            ), taken as (
                update credit_balances b set balance = b.balance - total.amount, updated_at = @now
                from total
                where b.tenant_id = @tenant and b.user_id = total.user_id and b.currency = total.currency and b.balance >= total.amount
                returning b.user_id
            ), entries as (
                insert into credit_entries (tenant_id, id, user_id, currency, amount, reason, invoice_id, created_at)
                select @tenant, id, user_id, currency, -amount, 'spent on an invoice', invoice_id, @now from spent
            )
            select (select count(*) from taken) = (select count(*) from total)
            """;
        var isCovered = await transaction.FindAsync<bool>(
            sql,
            new
            {
                tenant = transaction.Tenant,
                ids = spent.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                users = spent.Select(one => one.User).ToArray(),
                currencies = spent.Select(one => one.Amount.Currency.Code).ToArray(),
                amounts = spent.Select(one => one.Amount.Amount).ToArray(),
                invoices = spent.Select(one => one.Invoice).ToArray(),
                now,
            },
            cancellationToken);
        if (!isCovered)
            throw new InvalidOperationException("A credit balance no longer holds what was to be spent of it.");
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
