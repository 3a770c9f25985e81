using System.Text.Json;
using System.Text.Json.Nodes;
using ServerlessBusiness.Payments.Charges;
using ServerlessBusiness.Payments.Midtrans;
using ServerlessBusiness.Payments.Providers;
using ServerlessBusiness.Tests.Unit.Payments.Charges;

namespace ServerlessBusiness.Tests.Unit.Payments.Midtrans;

public sealed class MidtransChargeTests
{
    [Fact]
    public void Alfamart_has_its_own_place_for_a_text_and_takes_no_bar_in_one()
    {
        var body = BodyOf(PaymentMethods.Alfamart, "Pro | monthly");

        Assert.Equal("""{"store":"alfamart","alfamart_free_text_1":"Pro / monthly"}""", body["cstore"]!.ToJsonString());
        Assert.Equal("Pro / monthly", (string?)body["item_details"]![0]!["name"]);
        var lines = BodyOf(PaymentMethods.Alfamart, "Pro", """{"items":[{"name":"A|B","price":531690,"quantity":1}]}""");
        Assert.Equal("A/B", (string?)lines["item_details"]![0]!["name"]);
    }

    [Fact]
    public void Indomaret_shows_the_message_as_it_is() =>
        Assert.Equal("""{"store":"indomaret","message":"Pro | monthly"}""", BodyOf(PaymentMethods.Indomaret, "Pro | monthly")["cstore"]!.ToJsonString());

    [Fact]
    public void A_slip_has_room_for_forty_characters() =>
        Assert.Equal(40, ((string)BodyOf(PaymentMethods.Alfamart, new string('a', 60))["cstore"]!["alfamart_free_text_1"]!).Length);

    private static JsonNode BodyOf(string method, string description, string details = "{}")
    {
        var payment = Samples.Payment() with { Method = method, Bank = null, Description = description, Details = details };
        return JsonSerializer.SerializeToNode(MidtransCharge.Of(new ChargeOrder(payment, null, null, null)), MidtransJson.Options)!;
    }
}
