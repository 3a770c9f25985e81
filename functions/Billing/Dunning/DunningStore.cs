using Dapper;
using ServerlessBusiness.Billing.Credits;
using ServerlessBusiness.Shared.Data;
using ServerlessBusiness.Shared.Tenancy;

namespace ServerlessBusiness.Billing.Dunning;

/// <summary>SQL of what is unpaid and how far its dunning has come.</summary>
public sealed class DunningStore(Database database)
{
    // Overdue, and one of the policy's days has come since its last step.
    private const string IsDue = """
        tenant_id = @tenant and status in ('pending', 'overdue') and not is_draft and written_off_at is null
            and due_date < @today and (reopened_at is null or reopened_at < @today)
            and dunning_stage < (
                select coalesce(max(day), 0) from unnest(@days) as day
                where day <= (@today at time zone 'UTC')::date - (greatest(due_date, reopened_at) at time zone 'UTC')::date)
        """;

    private const string Columns = """
        id, invoice_number, user_id, subscription_id, charge_id, currency, total_amount - amount_paid - amount_credited as due, status, due_date,
        greatest((@today at time zone 'UTC')::date - (greatest(due_date, reopened_at) at time zone 'UTC')::date, 0) as days_overdue, dunning_stage,
        reopenings
        """;

    public async Task<IReadOnlyList<TenantId>> ListOverdueAcrossTenantsAsync(DateTimeOffset today, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct tenant_id from invoices
            where status in ('pending', 'overdue') and not is_draft and written_off_at is null and due_date < @today
            order by 1
            """;
        await using var connection = database.OpenAcrossTenants();
        return (await connection.QueryAsync<TenantId>(new CommandDefinition(sql, new { today }, cancellationToken: cancellationToken))).AsList();
    }

    public async Task<IReadOnlyList<TenantId>> ListUnremindedAcrossTenantsAsync(
        DateTimeOffset monday, DateTimeOffset today, string week, CancellationToken cancellationToken)
    {
        const string sql = """
            select distinct tenant_id from invoices
            where status in ('pending', 'overdue') and not is_draft and written_off_at is null and created_at < @monday and (reminded_week is null or reminded_week < @week)
              and (status = 'overdue' or due_date >= @today)
            order by 1
            """;
        await using var connection = database.OpenAcrossTenants();
        var command = new CommandDefinition(sql, new { monday, today, week }, cancellationToken: cancellationToken);
        return (await connection.QueryAsync<TenantId>(command)).AsList();
    }

    /// <summary>Those of the next page whose payers have something in the balance.</summary>
    public async Task<IReadOnlyList<Guid>> ListDueWithCreditAsync(
        TenantId tenant, IReadOnlyList<int> days, DateTimeOffset today, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select id from (
                select tenant_id, id, user_id, currency, due_date from invoices
                where {IsDue}
                order by due_date, id
                limit @limit) as invoice
            where {CreditStore.IsThereForInvoice}
            order by due_date, id
            """;
        await using var connection = database.Open(tenant);
        return await connection.QueryAsync<Guid>(sql, new { tenant, today, days = days.ToArray(), limit }, cancellationToken);
    }

    /// <summary>A page of the overdue invoices for which one of the policy's days has come since their last step; they stay locked.</summary>
    public Task<IReadOnlyList<UnpaidInvoice>> ListDueForUpdateAsync(
        TenantTransaction transaction, IReadOnlyList<int> days, DateTimeOffset today, int limit, CancellationToken cancellationToken)
    {
        const string sql = $"""
            select {Columns} from invoices
            where {IsDue}
            order by due_date, id
            limit @limit
            for update skip locked
            """;
        return transaction.QueryAsync<UnpaidInvoice>(
            sql, new { tenant = transaction.Tenant, today, days = days.ToArray(), limit }, cancellationToken);
    }

    /// <summary>Takes the steps: each invoice is overdue from now on, and what a step says of it holds.</summary>
    public Task TakeStepsAsync(
        TenantTransaction transaction, IReadOnlyList<(UnpaidInvoice Invoice, DunningStep Step)> steps, string week, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = """
            update invoices as invoice
            set status = 'overdue', dunning_stage = step.day,
                reminded_week = case when step.tells then @week else reminded_week end,
                collect_at = case when step.writes_off then null when step.retries then @now else collect_at end,
                written_off_at = case when step.writes_off then @now end,
                updated_at = @now
            from unnest(@ids, @days, @retries, @tells, @writesOff) as step(id, day, retries, tells, writes_off)
            where invoice.tenant_id = @tenant and invoice.id = step.id and status in ('pending', 'overdue') and dunning_stage < step.day
            """;
        return transaction.ExecuteAsync(
            sql,
            new
            {
                tenant = transaction.Tenant,
                week,
                now,
                ids = steps.Select(one => one.Invoice.Id).ToArray(),
                days = steps.Select(one => one.Step.Day).ToArray(),
                retries = steps.Select(one => one.Step.Retries).ToArray(),
                tells = steps.Select(one => one.Step.Tells).ToArray(),
                writesOff = steps.Select(one => one.Step.WritesOff).ToArray(),
            },
            cancellationToken);
    }

    /// <summary>
    /// Takes a page of the unpaid invoices that nobody was reminded of in this week, or in a later one while this run was slow. What was issued in
    /// it has its own message, and what is past its due date without being marked overdue is left to the dunning.
    /// </summary>
    public Task<IReadOnlyList<UnpaidInvoice>> TakeUnremindedAsync(
        TenantTransaction transaction, DateTimeOffset monday, DateTimeOffset today, string week, int limit, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string sql = $"""
            update invoices set reminded_week = @week, updated_at = @now
            where tenant_id = @tenant and id in (
                select id from invoices
                where tenant_id = @tenant and status in ('pending', 'overdue') and not is_draft and written_off_at is null
                  and created_at < @monday and (reminded_week is null or reminded_week < @week)
                  and (status = 'overdue' or due_date >= @today)
                order by id
                limit @limit
                for update skip locked)
            returning {Columns}
            """;
        return transaction.QueryAsync<UnpaidInvoice>(
            sql, new { tenant = transaction.Tenant, monday, today, week, limit, now }, cancellationToken);
    }
}
