using System.Diagnostics;
using System.Globalization;
using Npgsql;
using ServerlessBusiness.Tests.Performance.Load;

namespace ServerlessBusiness.Tests.Performance.Stage;

// What billing is measured on: subscriptions that are due, and the same rows written by nothing but COPY.
internal sealed class BillingBooks(BenchStack stack)
{
    private static readonly string[] Tables = ["invoices", "invoice_line_items", "billing_history", "outbox"];
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // Tables with the keys of ours, for the limit; what is in the outbox when it is looked at has mostly left.
    public Task PrepareAsync(CancellationToken cancellationToken) => stack.ExecuteAsync(
        """
        create schema bare;
        create table bare.invoices (like billing_management.invoices including all);
        create table bare.invoice_line_items (like billing_management.invoice_line_items including all,
            foreign key (tenant_id, invoice_id) references bare.invoices (tenant_id, id));
        create table bare.billing_history (like billing_management.billing_history including all);
        create table bare.outbox (like billing_management.outbox including all);
        """,
        cancellationToken);

    /// <summary>Tenants named prefix-1, -2, … with so many due subscriptions each, whose users have a coupon for ever.</summary>
    public Task SeedAsync(string prefix, int tenants, int subscriptions, CancellationToken cancellationToken) => stack.ExecuteAsync(
        string.Create(CultureInfo.InvariantCulture, $$"""
            insert into user_management.tenants (id, name, default_currency, rate_limits)
            select '{{prefix}}-' || t, 'Bench', 'IDR', '{"read": 6000000, "write": 6000000}' from generate_series(1, {{tenants}}) t;
            insert into billing_management.coupons (tenant_id, id, code, percent, duration, created_at)
            select '{{prefix}}-' || t, gen_random_uuid(), 'EVER', 10, 'forever', now() from generate_series(1, {{tenants}}) t;
            insert into billing_management.billing_agreements (tenant_id, subscription_id, user_id, version, tier_code, tier_name, billing_cycle, anchor_day,
                                                               currency, price, next_billing_at, updated_at)
            select '{{prefix}}-' || t, gen_random_uuid(), gen_random_uuid(), 1, 'pro', 'Pro', 'monthly', 1, 'IDR', 479000, date_trunc('month', now()), now()
            from generate_series(1, {{tenants}}) t, generate_series(1, {{subscriptions}});
            insert into billing_management.coupon_redemptions (tenant_id, id, coupon_id, user_id, redeemed_at)
            select a.tenant_id, gen_random_uuid(), c.id, a.user_id, now()
            from billing_management.billing_agreements a join billing_management.coupons c on c.tenant_id = a.tenant_id
            where a.tenant_id like '{{prefix}}-%';
            analyze billing_management.billing_agreements;
            analyze billing_management.coupon_redemptions;
            checkpoint
            """),
        cancellationToken);

    public async Task WaitForRunsAsync(string tenants, CancellationToken cancellationToken, int count = 1)
    {
        var started = Stopwatch.GetTimestamp();
        while (await stack.ReadAsync<long>(
            $"""
            select count(*) filter (where status = 'completed') - 1000 * count(*) filter (where status = 'running')
            from billing_management.billing_runs where tenant_id like '{tenants}'
            """,
            cancellationToken) < count)
        {
            if (Stopwatch.GetElapsedTime(started) > Longest)
                throw new LoadException("The billing run does not end.");
            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>From the start of the (first) newest run to the end of the (last) one.</summary>
    public Task<TimeSpan> LastRunAsync(string tenants, CancellationToken cancellationToken) => stack.ReadAsync<TimeSpan>(
        $"""
        select max(completed_at) - min(started_at)
        from (select distinct on (tenant_id) * from billing_management.billing_runs where tenant_id like '{tenants}' order by tenant_id, started_at desc) r
        """,
        cancellationToken);

    /// <summary>How long the same rows take by binary COPY into tables with the same keys.</summary>
    public async Task<TimeSpan> CopyAsync(string tenant, int invoices, CancellationToken cancellationToken)
    {
        // A million rows take longer than a statement may otherwise.
        var patient = new NpgsqlConnectionStringBuilder(stack.Endpoints.OwnerConnectionString(stack.Endpoints.Database)) { CommandTimeout = 0 };
        await using var connection = new NpgsqlConnection(patient.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        var rows = new Dictionary<string, byte[]>();
        foreach (var table in Tables)
            rows[table] = await ReadAsync(connection, table == "outbox" ? Messages(tenant) : $"select * from billing_management.{table} where tenant_id = '{tenant}'", cancellationToken);

        await stack.ExecuteAsync("checkpoint", cancellationToken);
        var started = Stopwatch.GetTimestamp();
        foreach (var table in Tables)
        {
            await using var copy = await connection.BeginRawBinaryCopyAsync($"copy bare.{table} from stdin (format binary)", cancellationToken);
            await copy.WriteAsync(rows[table], cancellationToken);
        }

        var elapsed = Stopwatch.GetElapsedTime(started);
        var copied = await stack.ReadAsync<long>("select count(*) from bare.invoices", cancellationToken);
        var lines = await stack.ReadAsync<long>("select count(*) from bare.invoice_line_items", cancellationToken);
        return copied == invoices && lines == 2 * invoices
            ? elapsed
            : throw new LoadException($"The run made {copied} invoices with {lines} lines instead of {invoices} with two lines each.");
    }

    /// <summary>Fills the tenant up to so many invoices and says the id of one of them.</summary>
    public async Task<Guid> FillAsync(string tenant, int invoices, CancellationToken cancellationToken)
    {
        await stack.ExecuteAsync(
            $"""
            set synchronous_commit = off;
            insert into billing_management.invoices (tenant_id, id, invoice_number, user_id, amount, tax_rate, tax_amount, total_amount, currency, status, due_date,
                                                     created_at, updated_at, subtotal, tax_base)
            select '{tenant}', gen_random_uuid(), 'OLD-' || n, gen_random_uuid(), 100000, 0.11, 11000, 111000, 'IDR', 'paid', now(), now(), now(), 100000, 100000
            from generate_series(1, {invoices} - (select count(*)::int from billing_management.invoices)) n;
            analyze billing_management.invoices;
            """,
            cancellationToken);
        return await stack.ReadAsync<Guid>(
            $"select id from billing_management.invoices where tenant_id = '{tenant}' and is_renewal order by id limit 1", cancellationToken);
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) =>
        stack.ReadAsync<long>("select count(*) from billing_management.invoices", cancellationToken);

    // As long as ours: the envelope with the fact in it.
    private static string Messages(string tenant) =>
        $$$"""
        select gen_random_uuid(), tenant_id, 'business-events', 'InvoiceIssued',
            format('{"id":"%s","type":"InvoiceIssued","tenantId":"%s","occurredAt":"%s","traceParent":"00-00000000000000000000000000000000-0000000000000000-00","data":{"invoiceId":"%s","number":"%s","userId":"%s","subscriptionId":"%s","total":{"amount":%s,"currency":"IDR"},"dueAt":"%s"}}',
                id, tenant_id, created_at, id, invoice_number, user_id, subscription_id, total_amount, due_date), created_at, created_at
        from billing_management.invoices where tenant_id = '{{{tenant}}}'
        """;

    private static async Task<byte[]> ReadAsync(NpgsqlConnection connection, string rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginRawBinaryCopyAsync($"copy ({rows}) to stdout (format binary)", cancellationToken);
        using var memory = new MemoryStream();
        await copy.CopyToAsync(memory, cancellationToken);
        return memory.ToArray();
    }
}
