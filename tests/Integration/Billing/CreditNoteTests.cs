using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Shared.Contracts;

namespace ServerlessBusiness.Tests.Integration.Billing;

[Collection<CollectionCollection>]
public sealed class CreditNoteTests(CollectionDesk desk)
{
    [Fact]
    public async Task A_note_on_an_open_invoice_lowers_what_is_due()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(60_000, 40_000);
        var lines = await payer.LinesAsync(invoice);
        var (status, note) = await payer.CreditAsync(invoice, lines: (lines[1], 10_000));

        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Matches(@"^CN-\d{4}-\d{2}-0001$", (string?)note!["number"]);
        Assert.Equal((10_000m, 1_100m, 11_100m, 0m), (
            Payer.Amount(note, "net"), Payer.Amount(note, "tax"), Payer.Amount(note, "reduced"), Payer.Amount(note, "credited")));
        Assert.Equal("pending 0 11100 99900", await payer.StateAsync(invoice));
        Assert.Equal((string?)note["number"], (string?)Assert.Single(await payer.FactsAsync("CreditNoteIssued", invoice))["data"]!["number"]);
    }

    [Fact]
    public async Task A_note_on_an_open_invoice_withdraws_the_charge_that_asks_for_the_old_amount()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var (_, first) = await Payer.PostAsync(payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "bank_transfer", bank = "bca" });
        await payer.CreditAsync(invoice, lines: ((await payer.LinesAsync(invoice))[0], 50_000));
        JsonNode? second = null;
        await CollectionDesk.WaitForAsync(
            async () =>
            {
                (var status, second) = await Payer.PostAsync(payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "bank_transfer", bank = "bni" });
                return status == HttpStatusCode.OK;
            },
            "The old charge is not withdrawn.");

        Assert.Equal((111_000m, 55_500m), (Payer.Amount(first!, "amount"), Payer.Amount(second!, "amount")));
    }

    [Fact]
    public async Task An_invoice_that_is_credited_whole_before_anything_is_paid_is_cancelled()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        await payer.CreditAsync(invoice);

        Assert.Equal("cancelled 0 111000 0", await payer.StateAsync(invoice));
        Assert.Single(await payer.FactsAsync("InvoiceCancelled", invoice));
        Assert.Equal("INVOICE_CANCELLED", (string?)(await payer.CreditAsync(invoice)).Body!["code"]);
    }

    [Fact]
    public async Task A_note_over_the_rest_of_a_partly_paid_invoice_settles_it_and_what_is_more_becomes_credit()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        await payer.PayAsync(invoice, 55_500);
        var (_, note) = await payer.CreditAsync(invoice, lines: ((await payer.LinesAsync(invoice))[0], 60_000));

        Assert.Equal((55_500m, 11_100m), (Payer.Amount(note!, "reduced"), Payer.Amount(note!, "credited")));
        Assert.Equal("paid 44400 66600 0", await payer.StateAsync(invoice));
        Assert.Equal(10_000, await payer.CreditAsync());
        Assert.Single(await payer.FactsAsync("InvoicePaid", invoice));
    }

    [Fact]
    public async Task Fifty_notes_at_once_are_numbered_without_a_gap_and_never_credit_more_than_there_is()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        await payer.PayAsync(invoice, 111_000);
        var line = (await payer.LinesAsync(invoice))[0];
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => payer.CreditAsync(invoice, lines: (line, 3_333))));

        var made = answers.Where(answer => answer.Status == HttpStatusCode.Created).Select(answer => answer.Body!).ToList();
        Assert.Equal(30, made.Count);
        Assert.All(answers.Where(answer => answer.Status != HttpStatusCode.Created), answer =>
            Assert.Equal("CREDIT_EXCEEDS_LINE", (string?)answer.Body!["code"]));
        Assert.Equal(Enumerable.Range(1, 30), made.Select(note => int.Parse(((string)note["number"]!)[^4..])).Order());

        var (_, last) = await payer.CreditAsync(invoice);
        Assert.Equal(100_000, made.Append(last!).Sum(note => Payer.Amount(note, "net")));
        Assert.Equal(11_000, made.Append(last!).Sum(note => Payer.Amount(note, "tax")));
        Assert.Equal("paid 0 111000 0", await payer.StateAsync(invoice));
        Assert.Equal("NOTHING_LEFT_TO_CREDIT", (string?)(await payer.CreditAsync(invoice)).Body!["code"]);
    }

    [Fact]
    public async Task The_same_key_is_the_same_note()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var line = (await payer.LinesAsync(invoice))[0];
        var first = await KeyedAsync(payer, invoice, line);
        var second = await KeyedAsync(payer, invoice, line);

        Assert.Equal((string?)first["id"], (string?)second["id"]);
        Assert.Equal("pending 0 1110 109890", await payer.StateAsync(invoice));
    }

    [Fact]
    public async Task A_repeated_request_whose_first_answer_was_lost_finds_its_note_and_its_adjustment()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var line = (await payer.LinesAsync(invoice))[0];
        var first = await KeyedAsync(payer, invoice, line);
        var gift = new { userId = payer.User, amount = Payer.Idr(7_000), reason = "gift" };
        await KeyedAsync(payer, "v1/credit-adjustments", gift, $"gift-{invoice}");
        // A process that dies before it has kept its answer, or a caller who leaves meanwhile, leaves the key to whoever asks again.
        await desk.ExecuteAsync("delete from billing_management.idempotency_keys where tenant_id = @Tenant", new { payer.Tenant });
        var second = await KeyedAsync(payer, invoice, line);
        var balance = await KeyedAsync(payer, "v1/credit-adjustments", gift, $"gift-{invoice}");
        await desk.ExecuteAsync("delete from billing_management.idempotency_keys where tenant_id = @Tenant", new { payer.Tenant });
        var other = await KeyedAsync(payer, "v1/credit-adjustments", gift with { reason = "another" }, $"gift-{invoice}");

        Assert.Equal((string?)first["number"], (string?)second["number"]);
        Assert.Equal("pending 0 1110 109890", await payer.StateAsync(invoice));
        Assert.Equal((7_000m, 7_000m), (Payer.Amount(balance, "balance"), await payer.CreditAsync()));
        Assert.Equal("IDEMPOTENCY_KEY_REUSED", (string?)other["code"]);
    }

    [Fact]
    public async Task A_refund_goes_back_by_the_way_the_money_came_without_what_is_used_up()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(300_000);
        var payment = await PayByGopayAsync(payer, invoice);
        desk.Apps.Clock.Advance(TimeSpan.FromDays(10));
        var (status, issued) = await payer.CreditAsync(invoice, "refund");
        var note = await AnsweredAsync(payer, issued!);
        await CollectionDesk.WaitForAsync(
            async () => (await payer.HistoryAsync(invoice)).Contains("payment_refunded"), "The refund was not heard of.");

        // 10 of 30 days are used up.
        Assert.Equal((HttpStatusCode.Created, "pending"), (status, (string?)issued!["refunds"]![0]!["status"]));
        Assert.Equal("sent", (string?)note["refunds"]![0]!["reason"] ?? (string?)note["refunds"]![0]!["status"]);
        Assert.Equal((222_000m, 111_000m), (Payer.Amount(note, "refunded"), Payer.Amount(note, "credited")));
        Assert.Equal(222_000, Payer.Amount(JsonNode.Parse(await payer.Payments.GetStringAsync($"v1/payments/{payment}"))!, "refunded"));
        Assert.Equal(100_000, await payer.CreditAsync());
        Assert.Equal("paid 0 333000 0", await payer.StateAsync(invoice));
        Assert.Single((await payer.GetAsync($"v1/invoices/{invoice}/credit-notes"))["items"]!.AsArray());
    }

    [Fact]
    public async Task What_the_gateway_cannot_send_back_becomes_credit()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var (_, charge) = await Payer.PostAsync(payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "bank_transfer", bank = "bca" });
        await desk.ControlAsync($"transactions/{charge!["orderId"]}/settle");
        await CollectionDesk.WaitForAsync(async () => await payer.StateAsync(invoice) == "paid 111000 0 0", "It was not paid.");
        var note = await AnsweredAsync(payer, (await payer.CreditAsync(invoice, "refund")).Body!);

        Assert.Equal("refused", (string?)note["refunds"]![0]!["status"]);
        Assert.Equal((0m, 111_000m), (Payer.Amount(note, "refunded"), Payer.Amount(note, "credited")));
        Assert.Equal(100_000, await payer.CreditAsync());
        Assert.Contains("refund_refused", await payer.HistoryAsync(invoice));
    }

    [Fact]
    public async Task A_refund_whose_answer_is_lost_is_asked_for_again_and_made_once()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var payment = await PayByGopayAsync(payer, invoice);
        await desk.ControlAsync("next-refund", new { orderId = await OrderAsync(payment), loseAnswer = true });
        var (_, note) = await payer.CreditAsync(invoice, "refund");
        await CollectionDesk.WaitForAsync(
            async () =>
            {
                // Its first answer takes a while; from then on it waits a quarter of an hour.
                desk.Apps.Clock.Advance(TimeSpan.FromMinutes(2));
                await desk.RunTimerAsync("SendRefunds");
                return (string?)(await payer.GetAsync($"v1/credit-notes/{note!["id"]}"))["refunds"]![0]!["status"] == "sent";
            },
            "The refund was not sent.");
        await desk.UntilHeardAsync();

        Assert.Equal("pending", (string?)note!["refunds"]![0]!["status"]);
        Assert.Equal(111_000, Payer.Amount(JsonNode.Parse(await payer.Payments.GetStringAsync($"v1/payments/{payment}"))!, "refunded"));
        Assert.Equal("paid 0 111000 0", await payer.StateAsync(invoice));
    }

    [Fact]
    public async Task A_refund_that_is_refused_because_the_money_has_gone_back_already_becomes_no_credit()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var payment = await PayByGopayAsync(payer, invoice);
        var (_, note) = await payer.CreditAsync(invoice, "refund", ((await payer.LinesAsync(invoice))[0], 30_000));
        var refund = (await desk.QueryAsync<Guid>("select id from billing_management.credit_note_refunds where invoice_id = @invoice", new { invoice }))[0];
        // As if it had not been asked for yet when somebody sends all of it back at the gateway.
        await desk.ExecuteAsync(
            "update billing_management.credit_note_refunds set status = 'pending', ask_at = 'infinity' where id = @refund", new { refund });
        await payer.TellAsync(new PaymentRefunded(payment, invoice, payer.User, Payer.Idr(111_000), Payer.Idr(111_000)));
        await desk.ExecuteAsync(
            "update payment_management.payment_transactions set refunded_amount = amount, status = 'success' where id = @payment", new { payment });
        await desk.ExecuteAsync("update billing_management.credit_note_refunds set ask_at = now() - interval '1 day' where id = @refund", new { refund });
        var answered = await AnsweredAsync(payer, note!);

        Assert.Equal("sent", (string?)answered["refunds"]![0]!["status"]);
        Assert.Equal((33_300m, 0m), (Payer.Amount(answered, "refunded"), Payer.Amount(answered, "credited")));
        Assert.Equal(("paid 0 111000 0", 0m), (await payer.StateAsync(invoice), await payer.CreditAsync()));
    }

    [Fact]
    public async Task Credit_that_an_invoice_had_taken_comes_back_with_its_last_note()
    {
        var payer = await desk.WelcomeAsync();
        await Payer.PostAsync(payer.Administrator, "v1/credit-adjustments", new { userId = payer.User, amount = Payer.Idr(40_000), reason = "gift" });
        var invoice = await payer.OweAsync(100_000);
        await payer.PayAsync(invoice, 66_600);
        var (_, note) = await payer.CreditAsync(invoice);

        Assert.Equal((60_000m, 66_600m), (Payer.Amount(note!, "net"), Payer.Amount(note!, "total")));
        Assert.Equal(100_000, await payer.CreditAsync());
    }

    [Fact]
    public async Task A_note_on_an_invoice_that_credit_paid_whole_gives_the_credit_back()
    {
        var payer = await desk.WelcomeAsync();
        await Payer.PostAsync(payer.Administrator, "v1/credit-adjustments", new { userId = payer.User, amount = Payer.Idr(100_000), reason = "gift" });
        var invoice = await payer.OweAsync(100_000);
        var spent = await payer.CreditAsync();
        var (status, part) = await payer.CreditAsync(invoice, lines: ((await payer.LinesAsync(invoice))[0], 30_000));
        var afterPart = await payer.CreditAsync();
        var (_, rest) = await payer.CreditAsync(invoice);

        Assert.Equal((HttpStatusCode.Created, 0m, 30_000m, 100_000m), (status, spent, afterPart, await payer.CreditAsync()));
        Assert.Equal(["30000", "-30000"], part!["lines"]!.AsArray().Select(line => $"{Payer.Amount(line!, "amount")}"));
        Assert.Equal(0, Payer.Amount(rest!, "total"));
        Assert.Equal("NOTHING_LEFT_TO_CREDIT", (string?)(await payer.CreditAsync(invoice)).Body!["code"]);
        Assert.Equal("paid 0 0 0", await payer.StateAsync(invoice));
        Assert.Equal(
            [30_000m, 70_000m], (await payer.FactsAsync("CreditNoteIssued", invoice)).Select(fact => Payer.Amount(fact["data"]!, "credited")));
        Assert.Equal(
            "[]", JsonNode.Parse(await payer.Administrator.GetStringAsync($"v1/reports/reconciliation?month={desk.Now:yyyy-MM}"))!["differences"]!.ToJsonString());
    }

    [Fact]
    public async Task A_note_on_an_invoice_that_later_credit_paid_gives_that_back_and_what_its_subscription_gave_back_only_once()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(60_000, 40_000);
        await SpendAsync(payer, invoice, 100_000);
        var paid = await payer.StateAsync(invoice);
        var (status, part) = await payer.CreditAsync(invoice, lines: ((await payer.LinesAsync(invoice))[1], 30_000));
        var afterPart = await payer.CreditAsync();
        await EndAsync(payer, invoice, 20_000);
        var afterEnd = await payer.CreditAsync();
        var (_, rest) = await payer.CreditAsync(invoice);

        Assert.Equal(("paid 0 111000 0", HttpStatusCode.Created, 0m), (paid, status, Payer.Amount(part!, "total")));
        Assert.Equal(["30000", "-30000"], part!["lines"]!.AsArray().Select(line => $"{Payer.Amount(line!, "amount")}"));
        // Of the 20,000 as much as of the rest: seven tenths.
        Assert.Equal((30_000m, 44_000m, 100_000m), (afterPart, afterEnd, await payer.CreditAsync()));
        Assert.Equal(0, Payer.Amount(rest!, "total"));
        Assert.Equal("NOTHING_LEFT_TO_CREDIT", (string?)(await payer.CreditAsync(invoice)).Body!["code"]);
        Assert.Empty(await payer.DifferencesAsync());
    }

    // 100,000 are paid for 30 days, of which the subscription gives 90,000 back when it ends.
    [Theory]
    [InlineData("note, end", "paid 0 111000 0, credit 100000")]
    [InlineData("part, end", "paid 66600 44400 0, credit 94000")]
    [InlineData("end, note", "paid 99900 11100 0, credit 100000")]
    [InlineData("end, part", "paid 111000 0 0, credit 90000")]
    [InlineData("end, refund", "paid 0 111000 0, credit 0")]
    [InlineData("refund, end", "paid 0 111000 0, credit 0")]
    [InlineData("reversal, end", "pending 0 99900 11100, credit 0")]
    [InlineData("end, reversal", "pending 0 99900 11100, credit 0")]
    [InlineData("end, reversal, rest, note", "paid 0 111000 0, credit 10000")]
    [InlineData("whole, reversal", "paid 0 111000 0, credit 0")]
    [InlineData("whole, reversal, note", "paid 0 111000 0, credit 0")]
    public async Task Nothing_is_given_back_twice_by_a_note_and_by_the_end_of_its_subscription(string steps, string end)
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var payment = await payer.PayAsync(invoice, 111_000);
        var line = (await payer.LinesAsync(invoice))[0];
        foreach (var step in steps.Split(", "))
            await (step switch
            {
                "note" => payer.CreditAsync(invoice),
                "part" => payer.CreditAsync(invoice, lines: (line, 40_000)),
                "refund" => payer.TellAsync(new PaymentRefunded(payment, invoice, payer.User, Payer.Idr(111_000), Payer.Idr(111_000))),
                "reversal" => payer.TellAsync(new PaymentReversed(payment, invoice, payer.User, Payer.Idr(111_000), "denied")),
                "rest" => payer.PayAsync(invoice, 11_100),
                "whole" => EndAsync(payer, invoice, 100_000),
                _ => EndAsync(payer, invoice, 90_000),
            });

        Assert.Equal(end, $"{await payer.StateAsync(invoice)}, credit {await payer.CreditAsync():0}");
        Assert.Empty(await payer.DifferencesAsync());
    }

    [Fact]
    public async Task Of_an_invoice_that_is_opened_again_in_parts_each_takes_as_much_credit_as_it_lowers()
    {
        var payer = await desk.WelcomeAsync();
        var invoice = await payer.OweAsync(100_000);
        var parts = new[] { await payer.PayAsync(invoice, 55_500), await payer.PayAsync(invoice, 55_500) };
        await EndAsync(payer, invoice, 90_000);
        var states = new List<string>();
        foreach (var part in parts)
        {
            await payer.TellAsync(new PaymentReversed(part, invoice, payer.User, Payer.Idr(55_500), "denied"));
            states.Add($"{await payer.StateAsync(invoice)}, credit {await payer.CreditAsync():0}");
        }

        Assert.Equal(["paid 55500 55500 0, credit 40000", "pending 0 99900 11100, credit 0"], states);
    }

    [Fact]
    public async Task What_credit_had_paid_of_an_invoice_and_is_used_up_does_not_come_back_when_the_rest_is_given_back()
    {
        var payer = await desk.WelcomeAsync();
        await Payer.PostAsync(payer.Administrator, "v1/credit-adjustments", new { userId = payer.User, amount = Payer.Idr(40_000), reason = "gift" });
        var invoice = await payer.OweAsync(100_000);
        var payment = await payer.PayAsync(invoice, 66_600);
        await EndAsync(payer, invoice, 60_000);
        await payer.TellAsync(new PaymentReversed(payment, invoice, payer.User, Payer.Idr(66_600), "denied"));

        Assert.Equal(("paid 0 66600 0", 0m), (await payer.StateAsync(invoice), await payer.CreditAsync()));
    }

    // A plan at 100,000 that an upgrade to 210,000 took over whole. Of that 70,000 are used when it ends.
    [Theory]
    [InlineData("reversal, end")]
    [InlineData("end, reversal")]
    public async Task What_is_given_back_of_an_upgrade_first_lowers_what_is_open_of_the_plan_before_it(string steps)
    {
        var payer = await desk.WelcomeAsync();
        var plan = await payer.OweAsync(100_000);
        var payment = await payer.PayAsync(plan, 111_000);
        var upgrade = DueOf(payer, await ChargeOfAsync(plan), 210_000, -100_000);
        await payer.TellAsync(upgrade);
        var invoice = await InvoiceOfAsync(upgrade.ChargeId);
        await payer.PayAsync(invoice, 122_100);
        foreach (var step in steps.Split(", "))
            await (step == "end"
                ? EndAsync(payer, invoice, 140_000)
                : payer.TellAsync(new PaymentReversed(payment, plan, payer.User, Payer.Idr(111_000), "denied")));

        Assert.Equal(("paid 0 111000 0", 40_000m), (await payer.StateAsync(plan), await payer.CreditAsync()));
    }

    [Fact]
    public async Task A_preview_shows_only_the_credit_that_what_is_open_of_the_plan_would_leave()
    {
        var payer = await desk.WelcomeAsync();
        var plan = await payer.OweAsync(100_000);
        await payer.PayAsync(plan, 77_700);
        var (_, preview) = await Payer.PostAsync(
            payer.Administrator, "v1/invoices/preview",
            new { userId = payer.User, currency = "IDR", lines = new[] { -90_000m }, creditedChargeId = await ChargeOfAsync(plan) });
        await EndAsync(payer, plan, 90_000);

        Assert.Equal((60_000m, 60_000m), (Payer.Amount(preview!, "creditAfter"), await payer.CreditAsync()));
        Assert.Equal("paid 77700 33300 0", await payer.StateAsync(plan));
    }

    [Fact]
    public async Task What_an_unpaid_upgrade_leaves_of_a_plan_that_is_open_again_lowers_what_is_due_of_that()
    {
        var payer = await desk.WelcomeAsync();
        var plan = await payer.OweAsync(100_000);
        var payment = await payer.PayAsync(plan, 111_000);
        var charge = await ChargeOfAsync(plan);
        var upgrade = DueOf(payer, charge, 300_000, -90_000);
        await payer.TellAsync(upgrade);
        await payer.TellAsync(new PaymentReversed(payment, plan, payer.User, Payer.Idr(111_000), "denied"));
        await payer.TellAsync(DueOf(payer, charge, 10_000, -90_000) with { ReplacedChargeId = upgrade.ChargeId });

        // Ten days of the plan and one of the upgrade.
        Assert.Equal(("pending 0 88800 22200", 0m), (await payer.StateAsync(plan), await payer.CreditAsync()));
        Assert.Equal("cancelled 0 0 0", await payer.StateAsync(await InvoiceOfAsync(upgrade.ChargeId)));
    }

    [Fact]
    public async Task An_upgrade_that_is_cancelled_unpaid_leaves_what_it_had_taken_over_to_what_stands_in_its_place()
    {
        var payer = await desk.WelcomeAsync();
        var plan = await payer.OweAsync(100_000);
        await payer.PayAsync(plan, 111_000);
        var charge = await ChargeOfAsync(plan);
        var (upgrade, cancel) = (DueOf(payer, charge, 300_000, -90_000), DueOf(payer, charge, 10_000, -90_000));
        await payer.TellAsync(upgrade);
        await payer.TellAsync(cancel with { ReplacedChargeId = upgrade.ChargeId });
        await payer.TellAsync(new SubscriptionCancelled(upgrade.SubscriptionId, payer.User, desk.Now, upgrade.ChargeId));
        var credit = await payer.CreditAsync();
        // Told twice, or when the upgrade's own message comes last: nothing more.
        await payer.TellAsync(cancel with { ReplacedChargeId = upgrade.ChargeId });
        await payer.TellAsync(upgrade);

        Assert.Equal((80_000m, 80_000m), (credit, await payer.CreditAsync()));
        Assert.Equal(2, (await payer.GetAsync("v1/invoices"))["items"]!.AsArray().Count);
    }

    [Fact]
    public async Task What_came_late_for_a_withdrawn_upgrade_and_went_back_to_the_bank_is_given_back_as_nothing()
    {
        var payer = await desk.WelcomeAsync();
        var plan = await payer.OweAsync(100_000);
        await payer.PayAsync(plan, 111_000);
        var upgrade = DueOf(payer, await ChargeOfAsync(plan), 210_000, -100_000);
        await payer.TellAsync(upgrade);
        var invoice = await InvoiceOfAsync(upgrade.ChargeId);
        var payment = await payer.PayAsync(invoice, 122_100);
        await payer.TellAsync(new PaymentReversed(payment, invoice, payer.User, Payer.Idr(122_100), "denied"));
        await payer.TellAsync(DueOf(payer, upgrade.ChargeId, -210_000) with { ReplacedChargeId = upgrade.ChargeId });

        Assert.Equal(("paid 0 122100 0", 0m), (await payer.StateAsync(invoice), await payer.CreditAsync()));
    }

    [Fact]
    public async Task Only_those_who_may_credit_do_and_nobody_sees_anothers_notes()
    {
        var payer = await desk.WelcomeAsync();
        var other = await desk.JoinAsync(payer.Tenant);
        var invoice = await payer.OweAsync(100_000);
        var (status, _) = await Payer.PostAsync(payer.Billing, $"v1/invoices/{invoice}/credit-notes", new { reason = "mine" });
        var (_, note) = await payer.CreditAsync(invoice);

        Assert.Equal(HttpStatusCode.Forbidden, status);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Billing.GetAsync($"v1/credit-notes/{note!["id"]}")).StatusCode);
        Assert.Empty((await other.GetAsync("v1/credit-notes"))["items"]!.AsArray());
        Assert.Single((await payer.GetAsync("v1/credit-notes"))["items"]!.AsArray());
    }

    // The dunning does so before it tells anybody.
    private async Task SpendAsync(Payer payer, Guid invoice, decimal credit)
    {
        await payer.GiveAsync(credit);
        await desk.ExecuteAsync(
            "update billing_management.invoices set due_date = @past where id = @invoice", new { past = desk.Now.AddDays(-2), invoice });
        await desk.Dunning.RunAsync(CancellationToken.None);
    }

    private async Task EndAsync(Payer payer, Guid invoice, decimal unused) =>
        await payer.TellAsync(DueOf(payer, await ChargeOfAsync(invoice), -unused));

    private async Task<Guid> ChargeOfAsync(Guid invoice) =>
        (await desk.QueryAsync<Guid>("select charge_id from billing_management.invoices where id = @invoice", new { invoice }))[0];

    private async Task<Guid> InvoiceOfAsync(Guid charge) =>
        (await desk.QueryAsync<Guid>("select id from billing_management.invoices where charge_id = @charge", new { charge }))[0];

    private SubscriptionChargeDue DueOf(Payer payer, Guid charge, params decimal[] lines) => new(
        Guid.CreateVersion7(), Guid.CreateVersion7(), payer.User, "test", desk.Now, desk.Now.AddDays(30),
        [.. lines.Select(line => new ChargeLine("line", 1, Payer.Idr(line), Payer.Idr(line)))], charge);

    private async Task<Guid> PayByGopayAsync(Payer payer, Guid invoice)
    {
        var (_, charge) = await Payer.PostAsync(payer.Billing, $"v1/invoices/{invoice}/pay", new { method = "gopay" });
        await desk.ControlAsync($"transactions/{charge!["orderId"]}/settle");
        await CollectionDesk.WaitForAsync(async () => (await payer.StateAsync(invoice)).StartsWith("paid", StringComparison.Ordinal), "It was not paid.");
        return (Guid)charge["id"]!;
    }

    private async Task<string> OrderAsync(Guid payment) => (await desk.QueryAsync<string>(
        "select order_id from payment_management.payment_transactions where id = @payment", new { payment }))[0];

    // The note once its refund has its answer.
    private async Task<JsonNode> AnsweredAsync(Payer payer, JsonNode issued)
    {
        await CollectionDesk.WaitForAsync(
            async () =>
            {
                await desk.RunTimerAsync("SendRefunds");
                return (string?)(await payer.GetAsync($"v1/credit-notes/{issued["id"]}"))["refunds"]![0]!["status"] != "pending";
            },
            "The refund has no answer.");
        // The note had been read before its refunds: it may have been answered in between.
        return await payer.GetAsync($"v1/credit-notes/{issued["id"]}");
    }

    private static Task<JsonNode> KeyedAsync(Payer payer, Guid invoice, Guid line) => KeyedAsync(
        payer, $"v1/invoices/{invoice}/credit-notes", new { reason = "once", lines = new[] { new { lineId = line, amount = Payer.Idr(1_000) } } },
        $"key-{invoice}");

    private static async Task<JsonNode> KeyedAsync(Payer payer, string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await payer.Administrator.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }
}
