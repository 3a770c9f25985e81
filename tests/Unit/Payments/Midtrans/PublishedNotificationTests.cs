using System.Text;
using System.Text.Json.Nodes;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Tests.Unit.Simulators;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class PublishedNotificationTests
{
    private const string DocsKey = "askvnoibnosifnboseofinbofinfgbiufglnbfg";

    public static TheoryData<string> Ids =>
        [.. PublishedBodies.Vectors.Where(vector => (string?)vector["kind"] == "notification").Select(IdOf)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_signature_is_judged_as_listed(string id)
    {
        var vector = Find(id);
        var listed = (bool?)vector["expect"]!["signature_valid"] ?? (bool?)vector["expect"]!["signature_valid_with_listed_keys"];

        Assert.Equal(listed, MidtransSignature.IsValid(Parse(vector)!, DocsKey));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_status_is_mapped_as_listed(string id)
    {
        var vector = Find(id);
        var status = PaymentStates.StatusOf(Parse(vector)!.State!.Value).ToString().ToLowerInvariant();

        Assert.Contains(status, new[] { (string?)vector["expect"]!["our_status"], (string?)vector["expect"]!["our_status_also_accepted"] });
    }

    [Theory]
    [InlineData("signature_key")]
    [InlineData("order_id")]
    [InlineData("status_code")]
    [InlineData("gross_amount")]
    public void One_other_character_in_what_is_signed_breaks_the_signature(string member)
    {
        var body = PublishedBodies.Body("n-card-settlement");
        body[member] = body[member]!.GetValue<string>()[..^1] + "9";

        Assert.False(MidtransSignature.IsValid(MidtransNotice.Parse(Bytes(body.ToJsonString()))!, DocsKey));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"order_id":1,"status_code":"200","gross_amount":"1.00","signature_key":"x","transaction_status":"settlement"}""")]
    [InlineData("""{"order_id":null,"status_code":"200","gross_amount":"1.00","signature_key":"x","transaction_status":"settlement"}""")]
    [InlineData("""{"order_id":"a","order_id":"b","status_code":"200","gross_amount":"1","signature_key":"x","transaction_status":"a"}""")]
    public void What_is_not_a_notification_is_not_read_as_one(string body) => Assert.Null(MidtransNotice.Parse(Bytes(body)));

    [Fact]
    public void A_body_nested_ten_thousand_deep_is_not_read()
    {
        var deep = string.Concat(Enumerable.Repeat("""{"a":""", 10_000)) + "1" + new string('}', 10_000);

        Assert.Null(MidtransNotice.Parse(Bytes(deep)));
    }

    private static JsonObject Find(string id) => PublishedBodies.Vectors.Single(vector => IdOf(vector) == id);

    private static string IdOf(JsonObject vector) => vector["id"]!.GetValue<string>();

    private static MidtransNotice? Parse(JsonObject vector) => MidtransNotice.Parse(Bytes(vector["body"]!.ToJsonString()));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
