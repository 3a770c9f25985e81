using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace ServerlessBusiness.Tests.Integration.Payments;

/// <summary>Every notification that Midtrans has published goes through the real webhook, with a simulator that agrees with it.</summary>
[Collection<PaymentsCollection>]
public sealed class PublishedNotificationTests(PaymentsDesk desk)
{
    private static readonly IReadOnlyList<JsonObject> Notifications = [.. JsonNode.Parse(File.ReadAllText(Locate()))!["vectors"]!.AsArray()
        .Select(vector => vector!.AsObject()).Where(vector => (string?)vector["kind"] == "notification")];

    public static TheoryData<string> Ids => [.. Notifications.Select(vector => (string)vector["id"]!)];

    public static TheoryData<string> SignedIds => [.. Notifications.Where(IsSigned).Select(vector => (string)vector["id"]!)];

    [Theory]
    [MemberData(nameof(Ids))]
    public async Task Its_signature_is_judged_and_its_status_applied_as_listed(string id)
    {
        var vector = Find(id);
        var body = vector["body"]!.AsObject();
        var payment = await OpenAsync(body);
        await desk.ControlAsync($"inject?serverKey={PaymentsDesk.ServerKey}", body);

        using var answer = await desk.NotifyAsync(body.ToJsonString());

        var after = await desk.ReadAsync(payment.ToString());
        if (!IsSigned(vector))
        {
            Assert.Equal((HttpStatusCode.BadRequest, "pending"), (answer.StatusCode, (string?)after["status"]));
            return;
        }

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var expect = vector["expect"]!;
        Assert.Contains((string?)after["status"], new[] { (string?)expect["our_status"], (string?)expect["our_status_also_accepted"] });
        if ((string?)expect["refunded_amount"] is { } refunded)
            Assert.Equal(decimal.Parse(refunded), (decimal)after["refunded"]!["amount"]!);
    }

    [Theory]
    [MemberData(nameof(SignedIds))]
    public async Task For_an_order_that_nobody_made_it_is_not_found(string id)
    {
        var body = Find(id)["body"]!.AsObject();
        await RemoveAsync((string)body["order_id"]!);

        using var answer = await desk.NotifyAsync(body.ToJsonString());

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    // The payment that such a notification is about, as if we had asked for it.
    private async Task<Guid> OpenAsync(JsonObject body)
    {
        await RemoveAsync((string)body["order_id"]!);
        const string sql = """
            insert into payment_management.payment_transactions (
                tenant_id, id, user_id, invoice_id, order_id, amount, invoice_amount, invoice_currency, payment_method, description, created_at,
                updated_at, next_lookup_at)
            values (
                @Tenant, @id, @id, @id, @order, @amount, @amount, 'IDR', 'bank_transfer', 'Published example', now(), now(), now() + interval '1 day')
            returning id
            """;
        var opened = await desk.QueryAsync<Guid>(sql, new
        {
            PaymentsDesk.Tenant,
            id = Guid.CreateVersion7(),
            order = (string?)body["order_id"],
            amount = decimal.Parse((string)body["gross_amount"]!),
        });
        return opened[0];
    }

    // Some published bodies share an order id.
    private Task RemoveAsync(string order) => desk.QueryAsync<int>(
        """
        delete from payment_management.midtrans_notices where order_id = @order;
        delete from payment_management.payment_events
        where payment_id in (select id from payment_management.payment_transactions where order_id = @order);
        delete from payment_management.payment_transactions where order_id = @order
        """,
        new { order });

    private static bool IsSigned(JsonObject vector) => (bool?)vector["expect"]!["signature_valid"] == true;

    private static JsonObject Find(string id) => Notifications.Single(vector => (string?)vector["id"] == id);

    private static string Locate([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../testdata/midtrans/published-bodies.json");
}
