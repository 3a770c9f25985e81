using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Local.Stack;

namespace ServerlessBusiness.Tests.EndToEnd.FirstSale;

[Collection(AloneOnTheMachine.Name)]
public sealed class SaleTests(Shop shop) : IClassFixture<Shop>
{
    [Fact]
    public async Task A_stranger_becomes_a_subscriber()
    {
        var buyer = await shop.WelcomeBuyerAsync();

        var subscription = await buyer.SubscribeAsync();
        Assert.Equal(("pending", 479_000m, "IDR"),
            ((string?)subscription["status"], (decimal)subscription["price"]!["amount"]!, (string?)subscription["price"]!["currency"]));

        var invoice = await buyer.WaitForInvoiceAsync();
        Assert.Matches(@"^INV-\d{4}-\d{2}-0001$", (string?)invoice["number"]);
        Assert.Equal((479_000m, 52_690m, 531_690m), (Amount(invoice, "net"), Amount(invoice, "tax"), Amount(invoice, "total")));

        var payment = await buyer.PayAsync(invoice);
        Assert.Equal(("pending", 531_690m), ((string?)payment["status"], Amount(payment, "amount")));
        Assert.Matches(@"^\d{6,}$", (string?)payment["instructions"]!["vaNumber"]);

        await shop.SettleAsync(payment);
        await buyer.WaitForStatusAsync(FunctionApp.Billing, $"v1/invoices/{invoice["id"]}", "paid");
        await buyer.WaitForStatusAsync(FunctionApp.Subscriptions, $"v1/subscriptions/{subscription["id"]}", "active");
        await SaleRecords.AssertOneSaleAsync(shop, buyer);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(50, true)]
    public async Task A_notification_delivered_many_times_is_one_payment(int copies, bool parallel)
    {
        var buyer = await shop.WelcomeBuyerAsync();
        var payment = await buyer.OrderAsync();

        await shop.SettleAsync(payment, new { copies, parallel });

        await SaleRecords.AssertOneSaleAsync(shop, buyer);
        var answers = await Shop.InspectAsync(shop.Apps.Midtrans, $"notifications?orderId={payment["orderId"]}");
        Assert.Equal(copies, answers.AsArray().Count(answer => SaysSettled(answer!) && (int?)answer!["status"] == 200));
    }

    [Fact]
    public async Task A_notification_may_come_before_the_answer_to_the_charge()
    {
        var buyer = await shop.WelcomeBuyerAsync();
        await buyer.SubscribeAsync();
        var invoice = await buyer.WaitForInvoiceAsync();
        await Shop.ControlAsync(shop.Apps.Midtrans, "next-charge", new { mode = "notifyBeforeAnswer" });

        var payment = await buyer.PayAsync(invoice);

        Assert.Equal("success", (string?)payment["status"]);
        await SaleRecords.AssertOneSaleAsync(shop, buyer, isToldBeforeAnswered: true);
    }

    [Fact]
    public async Task Two_tenants_buy_at_the_same_time_and_see_nothing_of_each_other()
    {
        var buyers = await Task.WhenAll(shop.WelcomeBuyerAsync(), shop.WelcomeBuyerAsync());
        var payments = await Task.WhenAll(buyers.Select(buyer => buyer.OrderAsync()));
        await Task.WhenAll(payments.Select(payment => shop.SettleAsync(payment)));

        foreach (var buyer in buyers)
            await SaleRecords.AssertOneSaleAsync(shop, buyer);
        await SeesNothingOfAsync(buyers[0], buyers[1]);
        await SeesNothingOfAsync(buyers[1], buyers[0]);
    }

    [Fact]
    public async Task One_trace_runs_through_every_message_of_the_sale()
    {
        const string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        var buyer = await shop.WelcomeBuyerAsync();
        await shop.WaitUntilQuietAsync();
        var before = (await shop.QueryAsync<long>("select max(number) from message_journal"))[0];

        // The browser brings it with both of its requests; the provider's notification comes without any.
        buyer.TraceParent = $"00-{trace}-00f067aa0ba902b7-01";
        await shop.SettleAsync(await buyer.OrderAsync());

        await SaleRecords.AssertOneSaleAsync(shop, buyer);
        var told = await shop.QueryAsync<string>(
            """
            select distinct subject || ' ' || split_part(body->>'traceParent', '-', 2) as line from message_journal
            where number > @before order by line
            """,
            new { before });
        string[] facts =
        [
            "InvoiceIssued", "InvoicePaid", "NotificationRequested", "PaymentSucceeded", "SubscriptionActivated", "SubscriptionCreated",
            "SubscriptionTermsChanged",
        ];
        Assert.Equal(facts.Select(fact => $"{fact} {trace}"), told);
    }

    // Another's ids are unknown, whoever asks; another's tenant is refused to one's own token.
    private static async Task SeesNothingOfAsync(Buyer buyer, Buyer other)
    {
        (FunctionApp App, string Path)[] lists =
        [
            (FunctionApp.Subscriptions, "v1/subscriptions"), (FunctionApp.Billing, "v1/invoices"), (FunctionApp.Payments, "v1/payments"),
            (FunctionApp.Notifications, "v1/notifications"),
        ];
        foreach (var (app, path) in lists)
        {
            var own = await IdsAsync(buyer, app, path);
            var others = await IdsAsync(other, app, path);
            Assert.NotEmpty(others);
            Assert.Empty(own.Intersect(others));
            foreach (var id in others)
            {
                Assert.Equal(HttpStatusCode.NotFound, await buyer.TryReadAsync(app, $"{path}/{id}"));
                Assert.Equal(HttpStatusCode.Forbidden, await buyer.TryReadAsync(app, $"{path}/{id}", asTenant: other.Tenant));
            }
        }
    }

    private static async Task<IReadOnlyList<string>> IdsAsync(Buyer buyer, FunctionApp app, string path) =>
        [.. (await buyer.ReadAsync(app, path))["items"]!.AsArray().Select(item => (string)item!["id"]!)];

    private static decimal Amount(JsonNode node, string member) => (decimal)node[member]!["amount"]!;

    private static bool SaysSettled(JsonNode attempt) =>
        (string?)JsonNode.Parse((string)attempt["body"]!)!["transaction_status"] == "settlement";
}
