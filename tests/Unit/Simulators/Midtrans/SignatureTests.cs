using ServerlessBusiness.Simulators.Midtrans;

namespace ServerlessBusiness.Tests.Unit.Simulators.Midtrans;

public sealed class SignatureTests
{
    [Fact]
    public void The_worked_example_of_the_documentation_comes_out()
    {
        var signature = MidtransSignature.Of("1111", "200", "100000.00", "askvnoibnosifnboseofinbofinfgbiufglnbfg");

        Assert.Equal(128, signature.Length);
        Assert.StartsWith("edc076b2", signature);
        Assert.EndsWith("fc4d4c231", signature);
    }

    [Fact]
    public void Every_published_notification_with_a_known_key_carries_this_signature()
    {
        var signed = PublishedBodies.Vectors.Where(vector =>
            (string?)vector["kind"] == "notification" && vector["expect"]!["signature_valid"]?.GetValue<bool>() == true).ToArray();

        Assert.NotEmpty(signed);
        Assert.All(signed, vector =>
        {
            var body = vector["body"]!;
            Assert.Equal(
                (string?)body["signature_key"],
                MidtransSignature.Of(
                    (string)body["order_id"]!, (string)body["status_code"]!, (string)body["gross_amount"]!,
                    "askvnoibnosifnboseofinbofinfgbiufglnbfg"));
        });
    }
}
