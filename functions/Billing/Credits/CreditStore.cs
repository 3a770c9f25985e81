using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Http;
using ServerlessBusiness.Shared.Problems;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Credits;

public sealed record CreditSpent(Guid User, Money Amount, Guid Invoice);

/// <summary>SQL of <c>credit_balances</c> and <c>credit_entries</c>: money of a user that is not spent, before tax.</summary>
public sealed class CreditStore(Database database)
{
    /// <summary>Whether the payer of a row <c>invoice</c> has something in the balance of its currency.</summary>
    internal const string IsThereForInvoice = """
        exists (
            select from credit_balances as purse
            where purse.tenant_id = invoice.tenant_id and purse.user_id = invoice.user_id and purse.currency = invoice.currency and purse.balance > 0)
        """;

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
            select user_id, currency, balance, updated_at from credit_balances
            where tenant_id = @tenant and user_id = any(@users) and balance > 0
            order by user_id, currency
            for update
            """;
        return transaction.QueryAsync<CreditBalance>(sql, new { tenant = transaction.Tenant, users }, cancellationToken);
    }

    /// <summary>Keeps others from a user's balance until the transaction ends, if he has one.</summary>
    public Task LockAsync(TenantTransaction transaction, Guid user, Currency currency, CancellationToken cancellationToken) =>
        transaction.QueryAsync<int>(
            "select 1 from credit_balances where tenant_id = @tenant and user_id = @user and currency = @currency for update",
            new { tenant = transaction.Tenant, user, currency }, cancellationToken);

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

    /// <summary>Adds to the balance; what it is then.</summary>
    public Task<decimal> PutAsync(
        TenantTransaction transaction, Guid user, Money amount, string reason, CreditSource source, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            with entry as (
                insert into credit_entries (tenant_id, id, user_id, currency, amount, reason, invoice_id, payment_id, credit_note_id, actor, created_at,
                                            request_key, request_hash)
                values (@tenant, @id, @user, @currency, @amount, @reason, @invoice, @payment, @creditNote, @actor, @now, @requestKey, @requestHash)
            )
            insert into credit_balances as b (tenant_id, user_id, currency, balance, updated_at)
            values (@tenant, @user, @currency, @amount, @now)
            on conflict (tenant_id, user_id, currency) do update set balance = b.balance + @amount, updated_at = @now
            returning balance
            """;
        return transaction.FindAsync<decimal>(sql, Parameters(transaction, user, amount, reason, source, now), cancellationToken);
    }

    /// <summary>Takes up to so much of the balance; how much it was.</summary>
    public async Task<Money> TakeAsync(
        TenantTransaction transaction, Guid user, Money most, string reason, CreditSource source, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            with old as (
                select least(balance, @amount) as part from credit_balances
                where tenant_id = @tenant and user_id = @user and currency = @currency and balance > 0
                for update
            ), taken as (
                update credit_balances set balance = balance - part, updated_at = @now from old
                where tenant_id = @tenant and user_id = @user and currency = @currency
                returning part
            )
            insert into credit_entries (tenant_id, id, user_id, currency, amount, reason, invoice_id, payment_id, credit_note_id, actor, created_at,
                                        request_key, request_hash)
            select @tenant, @id, @user, @currency, -part, @reason, @invoice, @payment, @creditNote, @actor, @now, @requestKey, @requestHash from taken
            returning -amount
            """;
        var parameters = Parameters(transaction, user, most, reason, source, now);
        return new Money(await transaction.FindAsync<decimal>(sql, parameters, cancellationToken), most.Currency);
    }

    /// <summary>Whether the balance was changed under that key already.</summary>
    /// <exception cref="ProblemException">422 when another request used the key.</exception>
    public async Task<bool> IsDoneAsync(TenantTransaction transaction, RequestKey key, CancellationToken cancellationToken)
    {
        const string sql = "select request_hash from credit_entries where tenant_id = @tenant and request_key = @Value";
        if (await transaction.FindAsync<byte[]>(sql, new { tenant = transaction.Tenant, key.Value }, cancellationToken) is not { } known)
            return false;
        key.RequireSame(known);
        return true;
    }

    public async Task<IReadOnlyList<CreditBalance>> ListBalancesAsync(TenantId tenant, Guid user, CancellationToken cancellationToken)
    {
        const string sql = """
            select user_id, currency, balance, updated_at from credit_balances where tenant_id = @tenant and user_id = @user order by currency
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<CreditBalance>(sql, new { tenant, user }, cancellationToken);
    }

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<CreditEntry>> ListEntriesAsync(TenantId tenant, Guid user, PageRequest page, CancellationToken cancellationToken)
    {
        var sql = $"""
            select id, user_id, currency, amount, reason, charge_id, invoice_id, payment_id, credit_note_id, actor, created_at from credit_entries
            where tenant_id = @tenant and user_id = @user
            {(page.Before is null ? "" : "and id < @Before")}
            order by id desc
            limit @Fetch
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<CreditEntry>(sql, new { tenant, user, page.Before, page.Fetch }, cancellationToken);
    }

    /// <summary>Gives an invoice's credit back to the balance, once: nobody owes what it was spent on any more. How much it was.</summary>
    public async Task<Money> GiveBackAsync(
        TenantTransaction transaction, Guid user, Currency currency, Guid invoice, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var spent = new Money(Math.Max(0, -await SumAsync(transaction, user, invoice, cancellationToken)), currency);
        if (!spent.IsZero)
            await PutAsync(transaction, user, spent, "given back by an invoice", new CreditSource(Invoice: invoice), now, cancellationToken);
        return spent;
    }

    /// <summary>What an invoice has added to the balance, or, below zero, taken of it.</summary>
    public Task<decimal> SumAsync(TenantTransaction transaction, Guid user, Guid invoice, CancellationToken cancellationToken)
    {
        const string sql = """
            select coalesce(sum(amount), 0) from credit_entries where tenant_id = @tenant and user_id = @user and invoice_id = @invoice
            """;
        return transaction.FindAsync<decimal>(sql, new { tenant = transaction.Tenant, user, invoice }, cancellationToken);
    }

    public async Task<Money> FindBalanceAsync(TenantConnection connection, Guid user, Currency currency, CancellationToken cancellationToken)
    {
        const string sql = "select balance from credit_balances where tenant_id = @tenant and user_id = @user and currency = @currency";
        return new Money(
            await connection.FindAsync<decimal>(sql, new { tenant = connection.Tenant, user, currency }, cancellationToken), currency);
    }

    private static object Parameters(
        TenantTransaction transaction, Guid user, Money amount, string reason, CreditSource source, DateTimeOffset now) => new
    {
        tenant = transaction.Tenant,
        id = Guid.CreateVersion7(now),
        user,
        currency = amount.Currency,
        amount = amount.Amount,
        reason,
        invoice = source.Invoice,
        payment = source.Payment,
        creditNote = source.CreditNote,
        actor = source.Actor,
        requestKey = source.Key?.Value,
        requestHash = source.Key?.Hash,
        now,
    };

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
