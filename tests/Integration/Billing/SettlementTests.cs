using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Billing;

// 479,000 before tax are 531,690; 111,000 too much are 100,000 of credit, which saves the tax of 11,000.
[Collection<CollectionCollection>]
public sealed class SettlementTests(CollectionDesk desk)
{
    private const decimal Total = 531_690;

    [Fact]
    public async Task Parts_add_up_and_the_last_one_pays_the_invoice()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(479_000);
        await payer.PayAsync(invoice, 200_000);
        var between = await payer.StateAsync(invoice);
        var last = await payer.PayAsync(invoice, 331_690);

        Assert.Equal("pending 200000 0 331690", between);
        Assert.Equal("paid 531690 0 0", await payer.StateAsync(invoice));
        Assert.Equal(["invoice_issued", "payment_applied", "invoice_paid"], await payer.HistoryAsync(invoice));
        Assert.Equal(last, (Guid)Assert.Single(await payer.FactsAsync("InvoicePaid", invoice))["data"]!["paymentId"]!);
        Assert.Equal(0, await payer.CreditAsync());
    }

    [Fact]
    public async Task Two_payments_at_once_pay_it_once_and_the_other_is_credit_without_its_tax()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(479_000);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => desk.TellAsync(payer.Tenant, payer.Paid(invoice, Total))));
        await desk.UntilHeardAsync();

        Assert.Equal("paid 531690 0 0", await payer.StateAsync(invoice));
        Assert.Equal(479_000, await payer.CreditAsync());
        Assert.Single(await payer.FactsAsync("InvoicePaid", invoice));
        Assert.Equal(["already_paid"], await FlagsAsync(payer));
    }

    [Fact]
    public async Task Twenty_small_payments_at_once_are_all_counted()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(479_000);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => desk.TellAsync(payer.Tenant, payer.Paid(invoice, 10_000))));
        await desk.UntilHeardAsync();

        Assert.Equal("pending 200000 0 331690", await payer.StateAsync(invoice));
    }

    [Fact]
    public async Task What_is_overpaid_is_credit_that_pays_as_much_of_the_next_invoice()
    {
        var payer = await desk.WelcomeAsync();
        await payer.PayAsync(await payer.OweAsync(479_000), Total + 111_000);
        var credit = await payer.CreditAsync();
        var next = await payer.OweAsync(479_000);

        Assert.Equal(100_000, credit);
        Assert.Equal($"pending 0 0 {Total - 111_000}", await payer.StateAsync(next));
        Assert.Equal(["overpaid"], await FlagsAsync(payer));
    }

    [Fact]
    public async Task The_same_news_told_three_times_or_under_another_message_has_one_effect()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(479_000);
        var paid = payer.Paid(invoice, Total + 111);
        var message = await desk.TellAsync(payer.Tenant, paid);
        await Task.WhenAll(desk.TellAsync(message), desk.TellAsync(message), desk.TellAsync(payer.Tenant, paid));
        await desk.UntilHeardAsync();

        Assert.Equal("paid 531690 0 0", await payer.StateAsync(invoice));
        Assert.Equal(100, await payer.CreditAsync());
        Assert.Equal(["invoice_issued", "invoice_paid"], await payer.HistoryAsync(invoice));
    }

    [Fact]
    public async Task Money_for_a_cancelled_invoice_is_flagged_and_kept_as_credit()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        await payer.PayAsync(invoice, 11_100);
        await Payer.PostAsync(payer.Administrator, $"v1/invoices/{invoice}/cancel", new { reason = "mistake" });
        var freed = await payer.CreditAsync();
        await payer.PayAsync(invoice, 111_000);

        Assert.Equal("cancelled 0 0 0", await payer.StateAsync(invoice));
        Assert.Equal((10_000m, 110_000m), (freed, await payer.CreditAsync()));
        Assert.Equal(["cancelled", "cancelled"], await FlagsAsync(payer));
        Assert.Empty(await payer.FactsAsync("InvoicePaid", invoice));
    }

    [Fact]
    public async Task Money_for_a_cancelled_invoice_first_pays_what_is_open_of_its_subscription()
    {
        var payer = await desk.WelcomeAsync();
        var subscription = Guid.CreateVersion7();
        var renewal = await payer.OweAsync(subscription, 30_000);
        await Payer.PostAsync(payer.Administrator, $"v1/invoices/{renewal}/cancel", new { reason = "cancelled unpaid" });
        var (days, other) = (await payer.OweAsync(subscription, 10_000), await payer.OweAsync(20_000));
        await payer.PayAsync(renewal, 33_300);

        Assert.Equal(("paid 0 11100 0", 20_000m), (await payer.StateAsync(days), await payer.CreditAsync()));
        Assert.Equal("pending 0 0 22200", await payer.StateAsync(other));
        Assert.Single(await payer.FactsAsync("InvoicePaid", days));
        Assert.Empty(await payer.DifferencesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_came_late_and_goes_back_is_asked_for_again_as_far_as_it_had_paid_something(bool inParts)
    {
        var payer = await desk.WelcomeAsync();
        var subscription = Guid.CreateVersion7();
        var renewal = await payer.OweAsync(subscription, 30_000);
        await Payer.PostAsync(payer.Administrator, $"v1/invoices/{renewal}/cancel", new { reason = "cancelled unpaid" });
        var days = await payer.OweAsync(subscription, 10_000);
        var payment = await payer.PayAsync(renewal, 33_300);
        if (inParts)
        {
            await payer.TellAsync(new PaymentRefunded(payment, renewal, payer.User, Payer.Idr(22_200), Payer.Idr(22_200)));
            await payer.TellAsync(new PaymentRefunded(payment, renewal, payer.User, Payer.Idr(11_100), Payer.Idr(33_300)));
        }
        else
        {
            await payer.TellAsync(new PaymentReversed(payment, renewal, payer.User, Payer.Idr(33_300), "denied"));
        }

        var asked = (await desk.QueryAsync<Guid>(
            "select id from billing_management.invoices where tenant_id = @Tenant and charge_id is null", new { payer.Tenant })).Single();
        Assert.Equal(("paid 0 11100 0", "pending 0 0 11100"), (await payer.StateAsync(days), await payer.StateAsync(asked)));
        Assert.Null((string?)Assert.Single(await payer.FactsAsync("InvoiceIssued", asked))["data"]!["subscriptionId"]);
        Assert.Equal(0, await payer.CreditAsync());
        Assert.Empty(await payer.DifferencesAsync());
    }

    [Fact]
    public async Task What_was_paid_of_a_withdrawn_charge_pays_what_is_open_of_its_subscription_also_when_its_invoice_was_paid_in_time()
    {
        var payer = await desk.WelcomeAsync();
        var subscription = Guid.CreateVersion7();
        var renewal = await payer.OweAsync(subscription, 30_000);
        await payer.PayAsync(renewal, 33_300);
        var charge = (await desk.QueryAsync<Guid>("select charge_id from billing_management.invoices where id = @renewal", new { renewal }))[0];
        var days = await payer.OweAsync(subscription, 10_000);
        await payer.TellAsync(new SubscriptionChargeDue(
            Guid.CreateVersion7(), subscription, payer.User, "late_payment", desk.Now, desk.Now.AddDays(30),
            [new ChargeLine("late", 1, Payer.Idr(-30_000), Payer.Idr(-30_000))], charge));

        Assert.Equal(("paid 33300 0 0", "paid 0 11100 0"), (await payer.StateAsync(renewal), await payer.StateAsync(days)));
        Assert.Equal(20_000, await payer.CreditAsync());
        Assert.Empty(await payer.DifferencesAsync());
    }

    [Fact]
    public async Task A_payment_that_is_taken_back_opens_its_invoice_and_takes_its_credit_along()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var first = await payer.PayAsync(invoice, 60_000);
        var second = await payer.PayAsync(invoice, 51_000 + 11_100);
        await payer.TellAsync(new PaymentReversed(second, invoice, payer.User, Payer.Idr(62_100), "denied"));
        var reopened = await payer.StateAsync(invoice);
        await payer.TellAsync(new PaymentReversed(first, invoice, payer.User, Payer.Idr(60_000), "denied"));

        Assert.Equal("pending 60000 0 51000", reopened);
        Assert.Equal("pending 0 0 111000", await payer.StateAsync(invoice));
        Assert.Equal(0, await payer.CreditAsync());
        Assert.Equal(
            ["invoice_issued", "payment_applied", "invoice_paid", "invoice_reopened", "payment_reversed"], await payer.HistoryAsync(invoice));
    }

    // Payments tells of the end and of the successor in this order; they may come in the other.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_successor_pays_the_invoice_whether_it_is_heard_of_before_or_after_the_end(bool before)
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(479_000);
        var first = await payer.PayAsync(invoice, Total);
        var reversed = new PaymentReversed(first, invoice, payer.User, Payer.Idr(Total), "denied");
        if (!before)
            await payer.TellAsync(reversed);
        await payer.PayAsync(invoice, Total);
        if (before)
            await payer.TellAsync(reversed);

        Assert.Equal("paid 531690 0 0", await payer.StateAsync(invoice));
        Assert.Equal(0, await payer.CreditAsync());
        Assert.Equal(2, (await payer.FactsAsync("InvoicePaid", invoice)).Count);
    }

    [Fact]
    public async Task In_whatever_order_the_news_of_payments_come_the_end_is_the_same()
    {
        var first = await desk.WelcomeAsync();
        var refunded = await EndsAsync(first, (payer, invoice) =>
        {
            var paid = payer.Paid(invoice, 111_000);
            return
            [
                paid,
                new PaymentRefunded(paid.PaymentId, invoice, payer.User, Payer.Idr(11_100), Payer.Idr(11_100)),
                new PaymentRefunded(paid.PaymentId, invoice, payer.User, Payer.Idr(11_100), Payer.Idr(22_200)),
            ];
        });
        var succeeded = await EndsAsync(first, (payer, invoice) =>
        {
            var (taken, other) = (payer.Paid(invoice, 111_000), payer.Paid(invoice, 111_000));
            return [taken, other, new PaymentReversed(taken.PaymentId, invoice, payer.User, taken.Amount, "denied")];
        });
        var reversed = await EndsAsync(first, (payer, invoice) =>
        {
            var paid = payer.Paid(invoice, 122_100);
            return [paid, new PaymentReversed(paid.PaymentId, invoice, payer.User, paid.Amount, "denied")];
        });

        Assert.Equal(["paid 88800 22200 0, credit 0"], refunded.Distinct());
        Assert.Equal(["paid 111000 0 0, credit 0"], succeeded.Distinct());
        Assert.Equal(["pending 0 0 111000, credit 0"], reversed.Distinct());
    }

    [Fact]
    public async Task A_refund_that_nobody_asked_for_here_gets_the_credit_note_it_lacks()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var payment = await payer.PayAsync(invoice, 111_000);
        var told = new PaymentRefunded(payment, invoice, payer.User, Payer.Idr(55_500), Payer.Idr(55_500));
        await payer.TellAsync(told);
        await payer.TellAsync(told);
        await payer.TellAsync(new PaymentRefunded(payment, invoice, payer.User, Payer.Idr(55_500), Payer.Idr(111_000)));

        Assert.Equal("paid 0 111000 0", await payer.StateAsync(invoice));
        var notes = (await payer.GetAsync($"v1/invoices/{invoice}/credit-notes"))["items"]!.AsArray();
        Assert.Equal([111_000m / 2, 111_000m / 2], notes.Select(note => Payer.Amount(note!, "total")));
        Assert.Equal([50_000m, 50_000m], notes.Select(note => Payer.Amount(note!, "net")));
    }

    [Fact]
    public async Task A_refund_of_what_was_paid_too_much_leaves_the_credit_first()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var payment = await payer.PayAsync(invoice, 122_100);
        await payer.TellAsync(new PaymentRefunded(payment, invoice, payer.User, Payer.Idr(11_100), Payer.Idr(11_100)));

        Assert.Equal("paid 111000 0 0", await payer.StateAsync(invoice));
        Assert.Equal(0, await payer.CreditAsync());
    }

    [Fact]
    public async Task A_payment_that_fails_is_noted_and_nothing_else()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        await payer.TellAsync(new PaymentFailed(Guid.CreateVersion7(), invoice, payer.User, Payer.Idr(111_000), "credit_card", "denied by the bank"));

        Assert.Equal("pending 0 0 111000", await payer.StateAsync(invoice));
        Assert.Equal(["invoice_issued", "payment_failed"], await payer.HistoryAsync(invoice));
    }

    [Fact]
    public async Task A_payer_pays_a_part_through_the_gateway_and_then_the_rest()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(479_000);
        var (_, first) = await Payer.PostAsync(
            payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "bank_transfer", bank = "bca", amount = Payer.Idr(200_000) });
        await desk.ControlAsync($"transactions/{first!["orderId"]}/settle");
        await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == "pending 200000 0 331690", "The part was not counted.");
        var (tooMuch, refused) = await Payer.PostAsync(
            payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "gopay", amount = Payer.Idr(331_691) });
        var (_, second) = await Payer.PostAsync(payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "bank_transfer", bank = "bca" });
        await desk.ControlAsync($"transactions/{second!["orderId"]}/settle");
        await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == "paid 531690 0 0", "The rest was not counted.");

        Assert.Equal(("AMOUNT_NOT_DUE", 400), ((string?)refused!["code"], (int)tooMuch));
        Assert.Equal(331_690, Payer.Amount(second, "amount"));
    }

    private Task<IReadOnlyList<string>> FlagsAsync(Payer payer) => desk.QueryAsync<string>(
        "select flag from billing_management.payments_received where tenant_id = @Tenant and flag is not null order by payment_id", new { payer.Tenant });

    // The end of every order of these facts, each with a payer of its own.
    private async Task<IReadOnlyList<string>> EndsAsync(Payer tenant, Func<Payer, Guid, BusinessEvent[]> factsOf)
    {
        var ends = new List<string>();
        foreach (var order in Orders(factsOf(tenant, Guid.Empty).Length))
        {
            var payer = await desk.JoinAsync(tenant.Tenant);
            var invoice = await payer.OweAsync(100_000);
            var facts = factsOf(payer, invoice);
            foreach (var place in order)
                await payer.TellAsync(facts[place]);
            ends.Add($"{await payer.StateAsync(invoice)}, credit {await payer.CreditAsync():0}");
        }

        return ends;
    }

    private static IEnumerable<int[]> Orders(int count) => count == 0
        ? [[]]
        : Orders(count - 1).SelectMany(rest => Enumerable.Range(0, count).Select(place => rest[..place].Append(count - 1).Concat(rest[place..]).ToArray()));
}
