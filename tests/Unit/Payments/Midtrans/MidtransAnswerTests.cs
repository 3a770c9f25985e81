using System.Net;
using System.Text.Json.Nodes;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Tests.Unit.Simulators;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class MidtransAnswerTests
{
    public static TheoryData<string> ChargeAnswers =>
        [.. PublishedBodies.Vectors.Where(vector => (string?)vector["kind"] == "charge_response").Select(vector => (string)vector["id"]!)];

    [Theory]
    [MemberData(nameof(ChargeAnswers))]
    public void A_published_answer_to_a_charge_tells_the_payer_what_to_do(string id)
    {
        var expect = PublishedBodies.Vectors.Single(vector => (string?)vector["id"] == id)["expect"]!;
        var accepted = Assert.IsType<ProviderOutcome.Accepted>(Read(id));

        Assert.Equal((string?)expect["our_status"], StatusOf(accepted));
        if (expect.AsObject().ContainsKey("customer_instruction"))
            Assert.Equal((string?)expect["customer_instruction"], Text(accepted.Report.Instructions));
    }

    [Theory]
    [InlineData("s-permata-pending-201", "pending")]
    [InlineData("s-dana-settlement", "success")]
    [InlineData("e-expire-407", "cancelled")]
    [InlineData("e-cancel-200", "cancelled")]
    [InlineData("e-deny-200", "failed")]
    [InlineData("e-refund-200", "success")]
    [InlineData("e-refund-denied-202", "success")]
    public void A_published_answer_about_a_transaction_is_accepted_with_its_status(string id, string status)
    {
        var accepted = Assert.IsType<ProviderOutcome.Accepted>(Read(id));

        Assert.Equal(status, StatusOf(accepted));
    }

    [Theory]
    [InlineData("e-status-404", 404)]
    [InlineData("e-refund-412", 412)]
    [InlineData("e-refund-414", 414)]
    [InlineData("e-refund-406", 406)]
    public void A_published_refusal_is_declined(string id, int code) =>
        Assert.Equal(code, Assert.IsType<ProviderOutcome.Declined>(Read(id)).Code);

    [Theory]
    [InlineData("""{"status_code":"500","status_message":"Sorry."}""", true)]
    [InlineData("""{"status_code":"503","status_message":"Bank trouble."}""", true)]
    [InlineData("""{"status_code":"900","status_message":"Generic."}""", true)]
    [InlineData("""{"status_code":"200"}""", true)]
    [InlineData("<html>Bad gateway</html>", true)]
    [InlineData("", true)]
    [InlineData("""{"status_code":"429","status_message":"Too many requests."}""", false)]
    public void What_says_neither_yes_nor_no_is_unknown(string body, bool arrived)
    {
        var unknown = Assert.IsType<ProviderOutcome.Unknown>(MidtransAnswer.Read(HttpStatusCode.OK, TimeSpan.FromSeconds(7), body));

        Assert.Equal(arrived, unknown.Arrived);
        Assert.Equal(TimeSpan.FromSeconds(7), unknown.RetryAfter);
    }

    [Fact]
    public void Refunds_are_added_up_when_no_total_is_told()
    {
        const string body = """
            {"status_code":"200","transaction_status":"partial_refund","refunds":[{"refund_amount":"1000.00"},{"refund_amount":"500.00"}]}
            """;

        var accepted = Assert.IsType<ProviderOutcome.Accepted>(MidtransAnswer.Read(HttpStatusCode.OK, null, body));

        Assert.Equal(1500, accepted.Report.Refunded);
    }

    [Fact]
    public void What_is_kept_of_an_answer_holds_no_proof_and_no_token()
    {
        const string body = """{"order_id":"a","signature_key":"s","saved_token_id":"t","va_numbers":[{"bank":"bca"}]}""";
        var kept = JsonNode.Parse(MidtransJson.Redact(body))!;

        Assert.Equal(["order_id", "va_numbers"], kept.AsObject().Select(member => member.Key));
    }

    [Fact]
    public void Half_a_character_in_an_answer_is_kept_as_it_was_written()
    {
        var kept = JsonNode.Parse(MidtransJson.Redact("""{"order_id":"a","issuer":"x\ud83d"}"""))!;

        Assert.Equal(("a", @"x\ud83d"), ((string?)kept["order_id"], (string?)kept["issuer"]));
    }

    private static string StatusOf(ProviderOutcome.Accepted accepted) =>
        PaymentStates.StatusOf(accepted.Report.State!.Value).ToString().ToLowerInvariant();

    private static ProviderOutcome Read(string id) => MidtransAnswer.Read(HttpStatusCode.OK, null, PublishedBodies.Body(id).ToJsonString());

    private static string? Text(PaymentInstructions instructions) =>
        instructions.BillKey is { } key
            ? $"{instructions.BillerCode}/{key}"
            : instructions.VaNumber ?? instructions.PaymentCode ?? instructions.DeeplinkUrl ?? instructions.RedirectUrl;
}
