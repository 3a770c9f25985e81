using System.Net;
using System.Text;

namespace ServerlessBusiness.Tests.Integration.Payments;

[Collection<PaymentsCollection>]
public sealed class SecretTests(PaymentsDesk desk)
{
    private const string CardNumber = "4000056655665556";

    [Theory]
    [InlineData("cardNumber", CardNumber)]
    [InlineData("description", "card 4000 0566 5566 5556")]
    [InlineData("cvv", "917")]
    [InlineData("card_cvv", "917")]
    public async Task A_body_with_a_card_number_or_a_security_code_is_refused(string member, string value)
    {
        var request = PaymentsDesk.By("credit_card", cardToken: "token", more: new Dictionary<string, string> { [member] = value });
        var (status, refused) = await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", request);

        Assert.Equal((HttpStatusCode.UnprocessableEntity, "CARD_DATA_REFUSED"), (status, (string?)refused!["code"]));
        Assert.DoesNotContain("917", refused.ToJsonString().Replace((string)refused["traceId"]!, ""));
    }

    [Fact]
    public async Task Neither_log_nor_kept_answers_hold_a_key_a_token_or_a_card()
    {
        var token = await desk.CardTokenAsync(CardNumber);
        var payment = await desk.ChargeAsync(PaymentsDesk.By("credit_card", cardToken: token, more: new { saveMethod = true }));
        await desk.ControlAsync($"transactions/{payment["orderId"]}/authenticate");
        await desk.ControlAsync($"transactions/{payment["orderId"]}/settle");
        await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", PaymentsDesk.By("credit_card", more: new { cardToken = CardNumber }));
        await PaymentsDesk.PostAsync(desk.Payments, "v1/payments", PaymentsDesk.By("credit_card", cardToken: token));

        var kept = await desk.QueryAsync<string>(
            """
            select concat(provider_response, instructions, details, status_reason) from payment_management.payment_transactions
            union all select concat(detail, before, after) from payment_management.payment_events
            union all select convert_from(body, 'UTF8') from payment_management.idempotency_keys where body is not null
            union all select body from payment_management.outbox
            union all select replace(replace(body, '"signature_key":"***"', ''), '"saved_token_id":"***"', '') from payment_management.midtrans_notices
            """,
            null);
        var text = await desk.ReadLogAsync() + string.Concat(kept);
        string[] secrets =
        [
            PaymentsDesk.ServerKey, Convert.ToBase64String(Encoding.UTF8.GetBytes(PaymentsDesk.ServerKey + ":")), "\"signature_key\"", "\"saved_token_id\"",
            token, CardNumber, "local-midtrans-webhook-secret", "Authorization",
        ];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, text));
    }

    [Fact]
    public async Task The_history_can_only_be_added_to()
    {
        var payment = await desk.ChargeAsync();
        await using var app = new Npgsql.NpgsqlConnection(desk.Database.AppConnectionString("payments"));
        await app.OpenAsync();
        foreach (var attempt in new[] { "update payment_management.payment_events set detail = 'x'", "delete from payment_management.payment_events" })
        {
            await using var command = new Npgsql.NpgsqlCommand(attempt, app);
            var refused = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync());
            Assert.Equal("42501", refused.SqlState);
        }

        var shown = await desk.QueryAsync<string>(
            "select concat(before is null, after ->> 'status') from payment_management.payment_events where payment_id = @id order by id",
            new { id = Guid.Parse((string)payment["id"]!) });
        Assert.Equal(["tpending", "fpending"], shown);
    }
}
