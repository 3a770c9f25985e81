using System.Text.Json.Nodes;
using Dapper;
using ServerlessBusiness.Local.Stack;
using ServerlessBusiness.Shared.Contracts;
using ServerlessBusiness.Shared.Finance;
using ServerlessBusiness.Shared.Time;
using ServerlessBusiness.Tests.Integration.Kernel;
using ServerlessBusiness.Tests.Support;

namespace ServerlessBusiness.Tests.Integration.Billing;

[CollectionDefinition]
public sealed class CyclesCollection : ICollectionFixture<CyclesDesk>;

/// <summary>Billing alone, whose agreements are told as Subscriptions would tell them, or stand there already by the thousand.</summary>
public sealed class CyclesDesk(StackFixture stack) : BillingDesk(stack)
{
    // There is no Payments here, which thousands of renewals would be brought to in vain.
    protected override Dictionary<string, string?> Settings => new(base.Settings) { ["AzureWebJobs_CollectInvoices_Disabled"] = "true" };

    /// <summary>Terms of a monthly subscription whose running period ends then.</summary>
    public static SubscriptionTermsChanged Terms(
        Guid subscription, Guid user, DateTimeOffset next, decimal price = 100_000, long version = 1, string currency = "IDR", string cycle = "monthly",
        string tier = "pro") => new(
        subscription, user, version, tier, "Pro", cycle, new Money(price, Currency.Parse(currency)), next.UtcDateTime.Day,
        BusinessCalendar.AddMonths(next, cycle == "yearly" ? -12 : -1, next.UtcDateTime.Day), next.ToUniversalTime(), next.ToUniversalTime());

    /// <summary>The bill of a period as Subscriptions words it.</summary>
    public static RenewalBill Bill(DateTimeOffset start, DateTimeOffset end, decimal price, string currency = "IDR")
    {
        var money = new Money(price, Currency.Parse(currency));
        return new RenewalBill(start, end, [new ChargeLine(RenewalCharge.Describe("Pro", "monthly", start, end), 1, money, money, start, end)]);
    }

    /// <summary>Tells terms and waits until Billing has kept them.</summary>
    public async Task AgreeAsync(string tenant, params SubscriptionTermsChanged[] terms)
    {
        await TellAsync(tenant, terms);
        await WaitUntilQuietAsync(tenant);
    }

    /// <summary>So many subscriptions that fall due at that moment, as if Subscriptions had told them.</summary>
    public Task AgreeAsync(string tenant, int count, DateTimeOffset next, decimal price = 100_000) => ExecuteAsync(
        """
        insert into billing_management.billing_agreements (tenant_id, subscription_id, user_id, version, tier_code, tier_name, billing_cycle, anchor_day,
                                                           currency, price, next_billing_at, updated_at)
        select @tenant, gen_random_uuid(), gen_random_uuid(), 1, 'pro', 'Pro', 'monthly', extract(day from @next at time zone 'UTC'), 'IDR', @price,
            @next, now()
        from generate_series(1, @count)
        """,
        new { tenant, count, next = next.ToUniversalTime(), price });

    /// <summary>Runs the daily timer and waits until its run of the tenant, which must have something due, is over.</summary>
    public async Task<JsonNode> RunAsync(string tenant)
    {
        var administrator = await SignInAdministratorAsync(tenant);
        var before = (await administrator.GetAsync("v1/billing-runs?limit=1"))["items"]!.AsArray().FirstOrDefault();
        await RunTimerAsync("RunDailyBilling");
        return await WaitForRunAsync(tenant, before);
    }

    /// <summary>The newest run of the tenant once it is over; with <paramref name="after"/> given, one that came after that.</summary>
    public async Task<JsonNode> WaitForRunAsync(string tenant, JsonNode? after = null)
    {
        var administrator = await SignInAdministratorAsync(tenant);
        JsonNode? run = null;
        await WaitForAsync(
            async () =>
            {
                run = (await administrator.GetAsync("v1/billing-runs?limit=1"))["items"]!.AsArray().FirstOrDefault();
                return (string?)run?["status"] is "completed" && (string?)run["id"] != (string?)after?["id"];
            },
            "The billing run does not end.");
        await WaitUntilQuietAsync(tenant);
        return run!;
    }

    /// <summary>Holds one agreement of the tenant as new terms would, until the answer is disposed.</summary>
    public async Task<IAsyncDisposable> HoldAgreementAsync(string tenant)
    {
        var connection = await Owner.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "begin; select from billing_management.billing_agreements where tenant_id = @tenant order by subscription_id limit 1 for update",
            new { tenant });
        return connection;
    }

    /// <summary>Messages of the tenant's run that are put off.</summary>
    public async Task<long> CountPagesLaterAsync(string tenant) => (await QueryAsync<long>(
        "select count(*) from local_broker.messages where path = 'billing-run-pages' and body like @like and delivery_count = 0",
        new { like = $"%\"{tenant}\"%" }))[0];

    /// <summary>Number, status and total of each invoice of the tenant, by number.</summary>
    public Task<IReadOnlyList<string>> InvoicesAsync(string tenant) => QueryAsync<string>(
        """
        select concat_ws(' ', split_part(invoice_number, '-', 4), status, total_amount, currency) from billing_management.invoices
        where tenant_id = @tenant and not is_draft order by length(invoice_number), invoice_number
        """,
        new { tenant });

    /// <summary>Types of such events of the tenant, oldest first.</summary>
    public Task<IReadOnlyList<string>> HistoryAsync(string tenant, string like) => QueryAsync<string>(
        "select event_type from billing_management.billing_history where tenant_id = @tenant and event_type like @like order by created_at, id",
        new { tenant, like });

    public async Task<long> CountInvoicesAsync(string tenant) =>
        (await QueryAsync<long>("select count(*) from billing_management.invoices where tenant_id = @tenant", new { tenant }))[0];

    /// <summary>Every invoice has its number, 1 to n of each month without a gap, its lines, its history and its message; sums agree.</summary>
    public async Task AssertBooksAsync(string tenant)
    {
        Assert.Empty(await QueryAsync<string>(
            """
            select concat_ws(' ', left(invoice_number, 11), count(*), min(number), max(number), last_number)
            from (select invoice_number, split_part(invoice_number, '-', 4)::bigint as number, to_date(substr(invoice_number, 5, 7), 'YYYY-MM') as month
                  from billing_management.invoices where tenant_id = @tenant and not is_draft) as numbered
            full join (select * from billing_management.invoice_counters where tenant_id = @tenant) as counter using (month)
            group by left(invoice_number, 11), last_number
            having count(distinct number) <> last_number or min(number) <> 1 or max(number) <> last_number or count(*) <> last_number
            """,
            new { tenant }));
        Assert.Empty(await QueryAsync<string>(
            """
            select i.invoice_number from billing_management.invoices i
            left join lateral (select sum(total_price) as total from billing_management.invoice_line_items l
                               where l.tenant_id = i.tenant_id and l.invoice_id = i.id) as lines on true
            left join lateral (select count(*) as issued from billing_management.billing_history h
                               where h.tenant_id = i.tenant_id and h.user_id = i.user_id and h.event_type = 'invoice_issued'
                                   and h.event_data ->> 'invoiceId' = i.id::text) as history on true
            where i.tenant_id = @tenant and not i.is_draft
                and (history.issued <> 1 or lines.total <> case i.tax_mode when 'inclusive' then i.total_amount else i.amount end
                     or i.total_amount <> i.amount + i.tax_amount)
            """,
            new { tenant }));
    }
}
